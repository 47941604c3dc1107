"""Reader of users' tables in CSV, TSV and XLSX."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from loader.errors import DataError, UsageError
from loader.readers.csv_positions import detect_delimiter
from loader.readers.csv_positions import parse_delimited_rows as read_rows
from loader.readers.source import SourceFile
from loader.readers.spreadsheet import format_cell

MAX_TABLE_BYTES = 200 * 1024 * 1024
"""Largest size of a table file, in bytes."""


@dataclass(frozen=True, slots=True)
class InputTable:
    """Table whose rows all have as many cells as the header.

    ``name`` is used in messages; ``notice`` is a message for the user, or "".
    """

    name: str
    headers: tuple[str, ...]
    rows: list[tuple[str, ...]]
    notice: str = ""

    def place(self, column: str) -> int:
        """Return the index of a column by its header, in either case.

        Raise UsageError, which lists the columns, where there is none.
        """
        wanted = column.strip().casefold()
        for place, header in enumerate(self.headers):
            if header.casefold() == wanted:
                return place
        known = ", ".join(f"“{header}”" for header in self.headers if header) or "none"
        raise UsageError(f"{self.name}: there is no column “{column}”; its columns are {known}.")

    def list_cells(self, column: str) -> Iterator[str]:
        """Iterate over the cells of a column, from the first row to the last."""
        place = self.place(column)
        return (row[place] for row in self.rows)


def read_input_table(path: Path) -> InputTable:
    """Read a table from a file; raise UsageError where it cannot be read or is too large."""
    try:
        if path.stat().st_size > MAX_TABLE_BYTES:
            raise UsageError(f"{path}: more than {MAX_TABLE_BYTES:,} bytes; split the table.")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the table cannot be read: {error.strerror}.") from error
    return parse_input_table(data, str(path))


def parse_input_table(data: bytes, name: str) -> InputTable:
    """Parse a table: an XLSX workbook (a ZIP file, which begins with PK), else delimited text.

    Empty rows at the beginning and end are dropped. Raise UsageError where it is empty or invalid.
    """
    # Content decides, not the suffix: people rename files.
    notice, found = "", parse_workbook_table(data, name) if data[:2] == b"PK" else None
    if found is None:
        text, notice = decode_text(data)
        found = parse_delimited_table(text, name)
    filled = [n for n, row in enumerate(found) if any(cell.strip() for cell in row)]
    if not filled:
        raise UsageError(f"{name}: the table is empty; it needs a row with the names of columns.")
    table = found[filled[0] : filled[-1] + 1]
    headers = tuple(cell.strip() for cell in table[0])
    return InputTable(name, headers, [fit_row(row, headers) for row in table[1:]], notice)


def fit_row(row: Sequence[str], headers: Sequence[str]) -> tuple[str, ...]:
    """Return a row with one cell for each column; surplus cells are joined into the last one."""
    cells = [*row, *[""] * (len(headers) - len(row))]
    if len(cells) > len(headers):
        rest = [cell for cell in cells[len(headers) - 1 :] if cell.strip()]
        cells = [*cells[: len(headers) - 1], ", ".join(rest)]
    return tuple(cells)


def decode_text(data: bytes) -> tuple[str, str]:
    """Decode a file as UTF-8, else as Windows-1252; return the text and a notice of the latter."""
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        notice = "The table is not UTF-8; it was read as Windows-1252. Look at accented letters."
        return data.decode("cp1252", "replace"), notice


def parse_delimited_table(text: str, name: str) -> list[Sequence[str]]:
    """Parse delimited text into rows; raise UsageError, with line and column, for broken quotes."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    source = SourceFile(name, name, plain.encode("utf-8", "replace"), sha256(b"").hexdigest())
    try:
        return [
            tuple(cell.text for cell in row.cells)
            for row in read_rows(source, detect_delimiter(plain))
        ]
    except DataError as error:
        raise UsageError(str(error)) from error


def parse_workbook_table(data: bytes, name: str) -> list[Sequence[str]]:
    """Return the rows of the first sheet with content; raise UsageError for an invalid workbook."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            rows: list[Sequence[str]] = [
                tuple(map(format_workbook_cell, r)) for r in sheet.iter_rows()
            ]
            if any(any(row) for row in rows):
                return rows
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise UsageError(
            f"{name}: this is no .xlsx workbook that can be read; save it as .xlsx or .csv."
        ) from error
    return []


def format_workbook_cell(cell: Any) -> str:
    """Return the text that a cell shows."""
    return format_cell(cell.value)
