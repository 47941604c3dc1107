"""Mapping sets (.sssom.tsv): the links that were reviewed, one a row."""

from loader.document import Document, Field, Record, Rule, Span
from loader.readers.mapping_set_rows import MappingRow, read_mapping_set
from loader.readers.source import SourceFile

SSSOM_SUFFIX = ".sssom.tsv"
METADATA_FIELD_BY_SLOT = {
    "license": "licence",
    "mapping_set_title": "title",
    "mapping_set_source": "source",
}
"""What the head of a set says of the document, by the names that documents have for it."""


def read_sssom(source: SourceFile) -> Document:
    """Every row as a record; DataError where there is no table with the columns that it needs."""
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
    """One row; somebody has reviewed it, so a curator states it."""
    span = Span(row.line, row.line)
    fields = (Field(name, text, span, Rule.CURATOR) for name, text in row.slots.items())
    return Record("mapping", "", span, tuple(fields))
