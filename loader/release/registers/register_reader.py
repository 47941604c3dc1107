"""Detection of the format of a register from its content, and its errors."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO
from zipfile import BadZipFile, ZipFile

from loader.errors import UsageError
from loader.release.name_index import NamedEntity
from loader.release.registers.provider_list import is_provider_list, parse_providers
from loader.release.registers.ror import (
    is_ror_csv,
    parse_flat_record,
    parse_ror_record,
    parse_ror_row,
)

csv.field_size_limit(1 << 24)


def read_register(path: Path) -> Iterator[NamedEntity]:
    """Yield the organisations of a register.

    It may be a ROR dump (JSON or CSV of schema v2, or a zip of them), the flattened ``.jsonl``
    form, or a list of UK providers with a column UKPRN. Raise UsageError where the file is missing,
    truncated, empty or of an unknown format.
    """
    empty = True
    with open_register(path) as stream:
        try:
            for entity in parse_entities(path, stream):
                empty = False
                yield entity
        except (UnicodeDecodeError, csv.Error, json.JSONDecodeError, KeyError, TypeError) as error:
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
def open_register(path: Path) -> Iterator[TextIO]:
    """Open the text of a file, or of the one file of schema v2 in a zip."""
    try:
        if path.suffix == ".zip":
            with ZipFile(path) as archive:
                names = [n for n in archive.namelist() if n.endswith((".json", ".csv"))]
                best = min(
                    names, key=lambda n: ("v2" not in n, not n.endswith(".json"), n), default=""
                )
                if not best:
                    raise UsageError(f"{path}: the archive holds no JSON and no CSV.")
                with archive.open(best) as packed:
                    yield io.TextIOWrapper(packed, "utf-8-sig", newline="")
        else:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                yield stream
    except (OSError, BadZipFile, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path}: the register cannot be opened: {reason}.") from error


def parse_entities(path: Path, stream: TextIO) -> Iterable[NamedEntity]:
    """Return the entities of an open register; raise UsageError for an unknown format."""
    first = stream.readline()
    stream.seek(0)
    start = first.lstrip()[:1]
    if start == "[":
        return (parse_ror_record(record) for record in json.load(stream))
    if start == "{":
        return (parse_ror_line(json.loads(line)) for line in stream if line.strip())
    rows = csv.DictReader(stream)
    headers = rows.fieldnames or []
    if is_ror_csv(headers):
        return (parse_ror_row(row) for row in check_complete_rows(rows))
    if is_provider_list(headers):
        return parse_providers(check_complete_rows(rows), headers)
    found = ", ".join(headers) or "none"
    raise UsageError(
        f"{path}: this is no register that is known: it needs ROR's JSON or CSV (schema v2), its "
        f"flattened lines, or a table with a name and a UKPRN; its headers are {found}."
    )


def parse_ror_line(record: dict[str, Any]) -> NamedEntity:
    """Parse a line of JSON: a record of ROR itself, or one of the flattened form."""
    return parse_ror_record(record) if "locations" in record else parse_flat_record(record)


def check_complete_rows(rows: "csv.DictReader[str]") -> Iterator[dict[str, str]]:
    """Yield the rows of a table; raise csv.Error at one that is truncated."""
    for row in rows:
        if None in row or None in row.values():
            raise csv.Error(f"the row that ends in line {rows.line_num} has not all columns")
        yield row
