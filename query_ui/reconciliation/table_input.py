"""Reader of users' tables in CSV, TSV and XLSX."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from loader.errors import BadValue, DataError, UsageError
from loader.readers.csv_positions import TableRow
from loader.readers.header_row import FoundTable, find_table
from loader.readers.sheets import SheetFile, open_sheets
from loader.readers.source import SourceFile
from loader.readers.table import describe_span
from loader.readers.table_footer import FooterFilter
from loader.readers.workbook import WORKBOOK_SIGNATURES, WorkbookLimits, do_nothing


@dataclass(frozen=True, slots=True)
class TableLimits:
    """Limits on a table: bytes, decompressed bytes and cells as for a workbook, and columns."""

    workbook: WorkbookLimits = WorkbookLimits(max_cells=20_000_000)
    max_columns: int = 16_384


FILE_LIMITS = TableLimits()
"""Limits on a file that a user names on the command line."""


@dataclass(frozen=True, slots=True)
class InputTable:
    """Table whose rows all have as many cells as the header.

    ``name`` is used in messages; ``notice`` is a message for the user, or "". ``lines`` are the
    lines of the rows in a text, or their row numbers in a sheet; () where they are not known.
    """

    name: str
    headers: tuple[str, ...]
    rows: list[tuple[str, ...]]
    notice: str = ""
    lines: tuple[int, ...] = ()

    def name_row(self, number: int) -> str:
        """Return words for a row of the table, from 1, with its place in the file where it helps.

        The first row follows the header, so its place is clear where the header is line 1.
        """
        if not self.lines or self.lines[number - 1] == number + 1:
            return f"row {number}"
        return f"row {number} (line {self.lines[number - 1]})"

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


def read_input_table(path: Path, columns: Sequence[str] = ()) -> InputTable:
    """Read a table from a file; raise UsageError where it cannot be read or is too large.

    ``columns`` are headers that it should have: the sheet and the row with them are read.
    """
    try:
        most = FILE_LIMITS.workbook.max_bytes
        if path.stat().st_size > most:
            raise UsageError(f"{path}: more than {most:,} bytes; split the table.")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the table cannot be read: {error.strerror}.") from error
    return parse_input_table(data, str(path), columns=columns)


def parse_input_table(
    data: bytes,
    name: str,
    limits: TableLimits = FILE_LIMITS,
    check: Callable[[], None] = do_nothing,
    columns: Sequence[str] = (),
) -> InputTable:
    """Parse a table: an XLSX workbook (by its first bytes), else delimited text.

    The header is the row with most of ``columns``, else the first that is as wide as the rows
    below it. Totals and notes at the end are dropped, and empty rows there. ``check`` is called
    between slices of the work and may raise. Raise UsageError where the table is empty or its text
    invalid, BadValue where it has too many cells, and DataError where it is a workbook that cannot
    be read.
    """
    source = SourceFile(name, name, data, sha256(b"").hexdigest())
    try:
        file = open_sheets(source, limits.workbook, check)
        table = find_table(file.sheets, columns)
        if not table.headers:
            raise UsageError(
                f"{name}: the table is empty; it needs a row with the names of columns."
            )
        rows = FooterFilter(_list_rows_below(file, table), len(table.headers))
        found = list(rows)
    except DataError as error:
        # Content decides, not the suffix: people rename files.
        if data.startswith(WORKBOOK_SIGNATURES):
            raise
        raise UsageError(str(error)) from error
    headers = tuple(cell.text.strip() for cell in table.header.cells)
    check_table_size(name, len(headers), len(found) + 1, limits)
    return InputTable(
        name,
        headers,
        [fit_row([cell.text for cell in row.cells], headers) for row in found],
        " ".join(_describe_reading(file, table, rows.footer)),
        tuple(row.start for row in found),
    )


def _list_rows_below(file: SheetFile, table: FoundTable) -> Iterator[TableRow]:
    """Yield all rows below a header, empty ones too: a joined table has the same rows in order."""
    sheet = next(sheet for sheet in file.sheets if sheet.title == table.sheet)
    return (row for row in sheet.all_rows() if row.start > table.header.end)


def _describe_reading(
    file: SheetFile, table: FoundTable, footer: Sequence[TableRow]
) -> Iterator[str]:
    """Yield sentences for the user about what was decided while reading the table."""
    unit = "row" if file.workbook else "line"
    if file.text and file.text.is_guessed:
        yield ("The table is not UTF-8; it was read as Windows-1252. Look at accented letters.")
    if len(file.sheets) > 1:
        yield f"Of {len(file.sheets)} sheets, “{table.sheet}” was read."
    if table.preamble:
        yield f"Its header is {unit} {table.header.start}; what is above is not read."
    if footer:
        span = describe_span(unit, footer[0].start, footer[-1].end)
        yield f"Not read as rows: totals and notes at the end ({span})."


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
