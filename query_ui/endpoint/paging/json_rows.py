"""The rows of a JSON result, read one at a time from its file, so that it never fills memory.

https://www.w3.org/TR/sparql11-results-json/
"""

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, TypeAlias

from loader.errors import EndpointError

Cell: TypeAlias = dict[str, Any]
"""A term as the format has it: ``type``, ``value``, and ``xml:lang`` or ``datatype``."""
Row: TypeAlias = dict[str, Cell]
"""The bound cells of a row by column."""

ROWS = b'"results":{"bindings":['
"""Where the rows begin, as the engine writes it."""
_CHUNK = 64 * 1024
_decode = json.JSONDecoder().raw_decode


class Bindings:
    """The columns and rows of a result that the engine has written; may be gone through again."""

    def __init__(self, body: BinaryIO) -> None:
        self._body = body
        head = head_of(body)
        self.columns: list[str] = json.loads(head.rstrip(b",") + b"}")["head"]["vars"]
        self._first = len(head) + len(ROWS)

    def __iter__(self) -> Iterator[Row]:
        self._body.seek(self._first)
        ahead = ""
        for piece in self._pieces():
            ahead += piece
            at = 0
            while (row := _row(ahead, at)) is not None:
                yield row[0]
                at = row[1]
            ahead = ahead[at:]
        if not ahead.startswith("]"):
            raise EndpointError("The answer breaks off in the middle.")

    def _pieces(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8")()
        while chunk := self._body.read(_CHUNK):
            yield decoder.decode(chunk)


def head_of(body: BinaryIO) -> bytes:
    """What stands before the rows; EndpointError where the file holds no rows."""
    body.seek(0)
    read = b""
    while (at := read.find(ROWS)) < 0:
        chunk = body.read(_CHUNK)
        if not chunk:
            raise EndpointError("The answer has no rows to be read.")
        read += chunk
    return read[:at]


def _row(text: str, at: int) -> tuple[Row, int] | None:
    """The row at a place and the place behind it; None where it is not all there, or the end."""
    start = at + 1 if text[at : at + 1] == "," else at
    try:
        row, end = _decode(text, start)
    except json.JSONDecodeError:
        return None
    return row, end
