"""Readers: one module per input format, each turning bytes into the same immutable Document."""

import os
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from loader.document import Document
from loader.errors import DataError, Finding, Severity
from loader.readers import (
    article,
    cards,
    dataset_descriptor,
    markdown,
    rdf,
    rdf_format,
    sssom_document,
    table_document,
)
from loader.readers.source import SourceFile, load_source
from loader.readers.sssom_metadata_file import is_metadata_file, load_metadata_file
from loader.readers.table_description import TableDescription

Reader = Callable[[SourceFile], Document]


SECTOR_FOLDER = "sector"
"""The folder of descriptors and downloads of sector datasets, inside a data folder."""
DESCRIPTOR_SUFFIX = ".toml"
SKIPPED_FILE_NAMES = {"readme.md", "catalogue.yaml"}


def _read_plain_text(source: SourceFile) -> Document:
    """Read plain text: cards where there is a tag line, else an article."""
    return cards.read_cards(source) if cards.has_cards(source) else article.read_article(source)


def _read_markdown_or_text(source: SourceFile) -> Document:
    """Read Markdown: curated where there is front matter, else like plain text."""
    return (
        markdown.read_markdown(source)
        if markdown.has_front_matter(source)
        else _read_plain_text(source)
    )


TABLE_SUFFIXES = (".csv", ".tsv", ".xlsx")
"""The suffixes of tables, which descriptions explain."""

READER_BY_SUFFIX: dict[str, Reader] = {
    ".txt": _read_plain_text,
    ".md": _read_markdown_or_text,
    sssom_document.SSSOM_SUFFIX: sssom_document.read_sssom,
    DESCRIPTOR_SUFFIX: dataset_descriptor.read_sector_dataset,
    **dict.fromkeys(TABLE_SUFFIXES, table_document.read_table),
    **dict.fromkeys((*rdf_format.FORMAT_BY_SUFFIX, *rdf_format.SUFFIXES_BY_CONTENT), rdf.read_rdf),
}
"""The reader for each suffix, in lower case."""

ORGANISATION_SUFFIXES = TABLE_SUFFIXES
"""The suffixes of the documents that can describe organisations."""


def read_document(
    path: Path,
    name: str,
    max_bytes: int,
    tables: Sequence[TableDescription] = (),
    downloads: Sequence[Path] = (),
) -> Document:
    """Read the document in the file ``path``, called ``name`` inside its data folder.

    ``tables`` are the descriptions of tables that a CSV or a workbook may be, ``downloads`` the
    folders in which the download of a descriptor may be.
    Raise DataError, with its findings, where the file cannot be read.
    """
    suffix = resolve_suffix(name)
    reader = READER_BY_SUFFIX.get(suffix)
    if reader is None:
        ends = f"ends in {suffix}" if suffix else "has no suffix"
        if ".sssom" in name.lower():
            ends += ", without the mapping set (.sssom.tsv) of its name beside it,"
        message = (
            f"a file that {ends} cannot be read here; known are {', '.join(READER_BY_SUFFIX)}."
        )
        raise _build_data_error(path, "unknown-format", message)
    source = load_source(path, name, max_bytes)
    if suffix in TABLE_SUFFIXES:
        return table_document.read_table(source, tables)
    if suffix == DESCRIPTOR_SUFFIX:
        return dataset_descriptor.read_sector_dataset(source, downloads)
    if suffix == sssom_document.SSSOM_SUFFIX:
        return sssom_document.read_sssom(source, load_metadata_file(path, max_bytes))
    return reader(source)


def resolve_suffix(name: str) -> str:
    """Return the suffix that selects the reader: two parts where both are known together."""
    both = "".join(PurePosixPath(name).suffixes[-2:]).lower()
    return both if both in READER_BY_SUFFIX else PurePosixPath(name).suffix.lower()


def list_documents(folder: Path, downloads: Sequence[Path] = ()) -> list[tuple[Path, str]]:
    """Return the documents of a data folder and its subfolders with their names, sorted by name.

    Left out are ``README.md``, ``catalogue.yaml``, hidden files and folders, the lock files of
    office programs, the metadata files of mapping sets, and in a folder ``sector`` the downloads,
    which their descriptors represent, and the descriptors without one, there or in the folders
    ``downloads``. A name is the path inside the folder, with ``/``, in Unicode Normalization Form
    C. Raise DataError where the folder is missing, cannot be read or holds neither a document nor a
    download.
    """
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise _build_data_error(folder, "no-folder", f"the data folder {what}; check its name.")
    found = [
        path
        for path in list_files(folder)
        if not (_is_skipped(path) or _is_sector_download(path, folder, downloads))
    ]
    named = sorted(
        ((path, _format_document_name(path, folder)) for path in found), key=lambda pair: pair[1]
    )
    if not named and not list_downloads(folder):
        message = f"the data folder holds no document; known are {', '.join(READER_BY_SUFFIX)}."
        raise _build_data_error(folder, "no-documents", message)
    return named


def list_files(folder: Path) -> list[Path]:
    """Return every file below ``folder`` outside hidden folders; follow links, but no cycle."""
    files: list[Path] = []
    seen: set[str] = set()
    for parent, folders, names in os.walk(
        folder, onerror=_raise_unreadable_folder, followlinks=True
    ):
        real = os.path.realpath(parent)
        folders[:] = [] if real in seen else [f for f in folders if not f.startswith(".")]
        files += [] if real in seen else [Path(parent, name) for name in names]
        seen.add(real)
    return files


def _raise_unreadable_folder(error: OSError) -> None:
    path = Path(error.filename)
    message = f"the folder cannot be read ({error.strerror}); check its permissions."
    raise _build_data_error(path, "unreadable", message)


def _is_skipped(path: Path) -> bool:
    named = path.name.lower() in SKIPPED_FILE_NAMES or path.name.startswith((".", "~$"))
    return named or is_metadata_file(path)


def list_downloads(folder: Path) -> list[Path]:
    """Return the files in the folders ``sector`` below a data folder that are no descriptors."""
    return sorted(
        path
        for path in list_files(folder)
        if not _is_skipped(path)
        and SECTOR_FOLDER in path.relative_to(folder).parts[:-1]
        and path.suffix != DESCRIPTOR_SUFFIX
    )


def _is_sector_download(path: Path, folder: Path, downloads: Sequence[Path]) -> bool:
    """Return whether a file in ``sector`` is a download, or the descriptor of a missing one."""
    if SECTOR_FOLDER not in path.relative_to(folder).parts[:-1]:
        return False
    if path.suffix != DESCRIPTOR_SUFFIX:
        return True
    try:
        return dataset_descriptor.find_download(path, downloads) is None
    except DataError:
        # It is read, so that its errors are told.
        return False


def _format_document_name(path: Path, folder: Path) -> str:
    name = path.relative_to(folder).as_posix()
    try:
        name.encode()
    except UnicodeEncodeError:
        shown = Path(os.fsencode(path).decode("utf-8", "backslashreplace"))
        message = "the name of this file is not valid UTF-8; rename it."
        raise _build_data_error(shown, "file-name", message) from None
    return unicodedata.normalize("NFC", name)


def _build_data_error(path: Path, code: str, message: str) -> DataError:
    finding = Finding(str(path), 0, 0, Severity.ERROR, message, code)
    return DataError(str(finding), [finding])
