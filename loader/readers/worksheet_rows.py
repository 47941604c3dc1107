"""Rows of values of a worksheet, read from its XML in a fraction of the time of openpyxl.

openpyxl builds an element for each cell; here only values are made, as openpyxl makes them: by
patterns where a row has the usual form, else from the events of a parser. The strings, styles and
sheets of the workbook are openpyxl's.
https://ecma-international.org/publications-and-standards/standards/ecma-376/ (part 1, 18.3.1.4)
"""

from collections.abc import Iterator
from itertools import repeat
from typing import Any, NamedTuple
from xml.parsers import expat

from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from loader.readers.plain_rows import (
    ROW_END,
    ROW_START,
    is_plain_head,
    is_plain_markup,
    split_plain_cells,
)

_CHUNK_BYTES = 64 * 1024
_MAX_ROW_BYTES = 1024 * 1024
"""The most bytes of one row that wait for its end; a longer row is left to the parser."""
_ROWS_TAG, _ROWS_END = b"<sheetData>", b"</sheetData>"
_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _CELL, _VALUE, _INLINE, _RUN, _TEXT = (
    _NAMESPACE + name for name in ("row", "c", "v", "is", "r", "t")
)
_SHEET_DATA = _NAMESPACE + "sheetData"
_TEXT_PARENTS = ([_INLINE], [_INLINE, _RUN])
"""Where the texts of an inline string are; those of phonetic runs are not its text."""
_OUTSIDE_DATES = "#VALUE!"


class ValueCell(NamedTuple):
    """A cell with the value that it shows; ``data_type`` is "e" for an error."""

    value: Any
    data_type: str
    row: int
    column: int

    @property
    def coordinate(self) -> str:
        """The reference to the cell, such as B7."""
        return f"{get_column_letter(self.column)}{self.row}"


class UnsizedWorksheet(ReadOnlyWorksheet):
    """A streamed sheet that does not look for its dimensions.

    openpyxl reads a sheet that states none to its end for them.
    """

    def _get_size(self) -> None:
        """Leave the dimensions unknown."""


class StreamReader(ExcelReader):
    """Opens a workbook with the sheets of cells alone, each unsized; chart sheets are left out."""

    def read_worksheets(self) -> None:
        """Add the sheets to the workbook."""
        book: Any = self.wb
        for sheet, relation in self.parser.find_sheets():
            if relation.target in self.valid_files and "chartsheet" not in relation.Type:
                found = UnsizedWorksheet(self.wb, sheet.name, relation.target, self.shared_strings)
                found.sheet_state = sheet.state or "visible"
                book._sheets.append(found)


