"""What follows a table in its file: totals and notes, which are no rows of it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from loader.readers.cell_values import is_missing
from loader.readers.csv_positions import TableRow

MAX_FOOTER_ROWS = 60
"""The most rows of a footer; more are rows of the table whatever they say."""
_TOTAL = re.compile(
    r"(?:grand |overall |sub-?)?totals?(?: \(.*\)| (?:for |of )?(?:the )?(?:uk|united kingdom|"
    r"great britain|england|scotland|wales|northern ireland|all (?:providers|institutions)))?:?",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:[*†‡©]|\(c\) |(?:sources?|(?:foot)?notes?(?: \d+)?|key|copyright)\s*(?::|$)|"
    r"copyright (?:©|\(c\)|\d{4})|\[?\(?\d{1,2}[.)\]] |last updated\b|"
    r"end of (?:the )?(?:table|worksheet|sheet|data)\b|contains .*\blicen[cs]e)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+(]?[£$€]?\d[\d,. ]*%?\)?")


class FooterFilter:
    """Yields the rows of a table without its footer, empty rows between others included.

    ``footer`` has the rows of the footer once all rows have been read: those at the end that are
    totals, or notes in one cell alone. ``width`` is the number of columns of the table.
    """

    def __init__(self, rows: Iterable[TableRow], width: int) -> None:
        self._rows = rows
        self._width = width
        self.footer: list[TableRow] = []

    def __iter__(self) -> Iterator[TableRow]:
        waiting: list[TableRow] = []
        last_end = 0
        for row in self._rows:
            if row.is_empty:
                waiting.append(row)
                continue
            if self._is_footer_row(row, row.start > last_end + 1 > 1):
                waiting.append(row)
                self.footer.append(row)
            else:
                yield from waiting
                waiting.clear()
                self.footer.clear()
                yield row
            last_end = row.end
        if len(self.footer) > MAX_FOOTER_ROWS:
            yield from waiting
            self.footer.clear()

    def _is_footer_row(self, row: TableRow, is_apart: bool) -> bool:
        """Return whether a row is a total or a note; ``is_apart`` says that a gap is above it."""
        texts = [cell.text.strip() for cell in row.cells if cell.text.strip()]
        if _TOTAL.fullmatch(texts[0]) and _are_numbers(texts[1:]):
            return True
        if len(texts) > 1 or (self._width < 2 and not (is_apart or self.footer)):
            return False
        # In a table of one or two columns a cell alone may well be a row.
        return bool(_NOTE.match(texts[0])) or (self._width > 2 and bool(self.footer))


def _are_numbers(texts: Sequence[str]) -> bool:
    return all(is_missing(text) or _NUMBER.fullmatch(text) for text in texts)
