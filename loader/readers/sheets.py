"""Sheets of cells: delimited text and workbooks (.xlsx) behind one interface.

This is the one reader of tables: of documents, of downloads, of registers and of lists to match.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import count, repeat
from typing import Any

from loader.errors import Finding, Severity
from loader.readers.csv_positions import TableCell, TableRow
from loader.readers.source import SourceFile
from loader.readers.table_text import TableText, read_table_text
from loader.readers.workbook import (
    WORKBOOK_SIGNATURES,
    WorkbookContents,
    WorkbookFile,
    WorkbookLimits,
    check_container,
    do_nothing,
    parse_range,
)

WORKBOOK_LIMITS = WorkbookLimits()
CellFilling = tuple[int, int, int]
"""First row, last row and column of cells that are merged downwards."""
_ROWS_PER_SLICE = 500


@dataclass(frozen=True, slots=True)
class Sheet:
    """A grid of cells: the whole of a delimited text (``title`` is "") or one sheet of a workbook.

    In a workbook the lines of rows are row numbers, and the columns of cells column numbers.
    ``merged`` are the references of its merged cells; ``all_rows`` yields each row, from the first.
    """

    title: str
    all_rows: Callable[[], Iterator[TableRow]]
    merged: tuple[str, ...] = ()

    def iterate_rows(self) -> Iterator[TableRow]:
        """Yield the rows that are not empty; each keeps its line or row number."""
        return (row for row in self.all_rows() if not row.is_empty)


@dataclass(slots=True)
class SheetFile:
    """All sheets of one file, in order.

    ``text`` is the delimited text, or None for a workbook; ``workbook`` the reverse. ``findings``
    grows while rows are read: the cells of a workbook whose value is not known.
    """

    sheets: list[Sheet]
    text: TableText | None = None
    workbook: WorkbookFile | None = None
    contents: WorkbookContents = field(default_factory=WorkbookContents)
    findings: set[Finding] = field(default_factory=set)


def open_sheets(
    source: SourceFile,
    limits: WorkbookLimits = WORKBOOK_LIMITS,
    check: Callable[[], None] = do_nothing,
    code: str = "",
) -> SheetFile:
    """Return the sheets of a file, which is a workbook by its first bytes, else delimited text.

    Content decides, not the suffix: people rename files. Rows are read when a sheet is iterated,
    as often as that is done, and never all held in memory; empty rows are left out, whatever the
    dimensions that a sheet claims, and each row keeps its number. Delimited text may be in UTF-8,
    UTF-16, UTF-32 or Windows-1252, and begin with ``sep=``.

    ``check`` is called between slices of the work and may raise; ``code`` overrides the codes of
    findings about the workbook. Raise DataError where the file cannot be read; iterating raises it
    for broken quotation marks and for a sheet beyond the limits.
    """
    if source.data.startswith(WORKBOOK_SIGNATURES):
        return _open_workbook(WorkbookFile(source.data, source.path, limits, check, code))
    text = read_table_text(source)
    return SheetFile([Sheet("", lambda: _check_between(text.iterate_rows(), check))], text)


def _check_between(rows: Iterator[TableRow], check: Callable[[], None]) -> Iterator[TableRow]:
    for number, row in enumerate(rows):
        if number % _ROWS_PER_SLICE == 0:
            check()
        yield row


def _open_workbook(file: WorkbookFile) -> SheetFile:
    contents = check_container(file)
    results = file.load(has_results=True, is_streamed=True)
    formulas = file.load(False, is_streamed=True) if contents.parts_with_formulas else None
    found = SheetFile([], workbook=file, contents=contents)
    for sheet in results.worksheets:
        # The path of its part is the one thing that joins a streamed sheet to the container.
        part = str(getattr(sheet, "_worksheet_path", "")).removeprefix("/")
        has_formulas = formulas is not None and part in contents.parts_with_formulas
        reading = _SheetReading(
            file,
            found.findings,
            sheet,
            formulas[sheet.title] if formulas is not None and has_formulas else None,
            sorted(_list_fillings(contents.merged_ranges.get(part, ()))),
            contents.last_rows.get(part, 1),
        )
        merged = tuple(contents.merged_ranges.get(part, ()))
        found.sheets.append(Sheet(sheet.title, reading.iterate_rows, merged))
    return found


def _list_fillings(references: Any) -> Iterator[CellFilling]:
    """Yield the merged cells that reach over several rows."""
    for reference in references:
        column, first, _, last = parse_range(reference)
        if last > first:
            yield first, last, column


@dataclass(slots=True)
class _SheetReading:
    """Reads the rows of one streamed sheet, and the formulas beside their results if it has any."""

    file: WorkbookFile
    findings: set[Finding]
    results: Any
    formulas: Any
    fillings: list[CellFilling]
    last_row: int

    def iterate_rows(self) -> Iterator[TableRow]:
        """Yield all rows; merged cells have their text in each of their rows that is not empty."""
        rows = self.file.iterate_rows(self.results, self.last_row)
        written_rows = (
            self.file.iterate_rows(self.formulas, self.last_row) if self.formulas else repeat(())
        )
        waiting = self.fillings[::-1]
        filling: dict[int, tuple[int, str]] = {}
        for number, (cells, written) in enumerate(zip(rows, written_rows, strict=False), start=1):
            if not cells and not waiting and not filling:
                yield TableRow((), number, number)
                continue
            texts = (
                [self._read_text(*pair) for pair in _pair_cells(cells, written)]
                if written
                else [
                    format_cell(cell.value) if cell.data_type != "e" else self._read_text(cell)
                    for cell in cells
                ]
            )
            filling = {column: rest for column, rest in filling.items() if rest[0] >= number}
            while waiting and waiting[-1][0] <= number:
                first, last, column = waiting.pop()
                text = texts[column - 1] if first == number and column <= len(texts) else ""
                filling[column] = last, text
            yield _build_row(number, texts, filling if any(texts) else {})

    def _read_text(self, result: Any, formula: Any = None) -> str:
        """Return the text of a cell, "" with a finding where its value is an error or unknown."""
        is_formula = formula is not None and formula.data_type == "f"
        if result.data_type == "e":
            what = "a formula whose result is the error" if is_formula else "the error"
            self._add_error("cell-error", f"holds {what} {result.value}.", result)
            return ""
        if is_formula and result.value is None:
            written = getattr(formula.value, "text", formula.value)
            message = (
                f"holds the formula {written} and no result; open the file in a spreadsheet "
                "program and save it, or write the value in its place."
            )
            self._add_error("formula", message, formula)
        return format_cell(result.value)

    def _add_error(self, code: str, message: str, cell: Any) -> None:
        where = f"sheet “{self.results.title}”, cell {cell.coordinate} "
        place = self.file.path, cell.row, cell.column
        self.findings.add(Finding(*place, Severity.ERROR, where + message, code))


def _pair_cells(cells: tuple[Any, ...], written: tuple[Any, ...]) -> Iterator[tuple[Any, Any]]:
    """Yield each cell with its result and the same cell with its formula, None where there is none.

    The row may be shorter in one of the two.
    """
    for index, cell in enumerate(cells):
        yield cell, written[index] if index < len(written) else None


def _build_row(number: int, texts: list[str], filling: dict[int, tuple[int, str]]) -> TableRow:
    """Return a row without the empty cells at its end; merged cells above fill its empty ones."""
    for column, (_, text) in filling.items():
        if text:
            texts += [""] * (column - len(texts))
            texts[column - 1] = texts[column - 1] or text
    while texts and not texts[-1]:
        texts.pop()
    cells = tuple(map(TableCell, texts, repeat(number), count(1)))
    return TableRow(cells, number, number)


def format_cell(value: Any) -> str:
    """Return a value as people see it: whole numbers without a point, dates as in ISO 8601."""
    if value is None:
        return ""
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)
