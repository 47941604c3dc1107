"""The header row of a table, found by what it holds: above it there may be a preamble.

Downloads begin with titles, notes and groups of columns; HESA's with up to 28 lines of them.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from loader.readers.csv_positions import TableRow
from loader.readers.sheets import Sheet

MAX_HEADER_SEARCH_ROWS = 60
"""The most rows that are not empty among which the header is looked for, in each sheet."""
BLANK_CHARACTERS = " \t\r\n\xa0"
WantedHeader = str | Iterable[str]
"""A header, or several of which a table has to have one."""
_NUMBER = re.compile(r"[-+£$€(]*[\d.,\s]*\d[\d.,\s]*[%)]*")


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table: its header row, what is above it and the rows below it.

    ``sheet`` is the title of its sheet, "" for delimited text; ``preamble`` has the rows above the
    header that are not empty. ``rows`` can be iterated once. All rows keep the line numbers of the
    file, or the row numbers of the sheet. ``missing`` are the wanted headers that it lacks.
    """

    sheet: str
    header: TableRow
    preamble: tuple[TableRow, ...]
    rows: Iterator[TableRow]
    missing: tuple[str, ...] = ()

    @property
    def headers(self) -> list[str]:
        """The texts of the header, without white space around them and empty ones at the end."""
        return read_headers(self.header)


def find_table(sheets: Iterable[Sheet], wanted: Sequence[WantedHeader]) -> FoundTable:
    """Find the table with these headers in delimited text or in any sheet of a workbook.

    Headers are compared without regard to case, white space, hyphens and underscores
    (``normalise_header``). The header row is, in the first sheet that has all, the first row that
    has the most of them. Where no sheet has all, the table that has the most is returned, with the
    rest in ``missing``; where none has any, the table that ``find_table_by_shape`` finds, with all
    in ``missing``.

    A title of a sheet is not needed, but may be chosen by the caller: pass that sheet alone.
    """
    options = [[one] if isinstance(one, str) else list(one) for one in wanted]
    names = [{normalise_header(name) for name in option} for option in options]

    def rate(headers: Sequence[str]) -> int:
        return len(options) - sum(_list_missing(headers, names))

    best, best_rate, all_sheets = None, 0, list(sheets)
    for sheet in all_sheets:
        found = split_at_header(sheet, rate)
        rating = rate(found.headers) if found else 0
        if rating > best_rate:
            best, best_rate = found, rating
    table = best or find_table_by_shape(all_sheets)
    lacks = _list_missing(table.headers, names)
    return replace(
        table, missing=tuple(o[0] for o, lack in zip(options, lacks, strict=True) if lack)
    )


def _list_missing(headers: Sequence[str], names: Sequence[set[str]]) -> list[bool]:
    """Return for each set of normalised names whether no header is among them."""
    present = {normalise_header(header) for header in headers}
    return [one.isdisjoint(present) for one in names]


def find_table_by_shape(sheets: Iterable[Sheet]) -> FoundTable:
    """Find the header of the first sheet that is not empty by the shape of its rows alone.

    It is the first row that is about as wide as the rows below it: titles and notes fill one cell
    or two. Where all sheets are empty, the table has no cells.
    """
    for sheet in sheets:
        rows = sheet.iterate_rows()
        first = list(islice(rows, MAX_HEADER_SEARCH_ROWS))
        if first:
            return _split(sheet.title, first, _find_header_by_shape(first), rows)
    return FoundTable("", TableRow((), 1, 1), (), iter(()))


def split_at_header(sheet: Sheet, rate: Callable[[Sequence[str]], int]) -> FoundTable | None:
    """Return the table below the first row with the highest rating; None where all are 0.

    ``rate`` gets the texts of a row and returns how well they fit as headers.
    """
    rows = sheet.iterate_rows()
    first = list(islice(rows, MAX_HEADER_SEARCH_ROWS))
    ratings = [rate(read_headers(row)) for row in first]
    best = max(ratings, default=0)
    return _split(sheet.title, first, ratings.index(best), rows) if best > 0 else None


def _split(title: str, first: list[TableRow], at: int, rest: Iterator[TableRow]) -> FoundTable:
    return FoundTable(title, first[at], tuple(first[:at]), chain(first[at + 1 :], rest))


def read_headers(row: TableRow) -> list[str]:
    """Return the texts of a header row, without the empty cells at its end."""
    texts = [cell.text.strip(BLANK_CHARACTERS) for cell in row.cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def normalise_header(header: str) -> str:
    """Return a header without regard to case, white space, hyphens, underscores and apostrophes."""
    plain = unicodedata.normalize("NFKC", header).strip().casefold().replace("’", "'")
    return re.sub(r"[\s_-]+", "_", plain)


def _find_header_by_shape(rows: Sequence[TableRow]) -> int:
    """Return the index of the first row that is about as wide as most rows of the table."""
    prose = [_is_prose(row) for row in rows]
    # Some people put a space behind every comma; where the last rows have none, it is a sentence.
    is_told = 2 * sum(prose[-5:]) < len(prose[-5:])
    widths = [
        1 if is_told and is_prose else _count_filled(row)
        for row, is_prose in zip(rows, prose, strict=True)
    ]
    tally = Counter(widths)
    # Squared, so that a few wide rows of a table outweigh many lines of a preamble.
    width = max(tally, key=lambda size: tally[size] * size * size)
    needed = width if width < 5 else width - 1
    at = next(index for index, size in enumerate(widths) if size >= needed)
    # A sentence with a comma is no header, however wide it looks.
    if at > 0 and widths[at - 1] > 1 and _is_header_of(rows[at - 1], rows[at], is_first=at == 1):
        return at - 1
    return at


def _is_header_of(above: TableRow, row: TableRow, is_first: bool) -> bool:
    """Return whether a row that is narrower than the next is its header all the same.

    It is so where it comes directly above and holds no number, and the next one holds some, or the
    file begins with it: then its rows have cells beyond the header.
    """
    texts = [text for text in read_headers(above) if text]
    below = [text for text in read_headers(row) if text]
    if above.end + 1 != row.start or any(_NUMBER.fullmatch(text) for text in texts):
        return False
    if is_first and above.cells[0].text.strip() and len(texts) >= max(2, len(below) - 1):
        return True
    has_numbers = any(_NUMBER.fullmatch(text) for text in below)
    return has_numbers and len(texts) >= max(2, len(below) - 2)


def _is_prose(row: TableRow) -> bool:
    """Return whether a cell begins with a space, as after a comma in a sentence."""
    return any(cell.text[:1] == " " and bool(cell.text.strip()) for cell in row.cells[1:])


def _count_filled(row: TableRow) -> int:
    return sum(bool(cell.text.strip(BLANK_CHARACTERS)) for cell in row.cells)
