"""Reader of SSSOM mapping sets (.sssom.tsv): one reviewed link per row."""

from loader.document import Document, Field, Record, Rule, Span
from loader.readers.mapping_set_rows import MappingRow, read_mapping_set
from loader.readers.source import SourceFile

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
