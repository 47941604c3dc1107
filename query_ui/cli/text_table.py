"""Text tables for the terminal; long cells are wrapped, never truncated."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, takewhile, zip_longest

from pyoxigraph import Literal, NamedNode

from query_ui.engine.protocol import QueryResult, Term

_GAP = "  "
_MIN_COLUMN_WIDTH = 3


def format_result_table(result: QueryResult, width: int | None) -> str:
    """Format a result as a text table, or as ``true`` or ``false`` for ASK.

    ``width`` is in terminal columns, None for unlimited. IRIs are shortened by the prefixes of the
    result, and literals lose language and datatype: the table is for reading, not for exchange.
    """
    if result.kind == "boolean":
        return f"{str(result.boolean).lower()}\n"
    cells = ([shorten_term(term, result.prefixes) for term in row] for row in result.rows)
    return format_text_table(result.columns, cells, width)


def format_text_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], width: int | None
) -> str:
    """Format rows of texts under ``columns``, within ``width`` terminal columns unless None."""
    cells = [[escape_control_characters(cell) for cell in row] for row in (columns, *rows)]
    natural = [max(map(_measure_text_width, column)) for column in zip(*cells, strict=True)]
    widths = _fit_widths(natural, width) if width else natural
    rule = ["─" * size for size in widths]
    lines = (
        line for row in (cells[0], rule, *cells[1:]) for line in _format_row_lines(row, widths)
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _fit_widths(natural: Sequence[int], width: int) -> list[int]:
    """Return column widths: narrow the widest columns until a line fits into ``width``."""
    room = width - len(_GAP) * (len(natural) - 1)
    limit = max(natural, default=0)
    while sum(min(size, limit) for size in natural) > room and limit > _MIN_COLUMN_WIDTH:
        limit -= 1
    return [min(size, limit) for size in natural]


def _format_row_lines(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """Yield the lines of one row, each cell wrapped in its column."""
    columns = [_wrap_cell(cell, size) for cell, size in zip(row, widths, strict=True)]
    for parts in zip_longest(*columns, fillvalue=""):
        padded = (
            p + " " * (size - _measure_text_width(p)) for p, size in zip(parts, widths, strict=True)
        )
        yield _GAP.join(padded)


def _wrap_cell(text: str, size: int) -> list[str]:
    """Break ``text`` into lines of at most ``size`` columns, at a space where there is one."""
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
    """Count the leading characters that fit into ``size`` columns; at least one."""
    taken = accumulate(map(_measure_character_width, line))
    return max(1, sum(1 for _ in takewhile(lambda columns: columns <= size, taken)))


def _measure_text_width(text: str) -> int:
    """Return the width of the widest line of ``text`` in terminal columns."""
    if text.isascii() and "\n" not in text:
        return len(text)
    return max(sum(map(_measure_character_width, line)) for line in text.split("\n"))


def _measure_character_width(character: str) -> int:
    """Return the width in columns: 2 for wide East Asian characters, 0 for combining ones.

    https://www.unicode.org/reports/tr11/
    """
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shorten_term(term: Term | None, prefixes: Mapping[str, str]) -> str:
    """Return a term as short text: ``concept:wellbeing``, the text of a literal, "" if unbound."""
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
    """Replace control characters by visible escapes, so that data cannot control the terminal."""
    if text.isprintable():
        return text
    return "".join(_escape_character(character) for character in text)


def _escape_character(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Cs"):
        return character
    return f"\\u{ord(character):04x}"
