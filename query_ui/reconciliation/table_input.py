"""Reader of users' tables in CSV, TSV and XLSX."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from loader.errors import BadValue, DataError, UsageError
from loader.readers.csv_positions import parse_delimited_rows as read_rows
from loader.readers.sheets import format_cell
from loader.readers.source import SourceFile
from loader.readers.table_text import detect_delimiter
from loader.readers.workbook import (
    WORKBOOK_SIGNATURES,
    WorkbookFile,
    WorkbookLimits,
    do_nothing,
)


@dataclass(frozen=True, slots=True)
class TableLimits:
    """Limits on a table: bytes, decompressed bytes and cells as for a workbook, and columns."""

    workbook: WorkbookLimits = WorkbookLimits(max_cells=20_000_000)
    max_columns: int = 16_384


ROWS_PER_SLICE = 500
FILE_LIMITS = TableLimits()
"""Limits on a file that a user names on the command line."""


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
        most = FILE_LIMITS.workbook.max_bytes
        if path.stat().st_size > most:
            raise UsageError(f"{path}: more than {most:,} bytes; split the table.")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the table cannot be read: {error.strerror}.") from error
    return parse_input_table(data, str(path))


def parse_input_table(
    data: bytes,
    name: str,
    limits: TableLimits = FILE_LIMITS,
    check: Callable[[], None] = do_nothing,
) -> InputTable:
    """Parse a table: an XLSX workbook (by its first bytes), else delimited text.

    Empty rows at the beginning and end are dropped. ``check`` is called between slices of the
    work and may raise. Raise UsageError where the table is empty or its text invalid, BadValue
    where it has too many cells, and DataError where it is a workbook that cannot be read.
    """
    # Content decides, not the suffix: people rename files.
    notice = ""
    if data.startswith(WORKBOOK_SIGNATURES):
        found = parse_workbook_table(data, name, limits.workbook, check)
    else:
        text, notice = decode_text(data)
        found = parse_delimited_table(text, name, check)
    filled = [n for n, row in enumerate(found) if any(cell.strip() for cell in row)]
    if not filled:
        raise UsageError(f"{name}: the table is empty; it needs a row with the names of columns.")
    table = found[filled[0] : filled[-1] + 1]
    headers = tuple(cell.strip() for cell in table[0])
    check_table_size(name, len(headers), len(table), limits)
    return InputTable(name, headers, [fit_row(row, headers) for row in table[1:]], notice)


def check_table_size(name: str, columns: int, rows: int, limits: TableLimits) -> None:
    """Raise BadValue for too many columns, or too many cells once each row is as long as the first.

    A header of many columns above many short rows would multiply.
    """
    if columns > limits.max_columns:
        raise BadValue(
            f"{name}: the table has {columns:,} columns, more than {limits.max_columns:,}."
        )
    if columns * rows > limits.workbook.max_cells:
        raise BadValue(
            f"{name}: the table has {rows:,} rows of {columns:,} columns, more than "
            f"{limits.workbook.max_cells:,} cells; split it."
        )


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


def parse_delimited_table(text: str, name: str, check: Callable[[], None]) -> list[Sequence[str]]:
    """Parse delimited text into rows; raise UsageError, with line and column, for broken quotes."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    source = SourceFile(name, name, plain.encode("utf-8", "replace"), sha256(b"").hexdigest())
    rows: list[Sequence[str]] = []
    try:
        for row in read_rows(source, detect_delimiter(plain)):
            rows.append(tuple(cell.text for cell in row.cells))
            if len(rows) % ROWS_PER_SLICE == 0:
                check()
    except DataError as error:
        raise UsageError(str(error)) from error
    return rows


def parse_workbook_table(
    data: bytes, name: str, limits: WorkbookLimits, check: Callable[[], None]
) -> list[Sequence[str]]:
    """Return the rows of the first sheet with content; raise DataError for an invalid workbook."""
    file = WorkbookFile(data, name, limits, check)
    book = file.open(has_results=True, is_streamed=True)
    for sheet in book.worksheets:
        rows: list[Sequence[str]] = [
            tuple(format_cell(cell.value) for cell in row) for row in file.iterate_rows(sheet)
        ]
        if any(any(row) for row in rows):
            return rows
    return []