def iterate_values(sheet: Any, last_row: int | None) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a streamed sheet from the first to ``last_row``, or to the last.

    Missing rows are (); missing cells are empty. Raise what openpyxl raises for values that are not
    valid, and ``expat.ExpatError`` for broken XML.
    """
    following = 1
    for number, cells in _RowParser(sheet).iterate_rows():
        if last_row is not None and number > last_row:
            yield from repeat((), max(0, last_row + 1 - following))
            return
        yield from repeat((), max(0, number - following))
        if number >= following:
            yield _place_cells(cells)
        following = max(following, number) + (number >= following)


def _place_cells(cells: list[ValueCell]) -> tuple[Any, ...]:
    """Return the cells of a row at their columns, up to the column of the last."""
    width = cells[-1].column if cells else 0
    if len(cells) == width and all(c.column == n for n, c in enumerate(cells, start=1)):
        return tuple(cells)
    row: list[Any] = [EMPTY_CELL] * width
    for cell in cells:
        if 1 <= cell.column <= width:
            row[cell.column - 1] = cell
    return tuple(row)


class _RowParser:
    """Parses one worksheet part; complete rows wait in a list until they are taken."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._strings = sheet._shared_strings
        self._dates = sheet.parent._date_formats
        self._row = self._column = 0
        self._attributes: dict[str, str] = {}
        self._cells: list[ValueCell] = []
        self._rows: list[tuple[int, list[ValueCell]]] = []
        self._open: list[str] = []
        self._texts: list[str] = []
        self._value: str | None = None
        self._is_text = False
        self._columns: dict[str, int] = {}

    def iterate_rows(self) -> Iterator[tuple[int, list[ValueCell]]]:
        """Yield the number and the cells of each row that the part has."""
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = self._begin_element
        parser.EndElementHandler = self._end_element
        parser.CharacterDataHandler = self._add_text
        with self._sheet._get_source() as source:
            # The parser sees all but complete rows that patterns have split before it.
            for chunk in self._take_plain_rows(source, parser):
                parser.Parse(chunk)
                rows, self._rows = self._rows, []
                yield from rows
        parser.Parse(b"", True)

    def _take_plain_rows(self, source: Any, parser: expat.XMLParserType) -> Iterator[bytes]:
        """Take the rows in plain form; yield all other XML, for the parser."""
        head, mark, data = source.read(_CHUNK_BYTES).partition(_ROWS_TAG)
        yield head + mark
        is_plain = bool(mark) and is_plain_head(head) and self._open[-1:] == [_SHEET_DATA]
        while is_plain and is_plain_markup(data, head):
            complete, end, data = data.rpartition(ROW_END.encode())
            self._split_rows((complete + end).decode("utf-8"), parser)
            yield b""
            chunk = source.read(_CHUNK_BYTES)
            is_plain = bool(chunk) and len(data) <= _MAX_ROW_BYTES and _ROWS_END not in data
            data += chunk
        yield data
        while chunk := source.read(_CHUNK_BYTES):
            yield chunk

    def _split_rows(self, text: str, parser: expat.XMLParserType) -> None:
        """Take the rows of complete markup, those in another form by the parser."""
        at = 0
        while at < len(text):
            found = ROW_START.match(text, at)
            if found is None:
                end = text.find("<row ", at + 1)
                end = end if end > at else len(text)
            else:
                end = found.end() if found[2] else text.index(ROW_END, at) + len(ROW_END)
                content = "" if found[2] else text[found.end() : end - len(ROW_END)]
                if self._take_row(found[1], content):
                    at = end
                    continue
            parser.Parse(text[at:end].encode("utf-8"))
            at = end

    def _take_row(self, number: str, content: str) -> bool:
        """Take a row of plain cells; return False, and take nothing, for one in another form."""
        split = split_plain_cells(content)
        if split is None:
            return False
        self._begin_row(number)
        for _, letters, style, text, data_type, value in split:
            column = self._column = self._columns.get(letters) or self._find_column(letters)
            if text:
                self._cells.append(ValueCell(text, "s", self._row, column))
            else:
                kind, found = self._convert_value(data_type or "n", value, style)
                self._cells.append(ValueCell(found, kind, self._row, column))
        self._rows.append((self._row, self._cells))
        return True

    def _begin_element(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == _CELL:
            self._attributes, self._value, self._open = attributes, None, []
            self._texts = []
        elif tag == _VALUE:
            self._is_text = self._value is None
        elif tag == _TEXT:
            self._is_text = self._open in _TEXT_PARENTS
        elif tag == _ROW:
            self._begin_row(attributes.get("r"))
        else:
            self._open.append(tag)

    def _end_element(self, tag: str) -> None:
        if tag == _VALUE:
            if self._is_text:
                self._value, self._texts, self._is_text = "".join(self._texts), [], False
        elif tag == _CELL:
            self._end_cell()
        elif tag == _TEXT:
            self._is_text = False
        elif tag == _ROW:
            self._rows.append((self._row, self._cells))
        elif self._open:
            self._open.pop()

    def _add_text(self, text: str) -> None:
        if self._is_text:
            self._texts.append(text)

    def _begin_row(self, number: str | None) -> None:
        if number is None:
            self._row += 1
        else:
            self._row = int(number) if number.isdecimal() else _parse_whole_number(number)
        self._column, self._cells = 0, []

    def _end_cell(self) -> None:
        attributes = self._attributes
        self._column = self._find_column(attributes.get("r"))
        data_type, value = self._read_value(attributes)
        self._cells.append(ValueCell(value, data_type, self._row, self._column))

    def _find_column(self, reference: str | None) -> int:
        """Return the column of a cell; without a reference it is beside the cell before."""
        if not reference:
            return self._column + 1
        letters = reference.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_index_from_string(letters)
        return column

    def _read_value(self, attributes: dict[str, str]) -> tuple[str, Any]:
        """Return the data type and the value of the cell that ends."""
        kind = attributes.get("t", "n")
        if kind == "inlineStr":
            return "s", "".join(self._texts) or None
        return self._convert_value(kind, self._value, attributes.get("s"))

    def _convert_value(self, kind: str, text: str | None, style: str | None) -> tuple[str, Any]:
        """Return the data type and the value of the text of a cell, which may have a style."""
        if not text:
            return kind, None
        if kind == "n":
            return self._read_number(text, style)
        if kind == "s":
            return kind, self._strings[int(text)]
        if kind == "b":
            return kind, bool(int(text))
        if kind == "d":
            return kind, from_ISO8601(text)  # type: ignore[no-untyped-call]
        return ("s" if kind == "str" else kind), text

    def _read_number(self, text: str, style: str | None) -> tuple[str, Any]:
        """Return a number, or the date that it is by the style of the cell."""
        number = float(text) if "." in text or "E" in text or "e" in text else int(text)
        if not style or int(style) not in self._dates:
            return "n", number
        book = self._sheet.parent
        try:
            is_duration = int(style) in book._timedelta_formats
            return "d", from_excel(number, book.epoch, timedelta=is_duration)
        except (OverflowError, ValueError):
            return "e", _OUTSIDE_DATES


def _parse_whole_number(text: str) -> int:
    """Return the number of a row that is written as 7.0; raise ValueError for another."""
    number = float(text)
    if not number.is_integer():
        raise ValueError(f"{text} is not a valid row number")
    return int(number)
