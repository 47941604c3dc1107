"""Reader of tables in files of any form: CSV and its relatives, and workbooks (.xlsx)."""

from collections.abc import Iterator, Sequence

from loader.document import Document
from loader.errors import DataError, Finding, Severity
from loader.readers.header_row import FoundTable, find_table_by_shape, split_at_header
from loader.readers.nearest_table import explain_unknown_headers
from loader.readers.sheets import Sheet, SheetFile, open_sheets
from loader.readers.source import SourceFile
from loader.readers.spreadsheet import find_ignored_content
from loader.readers.table import TableReader
from loader.readers.table_description import TableDescription
from loader.readers.table_headers import (
    TableKind,
    count_known_headers,
    detect_table_kind,
    list_table_kinds,
)
from loader.readers.table_text import TableText
from loader.readers.workbook import WorkbookLimits

LIMITS = WorkbookLimits()


def read_table(source: SourceFile, descriptions: Sequence[TableDescription] = ()) -> Document:
    """Read the rows of a table as records: of delimited text, or of one sheet of a workbook.

    The table is the first with known headers; ``descriptions`` explain more kinds of table. In a
    sheet the lines of spans are row numbers. What is not read is reported: what is above the header
    and below the table, other sheets, comments, addresses behind a text, formulas without a result.
    Raise DataError where the file cannot be read or no known table has its headers.
    """
    file = open_sheets(source, LIMITS)
    kinds = list_table_kinds(descriptions)
    table = find_known_table(file.sheets, kinds)
    kind = detect_table_kind(table.headers, kinds) if table else None
    if table is None or kind is None:
        raise _build_unknown_table_error(source, file, kinds)
    if text := file.text:
        return TableReader(text.source, table, kind).document("csv", lambda: _describe_text(text))
    reading = TableReader(source, table, kind)
    return reading.document("xlsx", lambda: find_ignored_content(file, table))


def find_known_table(sheets: Sequence[Sheet], kinds: Sequence[TableKind]) -> FoundTable | None:
    """Return the table of the first sheet that has known headers, or None.

    Its header is the row with the most of them. A single known header below the first row is none:
    a preamble may have the word “Title” in a cell of its own.
    """
    for sheet in sheets:
        table = split_at_header(sheet, lambda headers: count_known_headers(headers, kinds))
        if table and (not table.preamble or count_known_headers(table.headers, kinds) > 1):
            return table
    return None


def _build_unknown_table_error(
    source: SourceFile, file: SheetFile, kinds: Sequence[TableKind]
) -> DataError:
    """Return the error for a file without a known table, with one finding for each sheet."""
    findings = []
    for sheet in file.sheets:
        table = find_table_by_shape([sheet])
        if not table.headers and len(file.sheets) > 1:
            continue
        line = table.header.start
        where = f"sheet “{sheet.title}”: " if sheet.title else ""
        message = where + explain_unknown_headers(
            table.headers,
            kinds,
            f"row {line}" if sheet.title else f"line {line}",
            file.text.delimiter if file.text else "\t",
        )
        code = "unknown-table"
        findings.append(Finding(source.path, line, 0, Severity.ERROR, message, code))
    return DataError("\n".join(map(str, findings)), findings)


def _describe_text(text: TableText) -> Iterator[Finding]:
    """Yield the findings about the encoding of delimited text and its characters."""
    if text.is_guessed:
        message = (
            "the table is not UTF-8; it was read as Windows-1252. Look at accented letters, and "
            "save it as UTF-8."
        )
        yield text.source.build_warning("guessed-encoding", message)
    yield from text.source.find_control_characters()
