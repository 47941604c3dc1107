"""What a workbook (.xlsx) holds besides the cells of its table, and how its cells were read."""

from collections.abc import Iterator, Sequence
from typing import Any

from loader.errors import Finding, Severity
from loader.readers.header_row import FoundTable
from loader.readers.sheets import Sheet, SheetFile
from loader.readers.workbook import WorkbookFile, parse_range

_MAX_PLACES = 10
"""The most merged ranges that a finding names."""


def find_ignored_content(file: SheetFile, table: FoundTable) -> Iterator[Finding]:
    """Yield a finding for each thing in a workbook that is not read, or not as it is written.

    These are cells whose value is an error or not known, merged cells, comments, addresses behind
    a text, and other sheets. The rows of the table must have been read before.
    """
    if file.workbook is None:
        return
    # Other sheets are read below to count their rows; errors in their cells concern nobody.
    yield from sorted(file.findings)
    sheet = next(sheet for sheet in file.sheets if sheet.title == table.sheet)
    yield from _describe_merged_cells(file.workbook.path, sheet, table.header.start)
    if file.contents.has_annotations:
        yield from _find_annotations(file.workbook, sheet.title)
    others = [other for other in file.sheets if other is not sheet]
    yield from _find_ignored_sheets(file.workbook.path, sheet, others)


def _describe_merged_cells(path: str, sheet: Sheet, header_row: int) -> Iterator[Finding]:
    """Yield one warning for all merged cells that reach into the table."""
    inside = [one for one in sheet.merged if parse_range(one)[3] >= header_row]
    inside.sort(key=lambda one: parse_range(one)[1::-1])
    if not inside:
        return
    column, row, _, _ = parse_range(inside[0])
    shown = ", ".join(inside[:_MAX_PLACES])
    more = f" and {len(inside) - _MAX_PLACES:,} more" if len(inside) > _MAX_PLACES else ""
    message = (
        f"sheet “{sheet.title}”: the cells {shown}{more} are merged; their text counts in each of "
        "their rows, for the first of their columns. Unmerge them and fill each cell."
    )
    yield Finding(path, row, column, Severity.WARNING, message, "merged-cells")


def _find_annotations(workbook: WorkbookFile, title: str) -> Iterator[Finding]:
    """Yield a warning for each comment and each address behind a text, none of which is read."""
    for cell in _list_cells(workbook, title):
        link = cell.hyperlink.target if cell.hyperlink else None
        for what, text in (("link", link), ("comment", cell.comment and cell.comment.text)):
            if text and text != cell.value:
                message = (
                    f"sheet “{title}”, cell {cell.coordinate}: the {what} “{text}” is not read; "
                    "give it a column of its own."
                )
                place = workbook.path, cell.row, cell.column
                yield Finding(*place, Severity.WARNING, message, f"{what}-ignored")


def _list_cells(workbook: WorkbookFile, title: str) -> list[Any]:
    """Return the cells that a sheet has, by row and column, without those in between.

    Iterating the sheet would make a cell for each place up to a stray one far away.
    """
    sheet: Any = workbook.load(has_results=True, is_streamed=False)[title]
    return [cell for _, cell in sorted(sheet._cells.items(), key=lambda item: item[0])]


def _find_ignored_sheets(path: str, read: Sheet, others: Sequence[Sheet]) -> Iterator[Finding]:
    """Yield a warning for each other sheet that is not empty."""
    for sheet in others:
        filled = sum(1 for _ in sheet.iterate_rows())
        if filled:
            message = (
                f"sheet “{sheet.title}” with its {filled} rows is not read, because "
                f"“{read.title}” is; save it as a file of its own."
            )
            yield Finding(path, 0, 0, Severity.WARNING, message, "sheet-ignored")
