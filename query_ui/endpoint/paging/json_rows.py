"""Streaming reader of SPARQL JSON results, which holds one row at a time in memory.

https://www.w3.org/TR/sparql11-results-json/
"""

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, TypeAlias

from loader.errors import EndpointError

JsonCell: TypeAlias = dict[str, Any]
"""An RDF term in the format: ``type``, ``value``, and ``xml:lang`` or ``datatype``.

https://www.w3.org/TR/sparql11-results-json/#select-encode-terms
"""
JsonRow: TypeAlias = dict[str, JsonCell]
"""The bound cells of a row by column; unbound variables are absent."""

ROWS_MARKER = b'"results":{"bindings":['
"""The bytes before the first row, exactly as the engine writes them."""
_CHUNK = 64 * 1024
_decode = json.JSONDecoder().raw_decode


class JsonRows:
    """The columns and rows of a JSON result written by the engine; can be iterated repeatedly."""

    def __init__(self, body: BinaryIO) -> None:
        self._body = body
        head = read_head(body)
        self.columns: list[str] = json.loads(head.rstrip(b",") + b"}")["head"]["vars"]
        self._rows_offset = len(head) + len(ROWS_MARKER)

    def __iter__(self) -> Iterator[JsonRow]:
        self._body.seek(self._rows_offset)
        # A chunk may end inside a row: the undecoded rest waits for the next chunk.
        ahead = ""
        for piece in self._decode_chunks():
            ahead += piece
            at = 0
            while (row := _parse_row(ahead, at)) is not None:
                yield row[0]
                at = row[1]
            ahead = ahead[at:]
        if not ahead.startswith("]"):
            raise EndpointError("The answer breaks off in the middle.")

    def _decode_chunks(self) -> Iterator[str]:
        # Incremental, because a chunk may also end inside a character.
        decoder = codecs.getincrementaldecoder("utf-8")()
        while chunk := self._body.read(_CHUNK):
            yield decoder.decode(chunk)


def read_head(body: BinaryIO) -> bytes:
    """Return the bytes before the rows; raise EndpointError if the body holds no rows."""
    body.seek(0)
    read = b""
    while (at := read.find(ROWS_MARKER)) < 0:
        chunk = body.read(_CHUNK)
        if not chunk:
            raise EndpointError("The answer has no rows to be read.")
        read += chunk
    return read[:at]


def _parse_row(text: str, position: int) -> tuple[JsonRow, int] | None:
    """Parse the row at a position; return it with the position after it.

    None means that the row is incomplete, or that there are no more rows.
    """
    start = position + 1 if text[position : position + 1] == "," else position
    try:
        row, end = _decode(text, start)
    except json.JSONDecodeError:
        return None
    return row, end
