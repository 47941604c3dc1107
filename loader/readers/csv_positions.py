"""Parser of delimited text (RFC 4180) that returns each cell with its line and column."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from loader.errors import DataError, Finding, Severity
from loader.readers.source import SourceFile


class TableCell(NamedTuple):
    """One cell, unquoted; ``line`` and ``column`` are those of its first character, from 1."""

    text: str
    line: int
    column: int


class TableRow(NamedTuple):
    """One row on the lines ``start`` to ``end``; a quoted cell may hold line breaks."""

    cells: tuple[TableCell, ...]
    start: int
    end: int

    @property
    def is_empty(self) -> bool:
        """Whether no cell holds more than white space."""
        return not any(cell.text.strip() for cell in self.cells)


def parse_delimited_rows(source: SourceFile, delimiter: str) -> Iterator[TableRow]:
    """Yield the rows in order, empty ones included.

    A quotation mark opens a quoted cell only at its beginning, and is doubled inside one. Raise
    DataError where a quoted cell is not closed or continues after its closing mark, because all
    that follows would be misread. See https://www.rfc-editor.org/rfc/rfc4180#section-2.
    """
    text, size = source.text, len(source.text)
    # Possessive quantifiers, so that an unclosed quotation mark takes linear time.
    stop = re.escape(delimiter)
    cell = re.compile(rf'(?:"([^"]*+(?:""[^"]*+)*+)"|((?!")[^{stop}\n]*+))({stop}|\n|\Z)')
    at, line, line_start, start = 0, 1, 0, 1
    cells: list[TableCell] = []
    while at < size or cells:
        found = cell.match(text, at)
        if found is None:
            raise _build_quote_error(source, text[at:], line, at - line_start + 1)
        quoted, plain, end = found.groups()
        column = at - line_start + 1
        if quoted is None:
            cells.append(TableCell(plain, line, column))
        else:
            cells.append(TableCell(quoted.replace('""', '"'), line, column + 1))
            if "\n" in quoted:
                line += quoted.count("\n")
                line_start = at + 2 + quoted.rindex("\n")
        at = found.end()
        if end != delimiter:
            yield TableRow(tuple(cells), start, line)
            cells = []
            line, line_start, start = line + 1, at, line + 1


def _build_quote_error(source: SourceFile, remainder: str, line: int, column: int) -> DataError:
    """Return the error for the quoted cell at the start of ``remainder``."""
    closed = re.match(r'"[^"]*+(?:""[^"]*+)*+"', remainder)
    if closed:
        message = (
            "text follows the closing quotation mark of this cell; "
            "double every quotation mark inside a quoted cell."
        )
    else:
        message = "the quotation mark that opens this cell is never closed; close it."
    finding = Finding(source.path, line, column, Severity.ERROR, message, "csv-quotes")
    return DataError(str(finding), [finding])
