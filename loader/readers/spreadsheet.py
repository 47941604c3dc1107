"""Spreadsheets (.xlsx): the first sheet with the header of a known table, read as people see it."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from loader.document import Document
from loader.errors import DataError, Finding, Severity
from loader.readers.csv_positions import Cell, Row
from loader.readers.source import Source
from loader.readers.table import Reading, Table, headers_of
from loader.readers.table_headers import kind_of

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LARGEST = 1024 * 1024 * 1024
"""Bytes that a workbook may unpack to."""
MOST_CELLS = 5_000_000
"""Cells in the rectangle that a sheet spans; a stray cell far down makes it huge."""


def read(source: Source) -> Document:
    """The rows of one sheet as records; the lines of spans are row numbers.

    Formulas count by their stored result. What is not read (other sheets, the rest of merged cells,
    comments, addresses behind a text) is reported. Raises DataError where the file is no workbook,
    is too large, or has no sheet with known headers.
    """
    reading = _Workbook(source)
    sheet = reading.chosen()
    header, *rest = reading.rows(sheet)
    table = Reading(source, Table(header, rest, sheet.title))
    others = reading.others(sheet)
    return table.document("xlsx", (*reading.findings, *reading.extras(sheet), *others))


@dataclass(frozen=True, slots=True)
class _Places:
    """Makes the findings of one workbook."""

    path: str

    def finding(
        self, severity: Severity, code: str, message: str, place: tuple[int, int] = (0, 0)
    ) -> Finding:
        return Finding(self.path, *place, severity, message, code)

    def refused(self, code: str, message: str) -> DataError:
        finding = self.finding(Severity.ERROR, code, message)
        return DataError(str(finding), [finding])


class _Workbook:
    """A workbook with its formulas and, where it has any, the same with their stored results."""

    def __init__(self, source: Source) -> None:
        self.data = source.data
        self.places = _Places(source.path)
        self.findings: list[Finding] = []
        self.book = self._load(results=False)
        self.stored: Workbook | None = None

    def _load(self, results: bool) -> "Workbook":
        # openpyxl takes a tenth of a second to import, which the command line's help need not pay.
        from openpyxl import load_workbook

        try:
            with ZipFile(BytesIO(self.data)) as archive:
                size = sum(entry.file_size for entry in archive.infolist())
            if size > LARGEST:
                message = (
                    f"the workbook unpacks to {size:,} bytes, more than {LARGEST:,}; split it."
                )
                raise self.places.refused("too-large", message)
            with warnings.catch_warnings():
                # openpyxl warns of styles and of validation rules that it does not keep.
                warnings.simplefilter("ignore")
                return load_workbook(BytesIO(self.data), data_only=results)
        except (BadZipFile, ParseError, KeyError, ValueError, TypeError, OSError) as error:
            message = (
                "this is no .xlsx workbook that can be read; open it in a spreadsheet program "
                f"and save it as .xlsx or .csv ({type(error).__name__})."
            )
            raise self.places.refused("broken-workbook", message) from None

    def chosen(self) -> "Worksheet":
        """The first sheet whose first row that is not empty is the header of a known table."""
        headers = {}
        for sheet in self.book.worksheets:
            headers[sheet.title] = self._header(sheet)
            if kind_of(headers[sheet.title]):
                return sheet
        found = "; ".join(f"{title}: {', '.join(row) or 'none'}" for title, row in headers.items())
        message = (
            f"no sheet has the headers of a known table (found {found}); put name with ror, code "
            "with responsible_group, or title in its first row."
        )
        raise self.places.refused("unknown-table", message)

    def _header(self, sheet: "Worksheet") -> list[str]:
        for row in self._cells(sheet):
            texts = tuple(Cell(shown(cell.value), cell.row, cell.column) for cell in row)
            if any(cell.text for cell in texts):
                return headers_of(Row(texts, texts[0].line, texts[0].line))
        return []

    def _cells(self, sheet: "Worksheet") -> Iterator[tuple[Any, ...]]:
        spanned = (sheet.max_row or 0) * (sheet.max_column or 0)
        if spanned > MOST_CELLS:
            message = (
                f"sheet “{sheet.title}” reaches to row {sheet.max_row:,} and column "
                f"{sheet.max_column:,}; delete the stray cells at its end, or split it."
            )
            raise self.places.refused("too-large", message)
        return sheet.iter_rows()

    def rows(self, sheet: "Worksheet") -> Iterator[Row]:
        """The rows from the header on that are not empty."""
        for cells in self._cells(sheet):
            number = cells[0].row
            texts = tuple(Cell(self._text(sheet, cell), number, cell.column) for cell in cells)
            row = Row(texts, number, number)
            if not row.empty or any(cell.data_type == "f" for cell in cells):
                yield row

    def _text(self, sheet: "Worksheet", cell: Any) -> str:
        if cell.data_type == "f":
            value = self._result(sheet, cell)
        elif cell.data_type == "e":
            value = ""
            message = f"sheet “{sheet.title}”, cell {cell.coordinate} holds the error {cell.value}."
            self._error("cell-error", message, cell)
        else:
            value = cell.value
        return shown(value)

    def _result(self, sheet: "Worksheet", cell: Any) -> Any:
        """The stored result of a formula."""
        if self.stored is None:
            self.stored = self._load(results=True)
        value = self.stored[sheet.title][cell.coordinate].value
        if value is None:
            message = (
                f"sheet “{sheet.title}”, cell {cell.coordinate} holds the formula "
                f"{getattr(cell.value, 'text', cell.value)} and no result; open the file in a "
                "spreadsheet program and save it, or write the value in its place."
            )
            self._error("formula", message, cell)
        elif self.stored[sheet.title][cell.coordinate].data_type == "e":
            message = (
                f"sheet “{sheet.title}”, cell {cell.coordinate} holds a formula whose result is "
                f"the error {value}."
            )
            self._error("cell-error", message, cell)
            return None
        return value

    def _error(self, code: str, message: str, cell: Any) -> None:
        place = cell.row, cell.column
        self.findings.append(self.places.finding(Severity.ERROR, code, message, place))

    def extras(self, sheet: "Worksheet") -> Iterator[Finding]:
        """A warning for each thing of the sheet that is no text of a cell."""
        for merged in sheet.merged_cells.ranges:
            message = (
                f"sheet “{sheet.title}”: the cells {merged.coord} are merged; their text counts "
                f"for the first of them only. Unmerge them and fill each cell."
            )
            place = merged.min_row or 0, merged.min_col or 0
            yield self.places.finding(Severity.WARNING, "merged-cells", message, place)
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            link = cell.hyperlink.target if cell.hyperlink else None
            for what, text in (("link", link), ("comment", cell.comment and cell.comment.text)):
                if text and text != cell.value:
                    message = (
                        f"sheet “{sheet.title}”, cell {cell.coordinate}: the {what} “{text}” is "
                        "not read; give it a column of its own."
                    )
                    where = cell.row or 0, cell.column or 0
                    yield self.places.finding(Severity.WARNING, f"{what}-ignored", message, where)

    def others(self, chosen: "Worksheet") -> Iterator[Finding]:
        """A warning for each other sheet that holds anything."""
        for sheet in self.book.worksheets:
            if sheet is chosen:
                continue
            filled = sum(any(cell.value is not None for cell in row) for row in self._cells(sheet))
            if filled:
                message = (
                    f"sheet “{sheet.title}” with its {filled} rows is not read, because "
                    f"“{chosen.title}” is; save it as a file of its own."
                )
                yield self.places.finding(Severity.WARNING, "sheet-ignored", message)


def shown(value: Any) -> str:
    """A value as people see it: whole numbers without a point, dates as in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)
