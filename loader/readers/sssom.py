"""Reader of SSSOM mapping sets (.sssom.tsv): their slots, and one reviewed link per row.

https://mapping-commons.github.io/sssom/spec-formats-tsv/
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from loader.document import Document, Field, Record, Rule, Span
from loader.errors import DataError, Finding, Severity
from loader.readers.csv_positions import TableRow, parse_delimited_rows
from loader.readers.source import SourceFile
from loader.settings import BASE

SKOS = "http://www.w3.org/2004/02/skos/core#"
SSSOM = "https://w3id.org/sssom/"
SEMAPV = "https://w3id.org/semapv/vocab/"

EXACT, CLOSE = f"{SKOS}exactMatch", f"{SKOS}closeMatch"
BROAD, NARROW = f"{SKOS}broadMatch", f"{SKOS}narrowMatch"
PREDICATES = (
    *(EXACT, CLOSE),
    *(BROAD, NARROW, f"{SKOS}relatedMatch"),
)
"""The permitted predicates: https://www.w3.org/TR/skos-reference/#mapping"""
NO_TERM = f"{SSSOM}NoTermFound"
"""The object of a row without a match: https://mapping-commons.github.io/sssom/NoTermFound/"""
MANUAL = f"{SEMAPV}ManualMappingCuration"
LITERAL = "rdfs literal"
"""The type of a subject that is a text and has no IRI."""

COLUMNS = (
    *("subject_id", "subject_label", "subject_type", "predicate_id", "predicate_modifier"),
    *("object_id", "object_label", "object_source", "mapping_justification", "confidence"),
    *("mapping_tool", "mapping_tool_version", "mapping_date", "author_id", "reviewer_id"),
    *("author_label", "reviewer_label", "match_string", "mapping_source", "basis"),
    *("comment", "other"),
)
"""The columns that are read and written, in this order."""
ADDRESSES = frozenset(
    {
        *("subject_id", "predicate_id", "object_id", "object_source", "mapping_justification"),
        *("author_id", "reviewer_id", "mapping_source"),
    }
)
"""The columns that hold CURIEs."""
OWN_READING = "own reading"
"""The ``basis``, an extension of ours, of a row that no source prints: it is never stated plainly.

https://mapping-commons.github.io/sssom/spec-model/#non-standard-slots
"""
NEEDED = ("predicate_id", "object_id", "mapping_justification")
"""The columns that every row fills, besides one of subject_id and subject_label."""

PREFIXES = {
    "skos": SKOS,
    "sssom": SSSOM,
    "semapv": SEMAPV,
    "ror": "https://ror.org/",
    "wd": "http://www.wikidata.org/entity/",
    "ukprn": "urn:ukprn:",
    "orcid": "https://orcid.org/",
    "ckgid": f"{BASE}id/",
    "ckgc": f"{BASE}concept/",
}
"""The prefixes that need no declaration, and those that are written."""


IDENTITY_COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "predicate_modifier",
    "object_id",
)
"""The columns that together identify the link of a row."""


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One row: ``slots`` by column, with CURIEs expanded and empty cells left out."""

    line: int
    slots: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.slots.get(column, "")

    @property
    def subject(self) -> str:
        """The IRI of the subject, or its label where it has none."""
        return self["subject_id"] or self["subject_label"]

    @property
    def is_negated(self) -> bool:
        """Whether the row denies the link."""
        return self["predicate_modifier"].lower() == "not"

    @property
    def has_object(self) -> bool:
        """Whether the row has an object."""
        return self["object_id"] != NO_TERM


@dataclass(frozen=True, slots=True)
class MappingSet:
    """The rows in order, the metadata of the set, and its findings."""

    metadata: Mapping[str, str]
    rows: Sequence[MappingRow]
    findings: Sequence[Finding] = field(default=())


def read_mapping_set(source: SourceFile) -> MappingSet:
    """Parse a mapping set in TSV; raise DataError, with all findings, where there is no table."""
    head, body = split_head(source)
    reading = _MappingRowParser(source, read_curie_map(source, head))
    first = count_head_lines(source)
    table = SourceFile(source.path, source.name, body.encode(), source.sha256)
    lines = (
        TableRow(r.cells, r.start + first, r.end + first) for r in parse_delimited_rows(table, "\t")
    )
    links = list(reading.parse_rows(lines))
    about = {k: str(v) for k, v in head.items() if isinstance(v, str | date | int | float)}
    return MappingSet(about, links, tuple(sorted(reading.findings)))


def count_head_lines(source: SourceFile) -> int:
    """Return how many lines at the top are the head."""
    return next(
        (n for n, line in enumerate(source.lines) if not line.startswith("#")), len(source.lines)
    )


def split_head(source: SourceFile) -> tuple[dict[str, Any], str]:
    """Return the head, which is YAML behind ``#``, and the text of the table."""
    count = count_head_lines(source)
    text = "\n".join(line[1:] for line in source.lines[:count])
    try:
        head = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _build_data_error(
            source, mark.line + 1 if mark else 1, "the head is not YAML"
        ) from None
    if not isinstance(head, dict):
        raise _build_data_error(source, 1, 'the head has to be lines "#key: value"')
    return head, "\n".join(source.lines[count:]) + "\n"


def read_curie_map(source: SourceFile, head: Mapping[str, Any]) -> dict[str, str]:
    """Return the prefixes that the head declares, together with ``PREFIXES``."""
    declared = head.get("curie_map") or {}
    if not isinstance(declared, dict) or not all(isinstance(v, str) for v in declared.values()):
        raise _build_data_error(source, 1, "curie_map has to give an address for each prefix")
    return {**PREFIXES, **{str(key): value for key, value in declared.items()}}


