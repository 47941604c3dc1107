"""The table in a terminal: an answer's rows, as wide as the terminal and never cut."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, takewhile, zip_longest

from pyoxigraph import Literal, NamedNode

from query_ui.engine.protocol import QueryResult, Term

_GAP = "  "
_MIN_COLUMN_WIDTH = 3


def format_result_table(result: QueryResult, width: int | None) -> str:
    """The answer for people: a table, ``true`` or ``false`` for ASK, a count of rows below it.

    ``width`` is in terminal columns, None for as wide as the rows need. Cells are wrapped. IRIs are
    shortened by the answer's prefixes and literals shown without language and datatype: a table is
    for reading; the formats are for exchange.
    """
    if result.kind == "boolean":
        return f"{str(result.boolean).lower()}\n"
    cells = ([shorten_term(term, result.prefixes) for term in row] for row in result.rows)
    return format_text_table(result.columns, cells, width)


def format_text_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], width: int | None
) -> str:
    """Rows of texts under the names of their columns, one string with a line break at its end."""
    cells = [[escape_control_characters(cell) for cell in row] for row in (columns, *rows)]
    natural = [max(map(_measure_text_width, column)) for column in zip(*cells, strict=True)]
    widths = _fit_widths(natural, width) if width else natural
    rule = ["─" * size for size in widths]
    lines = (
        line for row in (cells[0], rule, *cells[1:]) for line in _format_row_lines(row, widths)
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _fit_widths(natural: Sequence[int], width: int) -> list[int]:
    """The widths of the columns, the widest ones narrowed until a line has ``width`` columns."""
    room = width - len(_GAP) * (len(natural) - 1)
    limit = max(natural, default=0)
    while sum(min(size, limit) for size in natural) > room and limit > _MIN_COLUMN_WIDTH:
        limit -= 1
    return [min(size, limit) for size in natural]


def _format_row_lines(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """The lines of one row, each cell wrapped in its column."""
    columns = [_wrap_cell(cell, size) for cell, size in zip(row, widths, strict=True)]
    for parts in zip_longest(*columns, fillvalue=""):
        padded = (
            p + " " * (size - _measure_text_width(p)) for p, size in zip(parts, widths, strict=True)
        )
        yield _GAP.join(padded)


def _wrap_cell(text: str, size: int) -> list[str]:
    """``text`` in lines of at most ``size`` columns, broken at a space where there is one."""
    lines = []
    for line in text.split("\n"):
        while _measure_text_width(line) > size:
            fits = _count_fitting_characters(line, size)
            space = line.rfind(" ", 1, fits + 1)
            end = space if space > 0 else fits
            lines.append(line[:end])
            line = line[end:].lstrip(" ")
        lines.append(line)
    return lines


def _count_fitting_characters(line: str, size: int) -> int:
    """How many of the first characters fit into ``size`` columns; one at least."""
    taken = accumulate(map(_measure_character_width, line))
    return max(1, sum(1 for _ in takewhile(lambda columns: columns <= size, taken)))


def _measure_text_width(text: str) -> int:
    """The terminal columns of the widest line of ``text``."""
    if text.isascii() and "\n" not in text:
        return len(text)
    return max(sum(map(_measure_character_width, line)) for line in text.split("\n"))


def _measure_character_width(character: str) -> int:
    """Two for the wide characters of East Asia, none for accents that stand on another letter."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shorten_term(term: Term | None, prefixes: Mapping[str, str]) -> str:
    """A term in one short text: ``concept:wellbeing``, the text of a literal, "" when unbound."""
    if term is None:
        return ""
    if isinstance(term, Literal):
        return term.value
    if not isinstance(term, NamedNode):
        return str(term)
    fits = [(len(space), name) for name, space in prefixes.items() if term.value.startswith(space)]
    if not fits:
        return term.value
    length, name = max(fits)
    return f"{name}:{term.value[length:]}"


def escape_control_characters(text: str) -> str:
    """``text`` with control characters made visible: data must not steer somebody's terminal."""
    if text.isprintable():
        return text
    return "".join(_escape_character(character) for character in text)


def _escape_character(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Cs"):
        return character
    return f"\\u{ord(character):04x}"
