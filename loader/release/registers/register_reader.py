"""Detection of the format of a register from its content, and its errors."""

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

import ijson

from loader.errors import UsageError
from loader.release.name_index import NamedEntity
from loader.release.registers.register_table import read_register_table
from loader.release.registers.ror import parse_flat_record, parse_ror_record

TABLE_SUFFIXES = (".csv", ".tsv", ".xlsx")
WORKBOOK_PART = "[Content_Types].xml"
"""The part of a ZIP file that says that it is a workbook, and no archive of a register."""
_START_BYTES = 1024


def read_register(path: Path) -> Iterator[NamedEntity]:
    """Yield the organisations of a register.

    It may be a ROR dump (JSON or CSV of schema v2, or a zip of them), the flattened ``.jsonl``
    form, or a list of UK providers with a column UKPRN, in CSV of any encoding or as a workbook.
    Raise UsageError where the file is missing, truncated, empty or of an unknown format.
    """
    empty = True
    with open_register(path) as stream:
        try:
            for entity in parse_entities(path, stream):
                empty = False
                yield entity
        except (UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
            raise UsageError(f"{path}: {format_parse_error(error)}") from error
    if empty:
        raise UsageError(f"{path}: the register holds no organisation.")


def format_parse_error(error: Exception) -> str:
    """Return a sentence on why a register cannot be read."""
    if isinstance(error, json.JSONDecodeError):
        return (
            f"the JSON breaks off or is broken at line {error.lineno}, column {error.colno}; "
            "download the register again, whole."
        )
    if isinstance(error, KeyError | TypeError):
        return f"a record has not the form of its register ({error}); is it of ROR's schema v2?"
    return f"the register cannot be read as UTF-8 text ({error})."


@contextmanager
def open_register(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, or the one file of schema v2 in an archive."""
    try:
        with path.open("rb") as stream:
            if not is_archive(path):
                yield stream
                return
            with ZipFile(stream) as archive:
                names = [n for n in archive.namelist() if n.endswith((".json", *TABLE_SUFFIXES))]
                best = min(
                    names, key=lambda n: ("v2" not in n, not n.endswith(".json"), n), default=""
                )
                if not best:
                    raise UsageError(f"{path}: the archive holds no JSON and no table.")
                with archive.open(best) as packed:
                    yield packed
    except (OSError, BadZipFile, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path}: the register cannot be opened: {reason}.") from error


def is_archive(path: Path) -> bool:
    """Return whether a file is a ZIP file and no workbook."""
    if path.suffix.lower() == ".zip":
        return True
    try:
        with ZipFile(path) as archive:
            return WORKBOOK_PART not in archive.namelist()
    except BadZipFile:
        return False


def parse_entities(path: Path, stream: IO[bytes]) -> Iterable[NamedEntity]:
    """Return the entities of an open register; raise UsageError for an unknown format."""
    start = stream.read(_START_BYTES)
    stream.seek(0)
    first = start.removeprefix(BOM_UTF8).lstrip()[:1]
    if first == b"[":
        return parse_ror_array(path, stream)
    if first == b"{":
        return (parse_ror_line(json.loads(line)) for line in stream if line.strip())
    return read_register_table(str(path), stream.read())


def parse_ror_array(path: Path, stream: IO[bytes]) -> Iterator[NamedEntity]:
    """Yield the organisations of a ROR dump in JSON, which is never all held in memory.

    Raise UsageError, with the number of the record, where the JSON is truncated or broken.
    """
    if stream.read(len(BOM_UTF8)) != BOM_UTF8:
        stream.seek(0)
    total = 0
    try:
        for record in ijson.items(stream, "item", use_float=True):
            total += 1
            yield parse_ror_record(record)
    except ijson.JSONError as error:
        raise UsageError(
            f"{path}: the JSON breaks off or is broken in record {total + 1}; download the "
            "register again, whole."
        ) from error


def parse_ror_line(record: dict[str, Any]) -> NamedEntity:
    """Parse a line of JSON: a record of ROR itself, or one of the flattened form."""
    return parse_ror_record(record) if "locations" in record else parse_flat_record(record)
