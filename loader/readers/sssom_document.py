"""Reader of SSSOM mapping sets as documents: one record for the set, and one for each row."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from loader.document import Document, Field, Record, Rule, Span
from loader.readers.source import SourceFile
from loader.readers.sssom import MappingRow, MappingSet, read_mapping_set
from loader.readers.sssom_slots import split_values

SSSOM_SUFFIX = ".sssom.tsv"
METADATA_FIELD_BY_SLOT = {
    "license": "licence",
    "mapping_set_title": "title",
    "mapping_set_source": "source",
}
"""The metadata fields of a document, by slot of the head of a mapping set."""


def read_sssom(source: SourceFile, metadata: SourceFile | None = None) -> Document:
    """Read the set and every row as records; raise DataError where a column is missing.

    ``metadata`` is the file beside it that has its metadata, if there is one.
    """
    found = read_mapping_set(source, metadata)
    about = (
        Field(METADATA_FIELD_BY_SLOT[name], text, Span(line, line))
        for name, text, line in list_set_values(found)
        if name in METADATA_FIELD_BY_SLOT
    )
    return Document(
        source.path,
        source.name,
        source.sha256,
        len(source.lines),
        "sssom",
        tuple(about),
        (build_set_record(found), *(build_mapping_record(row, found) for row in found.rows)),
        findings=tuple(sorted((*found.findings, *source.find_control_characters()))),
    )


def list_set_values(found: MappingSet) -> Iterator[tuple[str, str, int]]:
    """Yield the name, the line and each value of the slots that describe a set."""
    for name, value in found.metadata.items():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                yield name, text, found.head_lines[name]


def build_set_record(found: MappingSet) -> Record:
    """Return what the head says of the set itself as a record."""
    fields = [
        (name, Field(name, text, Span(line, line)))
        for name, text, line in list_set_values(found)
        if name not in METADATA_FIELD_BY_SLOT
    ]
    return _build_record("mapping-set", "", Span(1, 1), fields, found)


def build_mapping_record(row: MappingRow, found: MappingSet) -> Record:
    """Return one row as a record; it has been reviewed, so a curator states it.

    Its slug is the number of earlier rows with the same link, or "".
    """
    lines = {name: found.head_lines.get(name, row.line) for name in row.slots}
    fields = [
        (name, Field(name, text, Span(lines[name], lines[name]), Rule.CURATOR))
        for name, cell in row.slots.items()
        for text in split_values(name, cell)
    ]
    return _build_record("mapping", str(row.repeat or ""), Span(row.line, row.line), fields, found)


def _build_record(
    kind: str, slug: str, span: Span, fields: Sequence[tuple[str, Field]], found: MappingSet
) -> Record:
    """Return a record whose extension slots are parts: property as slug, datatype as field name."""
    parts = tuple(
        Record("extension", slot.property, field.span, (replace(field, name=slot.type),))
        for name, field in fields
        if (slot := found.extensions.get(name))
    )
    standard = tuple(field for name, field in fields if name not in found.extensions)
    return Record(kind, slug, span, standard, parts)