def _build_data_error(source: SourceFile, line: int, message: str) -> DataError:
    finding = Finding(source.path, line, 0, Severity.ERROR, f"{message}.", "sssom-form")
    return DataError(str(finding), [finding])


class _MappingRowParser:
    """Parses the rows and collects the findings."""

    def __init__(self, source: SourceFile, base_by_prefix: Mapping[str, str]) -> None:
        self.source = source
        self.base_by_prefix = base_by_prefix
        self.findings: list[Finding] = []
        self.line_by_identity: dict[tuple[str, ...], int] = {}

    def add_error(self, line: int, code: str, message: str) -> None:
        """Record an error of a row, which prevents the set from being loaded."""
        self.findings.append(
            Finding(self.source.path, line, 0, Severity.ERROR, message, f"sssom-{code}")
        )

    def parse_rows(self, lines: Iterator[TableRow]) -> Iterator[MappingRow]:
        """Yield the rows below the header; raise DataError where a column is missing."""
        header = next((row for row in lines if not row.is_empty), None)
        names = [cell.text.strip() for cell in header.cells] if header else []
        missing = [name for name in NEEDED if name not in names]
        if not {"subject_id", "subject_label"} & set(names):
            missing.append("subject_label")
        if missing:
            where = header.start if header else 1
            shown = ", ".join(missing)
            raise _build_data_error(self.source, where, f"the table has no column {shown}")
        for row in lines:
            if not row.is_empty:
                yield self.link(row, names)

    def link(self, row: TableRow, names: Sequence[str]) -> MappingRow:
        """Return one row, after recording what is wrong with it."""
        if len(row.cells) != len(names):
            message = f"the row has {len(row.cells)} cells and the header {len(names)}."
            self.add_error(row.start, "row-length", message)
        cells = zip(names, (cell.text.strip() for cell in row.cells), strict=False)
        slots = {name: text for name, text in cells if name in COLUMNS and text}
        for name in ADDRESSES & slots.keys():
            slots[name] = self.address(row.start, name, slots[name])
        link = MappingRow(row.start, slots)
        self.check_row(link)
        return link

    def address(self, line: int, name: str, text: str) -> str:
        """Return a CURIE as an IRI; an unknown prefix is an error."""
        if re.match(r"https?://|urn:", text):
            return text
        prefix, colon, rest = text.partition(":")
        if not colon or prefix not in self.base_by_prefix:
            message = (
                f"{name} is “{text}”, and the prefix “{prefix}” is not declared; add it to the "
                "curie_map at the top, or write the address out."
            )
            self.add_error(line, "unknown-prefix", message)
            return text
        return self.base_by_prefix[prefix] + rest

    def check_row(self, row: MappingRow) -> None:
        """Record the missing and the invalid values of a row."""
        for name in NEEDED:
            if not row[name]:
                self.add_error(row.line, "empty", f"the row has no {name}.")
        if not row.subject:
            self.add_error(row.line, "empty", "the row has neither subject_id nor subject_label.")
        if row["predicate_id"] and row["predicate_id"] not in PREDICATES:
            known = ", ".join("skos:" + p.rpartition("#")[2] for p in PREDICATES)
            message = f"predicate_id is <{row['predicate_id']}>, and has to be one of {known}."
            self.add_error(row.line, "predicate", message)
        said = tuple(row[name] for name in IDENTITY_COLUMNS)
        if self.line_by_identity.setdefault(said, row.line) != row.line:
            message = (
                f"the row says again what line {self.line_by_identity[said]} says; delete one."
            )
            self.add_error(row.line, "repeated", message)
        if row["confidence"] and not is_confidence(row["confidence"]):
            message = f"confidence is {row['confidence']}, and has to be a number from 0 to 1."
            self.add_error(row.line, "confidence", message)
        if row["mapping_date"] and not is_iso_date(row["mapping_date"]):
            message = f"mapping_date is “{row['mapping_date']}”, and has to be as 2026-11-30."
            self.add_error(row.line, "date", message)
        if row["predicate_modifier"] and not row.is_negated:
            message = f"predicate_modifier is “{row['predicate_modifier']}”, and may only be Not."
            self.add_error(row.line, "modifier", message)


def is_confidence(text: str) -> bool:
    """Return whether a text is a number from 0 to 1."""
    return bool(re.fullmatch(r"0(\.\d+)?|1(\.0+)?|\.\d+", text))


def is_iso_date(text: str) -> bool:
    """Return whether a text is a day as in ISO 8601."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


SSSOM_SUFFIX = ".sssom.tsv"
METADATA_FIELD_BY_SLOT = {
    "license": "licence",
    "mapping_set_title": "title",
    "mapping_set_source": "source",
}
"""The metadata fields of a document, by slot of the head of a mapping set."""


def read_sssom(source: SourceFile) -> Document:
    """Read every row as a record; raise DataError where a required column is missing."""
    found = read_mapping_set(source)
    first = Span(1, 1)
    about = (
        Field(METADATA_FIELD_BY_SLOT[k], v, first)
        for k, v in found.metadata.items()
        if k in METADATA_FIELD_BY_SLOT
    )
    return Document(
        source.path,
        source.name,
        source.sha256,
        len(source.lines),
        "sssom",
        tuple(about),
        tuple(build_mapping_record(link) for link in found.rows),
        findings=tuple(sorted((*found.findings, *source.find_control_characters()))),
    )


def build_mapping_record(row: MappingRow) -> Record:
    """Return one row as a record; it has been reviewed, so a curator states it."""
    span = Span(row.line, row.line)
    fields = (Field(name, text, span, Rule.CURATOR) for name, text in row.slots.items())
    return Record("mapping", "", span, tuple(fields))
