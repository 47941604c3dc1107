"""Reader of spreadsheets (.xlsx): the first sheet with the header of a known table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from loader.document import Document
from loader.errors import DataError, Finding, Severity
from loader.readers.csv_positions import TableCell, TableRow
from loader.readers.header_row import read_headers
from loader.readers.sheets import format_cell
from loader.readers.source import SourceFile
from loader.readers.table import SourceTable, TableReader
from loader.readers.table_description import TableDescription
from loader.readers.table_headers import detect_table_kind
from loader.readers.workbook import WorkbookFile, WorkbookLimits

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LIMITS = WorkbookLimits()
"""Its cells bound the rectangle of a sheet too; a stray cell far down makes that huge."""


def read_spreadsheet(source: SourceFile, descriptions: Sequence[TableDescription] = ()) -> Document:
    """Read the rows of one sheet as records; the lines of spans are row numbers.

    Formulas count by their stored result. What is not read (other sheets, the rest of merged cells,
    comments, addresses behind a text) is reported. Raise DataError where the file is no workbook,
    is too large, or has no sheet with known headers.
    """
    reading = _WorkbookReader(source, descriptions)
    sheet = reading.choose_sheet()
    header, *rest = reading.rows(sheet)
    table = TableReader(source, SourceTable(header, rest, sheet.title), descriptions)
    others = reading.find_ignored_sheets(sheet)
    return table.document(
        "xlsx", (*reading.findings, *reading.find_ignored_content(sheet), *others)
    )


@dataclass(frozen=True, slots=True)
class _WorkbookFindings:
    """Builds the findings of one workbook."""

    path: str

    def build_finding(
        self, severity: Severity, code: str, message: str, location: tuple[int, int] = (0, 0)
    ) -> Finding:
        return Finding(self.path, *location, severity, message, code)

    def build_data_error(self, code: str, message: str) -> DataError:
        finding = self.build_finding(Severity.ERROR, code, message)
        return DataError(str(finding), [finding])


class _WorkbookReader:
    """A workbook with its formulas and, where it has any, a copy with their stored results."""

    def __init__(self, source: SourceFile, descriptions: Sequence[TableDescription]) -> None:
        self.data, self.path = source.data, source.path
        self.descriptions = descriptions
        self.finding_builder = _WorkbookFindings(source.path)
        self.findings: list[Finding] = []
        self.workbook = self._load_workbook(with_results=False)
        self.results_workbook: Workbook | None = None

    def _load_workbook(self, with_results: bool) -> "Workbook":
        return WorkbookFile(self.data, self.path, LIMITS).open(with_results, is_streamed=False)

    def choose_sheet(self) -> "Worksheet":
        """Return the first sheet that begins with the header of a known table."""
        headers = {}
        for sheet in self.workbook.worksheets:
            headers[sheet.title] = self._read_header(sheet)
            if detect_table_kind(headers[sheet.title], self.descriptions):
                return sheet
        found = "; ".join(f"{title}: {', '.join(row) or 'none'}" for title, row in headers.items())
        message = (
            f"no sheet has the headers of a known table (found {found}); put name with ror, code "
            "with responsible_group, or title in its first row."
        )
        raise self.finding_builder.build_data_error("unknown-table", message)

    def _read_header(self, sheet: "Worksheet") -> list[str]:
        for row in self._iterate_rows(sheet):
            texts = tuple(TableCell(format_cell(cell.value), cell.row, cell.column) for cell in row)
            if any(cell.text for cell in texts):
                return read_headers(TableRow(texts, texts[0].line, texts[0].line))
        return []

    def _iterate_rows(self, sheet: "Worksheet") -> Iterator[tuple[Any, ...]]:
        spanned = (sheet.max_row or 0) * (sheet.max_column or 0)
        if spanned > LIMITS.max_cells:
            message = (
                f"sheet “{sheet.title}” reaches to row {sheet.max_row:,} and column "
                f"{sheet.max_column:,}; delete the stray cells at its end, or split it."
            )
            raise self.finding_builder.build_data_error("too-large", message)
        return sheet.iter_rows()

    def rows(self, sheet: "Worksheet") -> Iterator[TableRow]:
        """Yield the rows from the header on that are not empty."""
        for cells in self._iterate_rows(sheet):
            number = cells[0].row
            texts = tuple(
                TableCell(self._read_text(sheet, cell), number, cell.column) for cell in cells
            )
            row = TableRow(texts, number, number)
            if not row.is_empty or any(cell.data_type == "f" for cell in cells):
                yield row

    def _read_text(self, sheet: "Worksheet", cell: Any) -> str:
        if cell.data_type == "f":
            value = self._read_formula_result(sheet, cell)
        elif cell.data_type == "e":
            value = ""
            message = f"sheet “{sheet.title}”, cell {cell.coordinate} holds the error {cell.value}."
            self._add_error("cell-error", message, cell)
        else:
            value = cell.value
        return format_cell(value)

    def _read_formula_result(self, sheet: "Worksheet", cell: Any) -> Any:
        """Return the stored result of a formula."""
        if self.results_workbook is None:
            self.results_workbook = self._load_workbook(with_results=True)
        value = self.results_workbook[sheet.title][cell.coordinate].value
        if value is None:
            message = (
                f"sheet “{sheet.title}”, cell {cell.coordinate} holds the formula "
                f"{getattr(cell.value, 'text', cell.value)} and no result; open the file in a "
                "spreadsheet program and save it, or write the value in its place."
            )
            self._add_error("formula", message, cell)
        elif self.results_workbook[sheet.title][cell.coordinate].data_type == "e":
            message = (
                f"sheet “{sheet.title}”, cell {cell.coordinate} holds a formula whose result is "
                f"the error {value}."
            )
            self._add_error("cell-error", message, cell)
            return None
        return value

    def _add_error(self, code: str, message: str, cell: Any) -> None:
        place = cell.row, cell.column
        self.findings.append(
            self.finding_builder.build_finding(Severity.ERROR, code, message, place)
        )

    def find_ignored_content(self, sheet: "Worksheet") -> Iterator[Finding]:
        """Yield a warning for each merged range, link and comment, none of which is read."""
        for merged in sheet.merged_cells.ranges:
            message = (
                f"sheet “{sheet.title}”: the cells {merged.coord} are merged; their text counts "
                f"for the first of them only. Unmerge them and fill each cell."
            )
            place = merged.min_row or 0, merged.min_col or 0
            yield self.finding_builder.build_finding(
                Severity.WARNING, "merged-cells", message, place
            )
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            link = cell.hyperlink.target if cell.hyperlink else None
            for what, text in (("link", link), ("comment", cell.comment and cell.comment.text)):
                if text and text != cell.value:
                    message = (
                        f"sheet “{sheet.title}”, cell {cell.coordinate}: the {what} “{text}” is "
                        "not read; give it a column of its own."
                    )
                    where = cell.row or 0, cell.column or 0
                    yield self.finding_builder.build_finding(
                        Severity.WARNING, f"{what}-ignored", message, where
                    )

    def find_ignored_sheets(self, table_sheet: "Worksheet") -> Iterator[Finding]:
        """Yield a warning for each other sheet that is not empty."""
        for sheet in self.workbook.worksheets:
            if sheet is table_sheet:
                continue
            filled = sum(
                any(cell.value is not None for cell in row) for row in self._iterate_rows(sheet)
            )
            if filled:
                message = (
                    f"sheet “{sheet.title}” with its {filled} rows is not read, because "
                    f"“{table_sheet.title}” is; save it as a file of its own."
                )
                yield self.finding_builder.build_finding(Severity.WARNING, "sheet-ignored", message)
