"""Parser of descriptors: title, publisher, licence, key columns, and what each column means."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from loader.errors import DataError, Finding, Severity
from loader.readers.source import SourceFile

DATATYPES = ("string", "integer", "decimal", "date", "anyURI")
IDENTIFIER_SCHEMES = (
    "ror",
    "ukprn",
    "wikidata",
    "isni",
    "grid",
    "gtr",
    "openalex",
    "hesa",
    "homepage",
)
REVIEWED_NAME = "reviewed-name"
"""A join by names that a mapping set has reviewed; a name alone joins nothing."""
DESCRIPTOR_KEYS = frozenset(
    {
        *("title", "publisher", "licence", "source", "retrieved", "file", "records", "key"),
        *("keep", "only", "join", "column", "constant", "endpoint"),
    }
)
REQUIRED_KEYS = ("title", "publisher", "licence", "source", "file", "key")


@dataclass(frozen=True, slots=True)
class DescriptorColumn:
    """A column with the property of its values, or the identifier scheme that they belong to.

    ``name`` is a header, or a path into the objects of JSON. ``separator`` splits a cell.
    """

    name: str
    term: str = ""
    scheme: str = ""
    datatype: str = "string"
    separator: str = ""

    @property
    def field_name(self) -> str:
        """The name of the field of a record that holds the cells."""
        return f"id {self.scheme}" if self.scheme else f"{self.datatype} {self.term}"

    def values(self, cells: Mapping[str, Sequence[str]]) -> Iterator[str]:
        """Yield the values in a row."""
        for cell in cells.get(self.name, ()):
            parts = cell.split(self.separator) if self.separator else [cell]
            yield from (part.strip() for part in parts if part.strip())


@dataclass(frozen=True, slots=True)
class DescriptorJoin:
    """A column whose identifiers, or reviewed names, join rows to entities of the graph."""

    column: str
    scheme: str


@dataclass(frozen=True, slots=True)
class DescriptorConstant:
    """A statement that every row makes: a property and a value, both as prefixed names."""

    term: str
    value: str


@dataclass(frozen=True, slots=True)
class SectorDescriptor:
    """A download and the meaning of its columns.

    ``records_path`` is the path to the list of objects in JSON; ``row_filters`` keeps the rows that
    have one of some texts in a column; ``row_policy`` is "all" or "joined". ``endpoint`` is the
    address of the SPARQL endpoint that the download is a copy of.
    """

    name: str
    title: str
    publisher: str
    licence: str
    source: str
    retrieved: str
    download: Path
    key: tuple[str, ...]
    records_path: str = ""
    row_policy: str = "all"
    endpoint: str = ""
    row_filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    joins: tuple[DescriptorJoin, ...] = ()
    columns: tuple[DescriptorColumn, ...] = ()
    constants: tuple[DescriptorConstant, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def required_columns(self) -> tuple[str, ...]:
        """All columns that must be present."""
        named = (*self.key, *self.row_filters, *(j.column for j in self.joins))
        return tuple(dict.fromkeys((*named, *(c.name for c in self.columns))))


def read_descriptor(source: SourceFile) -> SectorDescriptor:
    """Parse a descriptor; raise DataError with every problem where it is invalid."""
    try:
        found = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 0)
        message = f"this is not TOML: {error}."
        finding = Finding(source.path, line, column, Severity.ERROR, message, "sector-form")
        raise DataError(str(finding), [finding]) from None
    reading = _DescriptorParser(source)
    described = reading.parse_descriptor(found)
    errors = [f for f in reading.findings if f.severity is Severity.ERROR]
    if errors or described is None:
        raise DataError("\n".join(map(str, errors)), errors)
    return described


class _DescriptorParser:
    """Parses one descriptor and collects the findings."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.findings: list[Finding] = []

    def note(self, severity: Severity, message: str, excerpt: str, code: str = "form") -> None:
        """Record a finding at the first line that holds ``excerpt``."""
        lines = enumerate(self.source.lines, start=1)
        line = next((number for number, text in lines if excerpt and excerpt in text), 1)
        self.findings.append(
            Finding(self.source.path, line, 0, severity, message, f"sector-{code}")
        )

    def add_error(self, message: str, excerpt: str = "", code: str = "form") -> None:
        """Record an error at the first line that holds ``excerpt``."""
        self.note(Severity.ERROR, message, excerpt, code)

    def parse_descriptor(self, entries: Mapping[str, Any]) -> SectorDescriptor | None:
        """Return the parsed descriptor, or None where there are findings."""
        for name in entries.keys() - DESCRIPTOR_KEYS:
            self.add_error(
                f"“{name}” means nothing here; known are {', '.join(sorted(DESCRIPTOR_KEYS))}.",
                name,
            )
        for name in REQUIRED_KEYS:
            if not entries.get(name):
                self.add_error(f"{name} is missing; a descriptor has to say it.")
        if entries.get("keep", "all") not in ("all", "joined"):
            self.add_error("keep has to be all or joined.", "keep")
        columns = tuple(self.column(one) for one in self.list_tables(entries, "column"))
        joins = tuple(self.parse_join(one) for one in self.list_tables(entries, "join"))
        constants = tuple(self.parse_constant(one) for one in self.list_tables(entries, "constant"))
        if self.findings:
            return None
        retrieved = self.read_retrieval_date(entries.get("retrieved"))
        key = entries["key"]
        return SectorDescriptor(
            name=Path(self.source.path).stem,
            title=str(entries["title"]),
            publisher=str(entries["publisher"]),
            licence=str(entries["licence"]),
            source=str(entries["source"]),
            retrieved=retrieved,
            download=Path(self.source.path).parent / str(entries["file"]),
            key=(key,) if isinstance(key, str) else tuple(key),
            records_path=str(entries.get("records", "")),
            row_policy=str(entries.get("keep", "all")),
            endpoint=str(entries.get("endpoint", "")),
            row_filters={
                k: [v] if isinstance(v, str) else v for k, v in entries.get("only", {}).items()
            },
            joins=joins,
            columns=columns,
            constants=constants,
            findings=tuple(self.findings),
        )

    def list_tables(self, entries: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        """Return the tables ``[[name]]``."""
        tables = entries.get(name, [])
        if isinstance(tables, list) and all(isinstance(one, dict) for one in tables):
            return tables
        self.add_error(f"write [[{name}]], once for each.", name)
        return []

    def read_retrieval_date(self, value: Any) -> str:
        """Return the day of the download in ISO 8601; "" with a warning where it is missing."""
        if isinstance(value, date):
            return value.isoformat()
        message = (
            f"retrieved is missing: write the day on which you downloaded it, as "
            f"retrieved = {date(2026, 11, 26)}."
        )
        self.note(Severity.WARNING, message, "retrieved", "undated")
        return ""

    def column(self, table: Mapping[str, Any]) -> DescriptorColumn:
        """Parse one ``[[column]]``."""
        name = str(table.get("name", ""))
        column = DescriptorColumn(
            name,
            str(table.get("propertyUrl", "")),
            str(table.get("scheme", "")),
            str(table.get("datatype", "string")),
            str(table.get("separator", "")),
        )
        if not name or bool(column.term) == bool(column.scheme):
            self.add_error("a [[column]] needs a name, and either propertyUrl or scheme.", name)
        if column.scheme and column.scheme not in IDENTIFIER_SCHEMES:
            self.add_error(
                f"scheme is “{column.scheme}”; known: {', '.join(IDENTIFIER_SCHEMES)}.", name
            )
        if column.datatype not in DATATYPES:
            self.add_error(f"datatype is “{column.datatype}”; known: {', '.join(DATATYPES)}.", name)
        return column

    def parse_join(self, table: Mapping[str, Any]) -> DescriptorJoin:
        """Parse one ``[[join]]``."""
        found = DescriptorJoin(str(table.get("column", "")), str(table.get("scheme", "")))
        if not found.column or found.scheme not in (*IDENTIFIER_SCHEMES, REVIEWED_NAME):
            known = ", ".join((*IDENTIFIER_SCHEMES, REVIEWED_NAME))
            self.add_error(f"a [[join]] needs a column and a scheme: {known}.", found.column)
        return found

    def parse_constant(self, table: Mapping[str, Any]) -> DescriptorConstant:
        """Parse one ``[[constant]]``."""
        found = DescriptorConstant(
            str(table.get("propertyUrl", "")), str(table.get("valueUrl", ""))
        )
        if not found.term or not found.value:
            self.add_error("a [[constant]] needs propertyUrl and valueUrl.", "constant")
        return found
