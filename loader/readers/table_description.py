"""Reader of table descriptions: TOML files that say what the columns of a table of ours mean.

The keys are those of CSV on the Web where it has them (aboutUrl, propertyUrl, valueUrl, datatype,
separator, lang, required): https://www.w3.org/TR/tabular-metadata/
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loader.errors import DataError, Finding, Severity

CELL_DATATYPES = (
    *("string", "boolean", "integer", "decimal", "number"),
    *("date", "dateOrWords", "duration", "anyURI"),
)
TABLE_KEYS = frozenset({"kind", "requires", "aboutUrl", "types", "label", "column", "node"})
COLUMN_KEYS = frozenset(
    {
        *("name", "propertyUrl", "valueUrl", "datatype", "separator", "lang", "required"),
        *("lookup", "node", "origin", "inverse"),
    }
)
NODE_KEYS = frozenset({"name", "aboutUrl", "types", "propertyUrl", "always"})
LOW_TRUST_COLUMN = "low_trust"
"""The column of a table that names the columns of a row whose cells are of low trust, or “row”."""
WHOLE_ROW = "row"
"""The word in that column that says that all of the row is of low trust."""


@dataclass(frozen=True, slots=True)
class ColumnDescription:
    """What the cells of a column state.

    ``term`` is a property as a prefixed name, "" where the cells are used in addresses alone.
    ``value_template`` makes an address of a value: ``{}`` is the value, ``{name}`` another cell.
    ``lookup`` is "organisation" or the name of a concept scheme whose labels the cells hold.
    ``node`` names the node that the statement is about, "" for the row's own subject; ``inverse``
    is a property that leads back. ``by_curator`` says that this project states the value and the
    source does not.
    """

    name: str
    term: str = ""
    value_template: str = ""
    datatype: str = "string"
    separator: str = ""
    language: str = ""
    required: bool = False
    lookup: str = ""
    node: str = ""
    by_curator: bool = False
    inverse: str = ""


@dataclass(frozen=True, slots=True)
class NodeDescription:
    """A second entity that a row describes, linked from its subject by the property ``term``.

    It is made where one of its columns has a cell, or for every row if it is ``always`` made.
    """

    name: str
    about_template: str
    types: tuple[str, ...]
    term: str
    always: bool = False


@dataclass(frozen=True, slots=True)
class TableDescription:
    """One kind of table: the headers that it requires, its subject, its columns and nodes.

    ``about_template`` is the address of a row's subject under the base of the graph, with the
    names of columns in braces; ``label_template`` is the text of its label, "" for none.
    """

    kind: str
    required_headers: tuple[str, ...]
    about_template: str
    types: tuple[str, ...]
    label_template: str = ""
    columns: tuple[ColumnDescription, ...] = ()
    nodes: tuple[NodeDescription, ...] = ()


def load_table_descriptions(ontology: Path) -> tuple[TableDescription, ...]:
    """Return the descriptions in ``ontology/tables/*.toml``, sorted by file name.

    Raise DataError, with the file, for one that is not valid.
    """
    return tuple(read_table_description(path) for path in sorted(ontology.glob("tables/*.toml")))


def read_table_description(path: Path) -> TableDescription:
    """Read one description; raise DataError where it is not valid."""
    try:
        entries = tomllib.loads(path.read_text("utf-8"))
        return _parse_table(entries)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError) as error:
        message = f"{path} is no description of a table: {error}."
        finding = Finding(str(path), 0, 0, Severity.ERROR, message, "table-description")
        raise DataError(message, [finding]) from error


def _parse_table(entries: Mapping[str, Any]) -> TableDescription:
    _check_keys("the table", entries, TABLE_KEYS, ("kind", "requires", "aboutUrl"))
    nodes = tuple(_parse_node(node) for node in entries.get("node", ()))
    names = {node.name for node in nodes}
    return TableDescription(
        kind=entries["kind"],
        required_headers=tuple(entries["requires"]),
        about_template=entries["aboutUrl"],
        types=tuple(entries.get("types", ())),
        label_template=entries.get("label", ""),
        columns=tuple(_parse_column(column, names) for column in entries.get("column", ())),
        nodes=nodes,
    )


def _parse_column(entries: Mapping[str, Any], node_names: set[str]) -> ColumnDescription:
    _check_keys(f"the column {entries.get('name', '')}", entries, COLUMN_KEYS, ("name",))
    datatype = entries.get("datatype", "string")
    if datatype not in CELL_DATATYPES:
        raise ValueError(f"“{datatype}” is no datatype; use {', '.join(CELL_DATATYPES)}")
    node = entries.get("node", "")
    if node and node not in node_names:
        raise ValueError(f"the column {entries['name']} names the node “{node}”, which is missing")
    return ColumnDescription(
        name=entries["name"],
        term=entries.get("propertyUrl", ""),
        value_template=entries.get("valueUrl", ""),
        datatype=datatype,
        separator=entries.get("separator", ""),
        language=entries.get("lang", ""),
        required=entries.get("required", False),
        lookup=entries.get("lookup", ""),
        node=node,
        by_curator=entries.get("origin") == "curator",
        inverse=entries.get("inverse", ""),
    )


def _parse_node(entries: Mapping[str, Any]) -> NodeDescription:
    _check_keys("the node", entries, NODE_KEYS, ("name", "aboutUrl", "types", "propertyUrl"))
    return NodeDescription(
        entries["name"],
        entries["aboutUrl"],
        tuple(entries["types"]),
        entries["propertyUrl"],
        entries.get("always", False),
    )


def _check_keys(
    what: str, entries: Mapping[str, Any], known: frozenset[str], needed: Sequence[str]
) -> None:
    unknown = sorted(entries.keys() - known)
    if unknown:
        raise ValueError(f"{what} has “{unknown[0]}”; known are {', '.join(sorted(known))}")
    missing = [key for key in needed if key not in entries]
    if missing:
        raise ValueError(f"{what} has no “{missing[0]}”")
