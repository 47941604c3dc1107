"""Downloads in a zip archive: the one table or JSON file in it."""

import hashlib
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile

from loader.readers.dataset_descriptor.rows import build_download_error
from loader.readers.source import SourceFile

SUFFIXES = (".json", ".jsonl", ".csv", ".tsv", ".xlsx")
"""Suffixes of the files that can be read; of several files, the first suffix is preferred."""


def open_archive(download: SourceFile, max_bytes: int) -> SourceFile:
    """Return the file in an archive, under its own name and the path of the archive.

    ROR's archive has a dump of each version of its schema, as JSON and as CSV: the newest version
    is taken, and JSON of that. Raise DataError where the archive is broken, has no such file or
    holds more than ``max_bytes`` bytes.
    """
    try:
        with ZipFile(BytesIO(download.data)) as archive:
            name = choose_member(archive.namelist())
            if not name:
                found = ", ".join(archive.namelist()[:5]) or "nothing"
                message = f"the archive has no {', '.join(SUFFIXES)}; it has {found}."
                raise build_download_error(download, 0, message)
            with archive.open(name) as member:
                data = member.read(max_bytes + 1)
    except (BadZipFile, EOFError, RuntimeError) as error:
        message = f"the archive cannot be opened ({error}); download it again."
        raise build_download_error(download, 0, message) from None
    if len(data) > max_bytes:
        message = f"{name} in the archive is larger than {max_bytes:,} bytes, the limit."
        raise build_download_error(download, 0, message)
    return SourceFile(download.path, name, data, hashlib.sha256(data).hexdigest())


def choose_member(names: list[str]) -> str:
    """Return the name of the file to read, "" where no suffix is known."""
    known = [name for name in names if PurePosixPath(name).suffix.lower() in SUFFIXES]
    visible = [name for name in known if not name.startswith("__MACOSX/")]

    def rank(name: str) -> tuple[bool, int, str]:
        return "v2" not in name, SUFFIXES.index(PurePosixPath(name).suffix.lower()), name

    return min(visible, key=rank, default="")
