"""Mapping sets (.sssom.tsv): the links that were reviewed, one a row."""

from loader.document import Document, Field, Record, Rule, Span
from loader.readers.mapping_set_rows import Link, read_mapping_set
from loader.readers.source import Source

SUFFIX = ".sssom.tsv"
ABOUT = {"license": "licence", "mapping_set_title": "title", "mapping_set_source": "source"}
"""What the head of a set says of the document, by the names that documents have for it."""


def read(source: Source) -> Document:
    """Every row as a record; DataError where there is no table with the columns that it needs."""
    found = read_mapping_set(source)
    first = Span(1, 1)
    about = (Field(ABOUT[k], v, first) for k, v in found.about.items() if k in ABOUT)
    return Document(
        source.path,
        source.name,
        source.sha256,
        len(source.lines),
        "sssom",
        tuple(about),
        tuple(record(link) for link in found.links),
        findings=tuple(sorted((*found.findings, *source.control_characters()))),
    )


def record(link: Link) -> Record:
    """One row; somebody has reviewed it, so a curator states it."""
    span = Span(link.line, link.line)
    fields = (Field(name, text, span, Rule.CURATOR) for name, text in link.slots.items())
    return Record("mapping", "", span, tuple(fields))
