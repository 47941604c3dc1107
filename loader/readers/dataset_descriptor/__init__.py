"""Sector datasets: a descriptor in TOML says what a user's own download means.

The keys are those of CSV on the Web where it has them: https://www.w3.org/TR/tabular-metadata/
"""

from pathlib import Path

from loader.document import Document, Field, Record, Rule, Span
from loader.readers import rdf
from loader.readers.dataset_descriptor.descriptor import Descriptor, read_descriptor
from loader.readers.dataset_descriptor.rows import Line, lines_of
from loader.readers.source import Source, load_source

LARGEST = 4 * 1024 * 1024 * 1024
"""Bytes of the largest download."""
ABOUT = ("title", "publisher", "licence", "source", "retrieved", "endpoint")


def has_download(path: Path) -> bool:
    """Whether the download that a descriptor speaks of lies beside it; if not, it is left alone."""
    try:
        return read_descriptor(load_source(path, path.name, LARGEST)).download.is_file()
    except OSError:
        return False


def read(source: Source) -> Document:
    """The rows of the download as records; DataError where it or its descriptor is broken."""
    described = read_descriptor(source)
    download = load_source(described.download, source.name, LARGEST)
    about = tuple(
        Field(name, value, Span(1, 1)) for name in ABOUT if (value := getattr(described, name))
    )
    if described.download.suffix in rdf.FORMATS:
        return as_rdf(download, described, about)
    lines = list(lines_of(download, described))
    return Document(
        str(described.download),
        source.name,
        download.sha256,
        lines[-1].end if lines else 1,
        "sector",
        about,
        tuple(record(described, line) for line in lines),
        findings=described.findings,
    )


def as_rdf(download: Source, described: Descriptor, about: tuple[Field, ...]) -> Document:
    """A download that is RDF, as it is."""
    named = Source(
        download.path,
        download.name.removesuffix(".toml") + described.download.suffix,
        download.data,
        download.sha256,
    )
    found = rdf.read(named)
    return Document(
        found.path,
        download.name,
        found.sha256,
        found.lines,
        "sector",
        about,
        statements=found.statements,
        findings=(*described.findings, *found.findings),
    )


def record(described: Descriptor, line: Line) -> Record:
    """One row: a field for each cell, called after its property or its scheme of identifiers."""
    span = Span(line.start, line.end)
    fields = [
        Field(column.field, value, span, Rule.SECTOR)
        for column in described.columns
        for value in column.values(line.cells)
    ]
    fields += [Field(f"={c.term}", c.value, span, Rule.SECTOR) for c in described.constants]
    fields += [
        Field(f"join {join.scheme}", value, span, Rule.SECTOR)
        for join in described.joins
        for value in line.cells.get(join.column, ())
    ]
    keys = [value for name in described.key for value in line.cells.get(name, ())]
    fields.append(Field("keep", described.keep, span, Rule.SECTOR))
    return Record("sector-record", f"{described.name}-{'-'.join(keys)}", span, tuple(fields))
