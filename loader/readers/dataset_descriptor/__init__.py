"""Reader of sector datasets: a TOML descriptor says what the columns of a download mean.

The keys are those of CSV on the Web where it has them: https://www.w3.org/TR/tabular-metadata/
"""

from pathlib import Path

from loader.document import Document, Field, Record, Rule, Span
from loader.readers import rdf, rdf_format
from loader.readers.dataset_descriptor.descriptor import SectorDescriptor, read_descriptor
from loader.readers.dataset_descriptor.rows import DownloadRow, read_download_rows
from loader.readers.source import SourceFile, load_source

MAX_DOWNLOAD_BYTES = 4 * 1024 * 1024 * 1024
"""The largest size of a download, in bytes."""
METADATA_FIELDS = ("title", "publisher", "licence", "source", "retrieved", "endpoint")


def has_download(path: Path) -> bool:
    """Return whether the download of a descriptor is beside it; without it, both are skipped."""
    try:
        return read_descriptor(load_source(path, path.name, MAX_DOWNLOAD_BYTES)).download.is_file()
    except OSError:
        return False


def read_sector_dataset(source: SourceFile) -> Document:
    """Read the rows of the download as records; raise DataError if anything is broken."""
    described = read_descriptor(source)
    download = load_source(described.download, source.name, MAX_DOWNLOAD_BYTES)
    about = tuple(
        Field(name, value, Span(1, 1))
        for name in METADATA_FIELDS
        if (value := getattr(described, name))
    )
    if described.download.suffix in rdf_format.FORMAT_BY_SUFFIX:
        return read_rdf_download(download, described, about)
    lines = list(read_download_rows(download, described))
    return Document(
        str(described.download),
        source.name,
        download.sha256,
        lines[-1].end if lines else 1,
        "sector",
        about,
        tuple(build_sector_record(described, line) for line in lines),
        findings=described.findings,
    )


def read_rdf_download(
    download: SourceFile, descriptor: SectorDescriptor, metadata: tuple[Field, ...]
) -> Document:
    """Read a download that is RDF, with its statements unchanged."""
    named = SourceFile(
        download.path,
        download.name.removesuffix(".toml") + descriptor.download.suffix,
        download.data,
        download.sha256,
    )
    found = rdf.read_rdf(named)
    return Document(
        found.path,
        download.name,
        found.sha256,
        found.lines,
        "sector",
        metadata,
        statements=found.statements,
        findings=(*descriptor.findings, *found.findings),
    )


def build_sector_record(descriptor: SectorDescriptor, row: DownloadRow) -> Record:
    """Return one row as a record, its fields named after property or identifier scheme."""
    span = Span(row.start, row.end)
    fields = [
        Field(column.field_name, value, span, Rule.SECTOR)
        for column in descriptor.columns
        for value in column.values(row.cells)
    ]
    fields += [Field(f"={c.term}", c.value, span, Rule.SECTOR) for c in descriptor.constants]
    fields += [
        Field(f"join {join.scheme}", value, span, Rule.SECTOR)
        for join in descriptor.joins
        for value in row.cells.get(join.column, ())
    ]
    keys = [value for name in descriptor.key for value in row.cells.get(name, ())]
    fields.append(Field("keep", descriptor.row_policy, span, Rule.SECTOR))
    return Record("sector-record", f"{descriptor.name}-{'-'.join(keys)}", span, tuple(fields))
