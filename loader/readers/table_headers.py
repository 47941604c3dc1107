"""The kinds of table, recognised by their headers, and the field that each column becomes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from loader.document import Rule
from loader.readers.front_matter import TAG_FIELDS
from loader.readers.header_row import normalise_header
from loader.readers.table_description import LOW_TRUST_COLUMN, TableDescription


class ColumnMapping(NamedTuple):
    """The field that the cells of a column become.

    ``field`` is its name, "" for an unknown column; ``is_list`` says that a cell may hold a list,
    whose items are set apart by the first of ``separators`` that the cell holds.
    """

    field: str
    is_list: bool = False
    rule: Rule = Rule.AS_WRITTEN
    separators: str = "|;"


def _build_plain_columns(*names: str) -> dict[str, ColumnMapping]:
    return {name: ColumnMapping(name) for name in names}


ORGANISATION_COLUMNS: Mapping[str, ColumnMapping] = {
    **_build_plain_columns(
        *("slug", "name", "kind", "homepage", "consortium", "member_from", "member_until"),
        *("ror", "wikidata", "ukprn", "hesa", "isni", "grid", "crossref_funder"),
        *("nation", "city", "latitude", "longitude", "geonames", "status", "successor"),
        *("founded", "note", "source"),
    ),
    "alt_names": ColumnMapping("alt_names", is_list=True),
    "former_names": ColumnMapping("former_names", is_list=True),
    LOW_TRUST_COLUMN: ColumnMapping(LOW_TRUST_COLUMN, is_list=True),
    "alt_name": ColumnMapping("alt_names", is_list=True),
    "id": ColumnMapping("slug"),
    "notes": ColumnMapping("note"),
    "source_url": ColumnMapping("source"),
}
OBLIGATION_COLUMNS: Mapping[str, ColumnMapping] = {
    **_build_plain_columns(
        "code", "principle", "responsible_group", "gloss", "verification", "source"
    ),
    "source_url": ColumnMapping("source"),
}
CASE_STUDY_COLUMNS: Mapping[str, ColumnMapping] = {
    **_build_plain_columns("slug", "title", "source", "abstract", "note", "date"),
    "id": ColumnMapping("slug"),
    "source_url": ColumnMapping("source"),
    "notes": ColumnMapping("note"),
    **dict.fromkeys(
        ("institution", "institutions", "organisation", "organisations"),
        ColumnMapping("institution", is_list=True),
    ),
    **{name: ColumnMapping(name, is_list=True) for name in TAG_FIELDS},
    "beneficiary": ColumnMapping("beneficiaries", is_list=True),
    "stakeholder": ColumnMapping("stakeholders", is_list=True),
    "principle": ColumnMapping("principles", is_list=True),
    "concordat_principle": ColumnMapping("principles", is_list=True),
    "concordat_principles": ColumnMapping("principles", is_list=True),
    "keyword": ColumnMapping("keywords", is_list=True),
    "obligation": ColumnMapping("obligations", is_list=True, rule=Rule.CURATOR),
    "obligations": ColumnMapping("obligations", is_list=True, rule=Rule.CURATOR),
    "describes": ColumnMapping("describes", is_list=True, rule=Rule.CURATOR),
}
AS_PRINTED_SUFFIX = "_as_printed"
"""The suffix of a column that repeats a tag column as its source prints it."""


class TableKind(NamedTuple):
    """A kind of table: the kind of its records, its columns, and the headers it requires.

    ``required`` has sets of headers, of each of which a table has to have one.
    """

    name: str
    columns: Mapping[str, ColumnMapping]
    requirement: str
    required: tuple[frozenset[str], ...]


TABLE_KINDS = (
    TableKind(
        "organisation",
        ORGANISATION_COLUMNS,
        "name with ror, ukprn or alt_names",
        (frozenset({"name"}), frozenset({"ror", "ukprn", "alt_names"})),
    ),
    TableKind(
        "obligation",
        OBLIGATION_COLUMNS,
        "code with responsible_group",
        (frozenset({"code"}), frozenset({"responsible_group"})),
    ),
    TableKind("case-study", CASE_STUDY_COLUMNS, "title", (frozenset({"title"}),)),
)


def list_table_kinds(descriptions: Iterable[TableDescription]) -> tuple[TableKind, ...]:
    """Return all known kinds of table, those of descriptions first."""
    return (*map(build_described_kind, descriptions), *TABLE_KINDS)


def detect_table_kind(headers: Sequence[str], kinds: Iterable[TableKind]) -> TableKind | None:
    """Return the first kind whose required headers are all there; None for an unknown table."""
    names = {normalise_header(header) for header in headers}
    for kind in kinds:
        if not any(names.isdisjoint(option) for option in kind.required):
            return kind
    return None


def count_known_headers(headers: Sequence[str], kinds: Iterable[TableKind]) -> int:
    """Return how many headers the kind of this table knows; 0 for an unknown table."""
    kind = detect_table_kind(headers, kinds)
    return sum(bool(column.field) for column in map_columns(kind, headers)) if kind else 0


def build_described_kind(description: TableDescription) -> TableKind:
    """Return the kind of table that a description explains."""
    columns = {
        normalise_header(column.name): ColumnMapping(
            column.name,
            is_list=bool(column.separator),
            rule=Rule.CURATOR if column.by_curator else Rule.TABLE_ROW,
            separators=column.separator,
        )
        for column in description.columns
    }
    low_trust = ColumnMapping(LOW_TRUST_COLUMN, True, Rule.TABLE_ROW, "|")
    columns.setdefault(LOW_TRUST_COLUMN, low_trust)
    required = tuple(frozenset({name}) for name in description.required_headers)
    return TableKind(description.kind, columns, ", ".join(description.required_headers), required)


def map_columns(kind: TableKind, headers: Sequence[str]) -> list[ColumnMapping]:
    """Return the column for each header, in order."""
    names = [normalise_header(header) for header in headers]
    columns = [kind.columns.get(name, ColumnMapping("")) for name in names]
    plain = {column.field for column in columns}
    for index, name in enumerate(names):
        tag = name.removesuffix(AS_PRINTED_SUFFIX)
        if (
            name.endswith(AS_PRINTED_SUFFIX)
            and tag in TAG_FIELDS
            and tag not in plain
            and tag in kind.columns
        ):
            columns[index] = ColumnMapping(tag, is_list=True)
    return columns
