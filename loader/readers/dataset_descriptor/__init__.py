"""Reader of sector datasets: a TOML descriptor says what the columns of a download mean.

The keys are those of CSV on the Web where it has them: https://www.w3.org/TR/tabular-metadata/
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path, PurePath

from loader.document import Document, Field, Span
from loader.readers import rdf, rdf_format
from loader.readers.dataset_descriptor.archive import open_archive
from loader.readers.dataset_descriptor.descriptor import SectorDescriptor, read_descriptor
from loader.readers.dataset_descriptor.rows import (
    RowCounts,
    build_download_error,
    read_download_rows,
)
from loader.readers.dataset_descriptor.sector_records import SectorRecords
from loader.readers.source import SourceFile, load_source

MAX_DOWNLOAD_BYTES = 4 * 1024 * 1024 * 1024
"""The largest size of a download, in bytes."""
RDF_SUFFIXES = frozenset(rdf_format.FORMAT_BY_SUFFIX)
METADATA_FIELDS = ("title", "publisher", "licence", "source", "retrieved", "endpoint")


def find_download(path: Path, folders: Sequence[Path] = ()) -> Path | None:
    """Return the download of a descriptor, beside it or in a folder; None where it is not there.

    Raise DataError where the descriptor is invalid.
    """
    descriptor = read_descriptor(load_source(path, path.name, MAX_DOWNLOAD_BYTES), folders)
    return descriptor.download if descriptor.download.is_file() else None


def read_sector_dataset(source: SourceFile, folders: Sequence[Path] = ()) -> Document:
    """Read the rows of the download as records; raise DataError if anything is broken.

    The download is beside the descriptor, or in one of ``folders``.
    """
    described = read_descriptor(source, folders)
    download = load_download(described)
    about = tuple(
        Field(name, value, Span(1, 1))
        for name in METADATA_FIELDS
        if (value := getattr(described, name))
    )
    if PurePath(download.name).suffix.lower() in RDF_SUFFIXES:
        return read_rdf_download(download, source.name, described, about)
    counts = RowCounts()
    rows = read_download_rows(download, described, counts)
    records = SectorRecords(described, rows)
    if not counts.rows:
        message = f"the download {described.download.name} has no row; is it the right file?"
        raise build_download_error(download, 0, message)
    numbers = asdict(counts)
    return Document(
        str(described.download),
        source.name,
        download.sha256,
        records[-1].span.end if records else 1,
        "sector",
        (*about, *(Field(name, str(number), Span(1, 1)) for name, number in numbers.items())),
        records,
        findings=described.findings,
    )


def load_download(descriptor: SectorDescriptor) -> SourceFile:
    """Read the download of a descriptor, from its archive where it is one.

    The name of the file returned is that of the download, so that its suffix says its format.
    """
    path = descriptor.download
    download = load_source(path, path.name, MAX_DOWNLOAD_BYTES)
    is_archive = path.suffix.lower() == ".zip"
    return open_archive(download, MAX_DOWNLOAD_BYTES) if is_archive else download


def read_rdf_download(
    download: SourceFile, name: str, descriptor: SectorDescriptor, metadata: tuple[Field, ...]
) -> Document:
    """Read a download that is RDF, with its statements unchanged, as the document ``name``."""
    suffix = PurePath(download.name).suffix
    stem = name.removesuffix(".toml")
    named = SourceFile(download.path, stem + suffix, download.data, download.sha256)
    found = rdf.read_rdf(named)
    return Document(
        found.path,
        name,
        found.sha256,
        found.lines,
        "sector",
        metadata,
        statements=found.statements,
        findings=(*descriptor.findings, *found.findings),
    )
