"""Counts over a worksheet in the form that most programs write, without an event for each element.

Markup in another form, and a part that comes near a limit, is counted element by element instead.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

_CHUNK_BYTES = 256 * 1024
_MAX_NOTED = 50_000
_NOTED = "f|mergeCell|hyperlink|comment"
_START = re.compile(
    rb'(?:<\?xml version="1\.0"(?: encoding="(?i:utf-8)")?(?: standalone="(?:yes|no)")? ?\?>\s*)?'
    rb"(?=<worksheet[\s>])"
)
_OTHER_FORM = (
    re.compile(rb"<[!?]"),
    re.compile(rb"<[^\s/><:]+[\t\r\n]"),
    re.compile(
        rb"<[^\s/><:]+:(?:c|row|v|is|Relationship|%b)[\s/>]|<Relationship\b" % _NOTED.encode()
    ),
    re.compile(rb"=\s*'"),
    re.compile(rb'"[^"]{32768}'),
)
"""Comments and instructions, other white space, prefixes, other marks, and long attributes."""
_ROW, _NUMBERED_ROW = re.compile(rb"<row[ />]"), re.compile(rb'<row r="([0-9]{1,9})"')
_CELL = re.compile(rb"<c[ />]")
_VALUE_TAGS = [b"<" + name + end for name in (b"v", b"is", b"f") for end in (b">", b" ", b"/")]
_NOTED_TAG = re.compile(rb'<(%b)(?=[ />])(?:[^<>]*? ref="([^"<>&]*)")?' % _NOTED.encode())


@dataclass(slots=True)
class WorksheetCounts:
    """Elements, cells (a row is one more), and the number of the last row that has a value.

    ``noted`` are the names of elements for formulas, merged cells, links and comments, with the
    ranges that they refer to.
    """

    elements: int = 0
    cells: int = 0
    last_row: int = 0
    noted: dict[tuple[str, str], None] = field(default_factory=dict)
    _row: int = 0

    def add(self, markup: bytes) -> bool:
        """Count complete tags; return False where they have another form."""
        if any(form.search(markup) for form in _OTHER_FORM):
            return False
        rows = _NUMBERED_ROW.findall(markup)
        if len(_ROW.findall(markup)) != len(rows):
            return False
        self.elements += markup.count(b"<") - markup.count(b"</")
        self.cells += len(rows) + len(_CELL.findall(markup))
        self._find_last_row(markup)
        self._row = int(rows[-1]) if rows else self._row
        for name, reference in _NOTED_TAG.findall(markup):
            self.noted[name.decode(), reference.decode()] = None
        return len(self.noted) <= _MAX_NOTED

    def _find_last_row(self, markup: bytes) -> None:
        value = max(map(markup.rfind, _VALUE_TAGS))
        if value < 0:
            return
        row = _NUMBERED_ROW.match(markup, max(0, markup.rfind(b"<row ", 0, value)))
        self.last_row = int(row[1]) if row else self._row


def count_worksheet(
    stream: IO[bytes], max_elements: int, check: Callable[[], None]
) -> WorksheetCounts | None:
    """Return the counts of a part; None for another form, broken XML, or more than the elements.

    ``check`` is called between slices of the work and may raise.
    """
    parser, counts = expat.ParserCreate(), WorksheetCounts()
    data = stream.read(_CHUNK_BYTES)
    start = _START.match(data)
    if start is None:
        return None
    waiting, at = b"", start.end()
    try:
        while data:
            check()
            parser.Parse(data)
            complete, _, rest = (waiting + data[at:]).rpartition(b"<")
            waiting, at = b"<" + rest, 0
            if not counts.add(complete) or counts.elements > max_elements:
                return None
            if len(waiting) > _CHUNK_BYTES:
                return None
            data = stream.read(_CHUNK_BYTES)
        parser.Parse(b"", True)
    except expat.ExpatError:
        return None
    return counts if counts.add(waiting) else None
