"""Parser of SSSOM mapping sets (.sssom.tsv): their slots, and one link per row.

https://mapping-commons.github.io/sssom/spec-formats-tsv/
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pyoxigraph import NamedNode

from loader.errors import Finding, Severity
from loader.readers.csv_positions import TableRow, parse_delimited_rows
from loader.readers.source import SourceFile, load_source
from loader.readers.sssom_head import (
    SET_SLOTS,
    ExtensionSlot,
    MappingSetHead,
    build_form_error,
    count_head_lines,
    expand_curie,
    read_head,
)
from loader.readers.sssom_metadata_file import (
    find_contradictions,
    load_metadata_file,
    read_metadata_file,
)
from loader.readers.sssom_slots import (
    ADDRESSES,
    COLUMNS,
    DATES,
    MULTI_VALUED,
    NUMBERS,
    PROPAGATABLE,
    REFERENCES,
    is_iso_date,
    is_unit_number,
    join_values,
    split_values,
)
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
"""The predicates of which links are stated: https://www.w3.org/TR/skos-reference/#mapping"""
NO_TERM = f"{SSSOM}NoTermFound"
"""The object of a row without a match: https://mapping-commons.github.io/sssom/NoTermFound/"""
MANUAL = f"{SEMAPV}ManualMappingCuration"
LITERAL = "rdfs literal"
"""The type of a subject that is a text and has no IRI."""

