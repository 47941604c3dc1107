"""Rows of a worksheet in the form that most programs write, split by patterns.

This takes a third of the time of a parser. A row in another form is left to the parser.
https://ecma-international.org/publications-and-standards/standards/ecma-376/ (part 1, 18.3.1.73)
"""

import re

ROW_END = "</row>"
ROW_START = re.compile(
    r'<row r="([0-9]{1,7})"(?: (?!xmlns)[A-Za-z]+="[^"<&]*"| x14ac:dyDescent="[^"<&]*")* ?(/?)>'
)
"""The start tag of a row: its number, and "/" where it is empty."""
_CELL = re.compile(
    r'(<c r="([A-Z]{1,3})[0-9]{1,7}"(?: s="([0-9]{1,5})")?(?:'
    r' t="inlineStr"><is><t(?: xml:space="preserve")?>([^<&\r]*)</t></is></c>'
    r'|(?: t="(n|s|str|b)")? ?(?:/>|>(?:<v>([^<&\r]*)</v>)?</c>)))'
)
PlainCell = tuple[str, str, str, str, str, str]
"""Markup, column letters, style, inline text, data type and value; "" for what a cell lacks."""
_UTF8_START = re.compile(rb'(?:<\?xml version="1\.0"(?: encoding="(?i:utf-8)")?[^>]*\?>\s*)?<w')
_OTHER_MARKUP = re.compile(rb"<[!?]|xmlns|\r")


def is_plain_head(head: bytes) -> bool:
    """Return whether a part that begins so is UTF-8 and has no comments before its rows."""
    start = _UTF8_START.match(head)
    return bool(start) and b"<!" not in head


def is_plain_markup(data: bytes, head: bytes) -> bool:
    """Return whether patterns can split markup: it has no comments and no new namespaces.

    ``head`` is the part before its rows, which declares the namespaces.
    """
    if _OTHER_MARKUP.search(data):
        return False
    return b"x14ac:" not in data or b"xmlns:x14ac=" in head


def split_plain_cells(content: str) -> list[PlainCell] | None:
    """Return the cells of a row, or None where one has another form."""
    found: list[PlainCell] = _CELL.findall(content)
    if sum(len(cell[0]) for cell in found) != len(content):
        return None
    return found