OWN_READING = "own reading"
"""The ``basis``, an extension of ours, of a row that no source prints: it is never stated plainly.

https://mapping-commons.github.io/sssom/spec-model/#non-standard-slots
"""
NEEDED = ("predicate_id", "mapping_justification")
"""The columns that every row fills, besides an id or a label for each side."""

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
READ_PREFIXES = {
    **PREFIXES,
    "linkml": "https://w3id.org/linkml/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""All prefixes that need no declaration when a set is read.

https://mapping-commons.github.io/sssom/spec-intro/#iri-prefixes
"""


IDENTITY_COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "predicate_modifier",
    "object_id",
)
"""The columns that together identify the link of a row, besides the text of an object."""
HeadValue = str | list[str] | list[Mapping[str, str]] | dict[str, str]
"""Value of a slot of the set: texts, extension definitions or prefixes."""


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One row: ``slots`` by column, with CURIEs expanded and empty cells left out.

    A slot of the head that holds for all rows is among them. ``repeat`` is the number of earlier
    rows with the same link.
    """

    line: int
    slots: Mapping[str, str]
    repeat: int = 0

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
    def has_both_sides(self) -> bool:
        """Whether the row has a subject and an object; it states that one is missing if not."""
        return NO_TERM not in (self["subject_id"], self["object_id"]) and bool(self["object_id"])

    @property
    def link(self) -> tuple[str, ...]:
        """The values that together identify the link."""
        texts = tuple(self[name] for name in IDENTITY_COLUMNS)
        return texts if self["object_id"] else (*texts, self["object_label"])


@dataclass(frozen=True, slots=True)
class MappingSet:
    """The rows in order, the metadata of the set, and its findings.

    ``head_lines`` are the lines of the slots of the head, those that were propagated included;
    ``extensions`` are the extension slots of the set and of its rows.
    """

    metadata: Mapping[str, HeadValue]
    rows: Sequence[MappingRow]
    findings: Sequence[Finding] = field(default=())
    head_lines: Mapping[str, int] = field(default_factory=dict)
    extensions: Mapping[str, ExtensionSlot] = field(default_factory=dict)

    @property
    def errors(self) -> list[Finding]:
        """The findings because of which the set cannot be loaded."""
        return [finding for finding in self.findings if finding.severity is Severity.ERROR]


def read_mapping_set(source: SourceFile, metadata: SourceFile | None = None) -> MappingSet:
    """Parse a mapping set in TSV; raise DataError, with all findings, where there is no table.

    ``metadata`` is the file beside it that has its slots in place of the head, if there is one.
    """
    own = read_head(source)
    external = read_metadata_file(metadata) if metadata else None
    head = own.join(external) if external else own
    prefixes = {**READ_PREFIXES, **head.prefixes}
    references = head.find_reference_extensions(prefixes)
    reading = _MappingRowParser(source, prefixes, references)
    if metadata and external:
        reading.findings += find_contradictions(source, own, metadata, external)
    elif not head.line_by_slot:
        reading.warn_no_metadata()
    first = count_head_lines(source)
    body = "\n".join(source.lines[first:]) + "\n"
    table = SourceFile(source.path, source.name, body.encode(), source.sha256)
    lines = (
        TableRow(r.cells, r.start + first, r.end + first) for r in parse_delimited_rows(table, "\t")
    )
    rows = reading.parse_rows(lines, head)
    propagated, rest = reading.propagate_slots(own, rows)
    head_lines = {name: own.get_line(name) for name in (*propagated, *rest)}
    if metadata and external:
        beside = _MappingRowParser(metadata, prefixes, references)
        more, others = beside.propagate_slots(external, rows)
        propagated, rest = {**more, **propagated}, {**others, **rest}
        reading.findings += beside.findings
        # What the other file says of the set is told of its first line, and of each row there.
        head_lines = {**dict.fromkeys(others, 1), **head_lines}
    rows = [replace(row, slots={**propagated, **row.slots}) for row in rows]
    reading.check_rows(rows)
    about: dict[str, HeadValue] = dict(rest)
    if declared := {k: v for k, v in head.prefixes.items() if PREFIXES.get(k) != v}:
        about["curie_map"] = declared
    if head.definitions:
        about["extension_definitions"] = list(head.definitions)
    extensions = {
        name: head.find_extension(name, prefixes)
        for name in (*rest, *dict.fromkeys(name for row in rows for name in row.slots))
        if name not in COLUMNS and name not in SET_SLOTS
    }
    return MappingSet(
        about,
        reading.mark_repeated_rows(rows),
        tuple(sorted(set(reading.findings))),
        head_lines,
        extensions,
    )


def load_mapping_set(path: Path, max_bytes: int) -> MappingSet:
    """Read the mapping set in a file, with the metadata beside it; raise DataError if invalid."""
    source = load_source(path, path.name, max_bytes)
    return read_mapping_set(source, load_metadata_file(path, max_bytes))


class _MappingRowParser:
    """Parses the rows and collects the findings."""

    def __init__(
        self, source: SourceFile, base_by_prefix: Mapping[str, str], extensions: frozenset[str]
    ) -> None:
        self.source = source
        self.base_by_prefix = base_by_prefix
        self.addresses = ADDRESSES | extensions
        self.findings: list[Finding] = []

    def add_error(self, line: int, code: str, message: str) -> None:
        """Record an error of a row, which prevents the set from being loaded."""
        self._add_finding(line, Severity.ERROR, code, message)

    def _add_finding(self, line: int, severity: Severity, code: str, message: str) -> None:
        self.findings.append(Finding(self.source.path, line, 0, severity, message, f"sssom-{code}"))

    def warn_no_metadata(self) -> None:
        """Record that nothing is said of the set itself."""
        name = self.source.name.rpartition("/")[2].removesuffix(".tsv").removesuffix(".sssom")
        message = (
            "the set has no metadata, such as its licence and its prefixes; write them as lines "
            f"“#key: value” at the top, or as “key: value” into {name}.sssom.yml beside it."
        )
        self._add_finding(1, Severity.WARNING, "metadata", message)

    def parse_rows(self, lines: Iterator[TableRow], head: MappingSetHead) -> list[MappingRow]:
        """Return the rows below the header; raise DataError where a column is missing."""
        header = next((row for row in lines if not row.is_empty), None)
        names = [cell.text.strip() for cell in header.cells] if header else []
        missing = [name for name in NEEDED if name not in names]
        if "object_id" not in names and "object_type" not in {*names, *head.slots}:
            missing.append("object_id")
        if not {"subject_id", "subject_label"} & set(names):
            missing.append("subject_label")
        if missing:
            where = header.start if header else 1
            shown = ", ".join(missing)
            raise build_form_error(self.source, where, f"the table has no column {shown}")
        if twice := [name for name, number in Counter(names).items() if name and number > 1]:
            message = f"the table has more than one column {', '.join(twice)}"
            raise build_form_error(self.source, header.start if header else 1, message)
        return [self.parse_row(row, names) for row in lines if not row.is_empty]

    def parse_row(self, row: TableRow, names: Sequence[str]) -> MappingRow:
        """Return the slots of one row, after recording which values cannot be read.

        Cells that are missing at the end are empty.
        """
        texts = [cell.text.strip() for cell in row.cells]
        if len(texts) > len(names) or any(
            text for name, text in zip(names, texts, strict=False) if not name
        ):
            message = f"the row has {len(texts)} cells and the header {len(names)}."
            self.add_error(row.start, "row-length", message)
        slots = {
            name: self.read_cell(row.start, name, text)
            for name, text in zip(names, texts, strict=False)
            if name and text
        }
        return MappingRow(row.start, slots)

    def read_cell(self, line: int, name: str, text: str) -> str:
        """Return the text of a cell with CURIEs expanded, after recording what is invalid in it."""
        values = split_values(name, text)
        if name in self.addresses:
            values = [self.expand_address(line, name, value) for value in values]
        for value in values:
            if name in NUMBERS and not is_unit_number(value):
                message = f"{name} is {value}, and has to be a number from 0 to 1."
                self.add_error(line, "confidence", message)
            if name in DATES and not is_iso_date(value):
                message = f"{name} is “{value}”, and has to be as 2026-11-30."
                self.add_error(line, "date", message)
        return join_values(name, values)

    def expand_address(self, line: int, name: str, text: str) -> str:
        """Return a CURIE as an IRI; an unknown prefix and an invalid IRI are errors."""
        iri = expand_curie(text, self.base_by_prefix)
        if not iri:
            prefix = text.partition(":")[0]
            message = (
                f"{name} is “{text}”, and the prefix “{prefix}” is not declared; add it to the "
                "curie_map of the metadata, or write the address out."
            )
            self.add_error(line, "unknown-prefix", message)
            return text
        if parse_iri(iri) is None:
            message = (
                f"{name} is “{text}”, and <{iri}> is not a valid address; write a space as %20, "
                "and other signs that an address may not have as their percent-encoding."
            )
            self.add_error(line, "bad-address", message)
        return iri

    def propagate_slots(
        self, head: MappingSetHead, rows: Sequence[MappingRow]
    ) -> tuple[dict[str, str], dict[str, str | list[str]]]:
        """Return the slots that the head gives for all rows, and those that describe the set.

        A slot that some row has too is not propagated, as the standard demands; a warning says so.
        https://mapping-commons.github.io/sssom/spec-formats-tsv/ (propagation)
        """
        propagated: dict[str, str] = {}
        rest: dict[str, str | list[str]] = {}
        for name, value in head.slots.items():
            line = head.get_line(name)
            texts = value if isinstance(value, list) else [value]
            if name in REFERENCES:
                texts = [self.expand_address(line, name, text) for text in texts]
            value = texts if isinstance(value, list) or name in MULTI_VALUED else texts[0]
            having = sum(bool(row[name]) for row in rows)
            if name in PROPAGATABLE and not having:
                propagated[name] = self.read_cell(line, name, join_values(name, texts))
                continue
            rest[name] = value
            if name in PROPAGATABLE and having < len(rows):
                message = (
                    f"{name} is given here for all rows, but {having} of them have it too, so the "
                    "others do not get it; write it into the rows."
                )
                self._add_finding(line, Severity.WARNING, "not-propagated", message)
        return propagated, rest

    def check_rows(self, rows: Sequence[MappingRow]) -> None:
        """Record the missing and the invalid values of each row."""
        for row in rows:
            for name in NEEDED:
                if not row[name]:
                    self.add_error(row.line, "empty", f"the row has no {name}.")
            if not row["object_id"] and not (row["object_type"] == LITERAL and row["object_label"]):
                self.add_error(row.line, "empty", "the row has no object_id.")
            if not row.subject:
                message = "the row has neither subject_id nor subject_label."
                self.add_error(row.line, "empty", message)
            if row["predicate_id"] and row["predicate_id"] not in PREDICATES:
                known = ", ".join("skos:" + p.rpartition("#")[2] for p in PREDICATES)
                message = (
                    f"predicate_id is <{row['predicate_id']}>, and not one of {known}; the row is "
                    "kept, and no link between the two is stated."
                )
                self._add_finding(row.line, Severity.WARNING, "predicate", message)
            if row["predicate_modifier"] and not row.is_negated:
                message = (
                    f"predicate_modifier is “{row['predicate_modifier']}”, and may only be Not."
                )
                self.add_error(row.line, "modifier", message)

    def mark_repeated_rows(self, rows: Sequence[MappingRow]) -> list[MappingRow]:
        """Return the rows with their number among those with the same link.

        Several rows may give the same link for different reasons; a row that says nothing new is an
        error.
        """
        line_by_row: dict[tuple[str, ...], dict[frozenset[tuple[str, str]], int]]
        line_by_row = defaultdict(dict)
        marked = []
        for row in rows:
            same, slots = line_by_row[row.link], frozenset(row.slots.items())
            if slots in same:
                message = f"the row says again what line {same[slots]} says; delete one."
                self.add_error(row.line, "repeated", message)
            marked.append(replace(row, repeat=len(same)))
            same.setdefault(slots, row.line)
        return marked


def parse_iri(text: str) -> NamedNode | None:
    """Return an absolute IRI as a node, or None where it is not valid.

    https://www.rfc-editor.org/rfc/rfc3987#section-2.2
    """
    try:
        return NamedNode(text)
    except ValueError:
        return None
