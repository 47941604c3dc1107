"""A sink for XML that lets through only what XML 1.0 can hold, https://www.w3.org/TR/xml/#charsets.

The engine's serialisers write every character of a literal as it is. A reader would refuse a
control character, and read a carriage return as a line feed (XML 1.0, 2.2 and 2.11).
"""

import re
from typing import Protocol

from pyoxigraph import QueryResultsFormat, RdfFormat

from loader.errors import NotRepresentable
from query_ui.engine.result_formats import FORMATS_BY_KIND, ResultFormat, ResultKind

XML_WRITERS = (QueryResultsFormat.XML, RdfFormat.RDF_XML)
FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
"""In UTF-8: control characters other than tab and line ends, U+FFFE and U+FFFF."""


class ByteSink(Protocol):
    """Interface of anything that bytes can be written to."""

    def write(self, data: bytes, /) -> int:
        """Write all of ``data`` and return the number of bytes."""


class XmlSink:
    """A sink before another one that escapes carriage returns, and refuses what XML cannot hold."""

    def __init__(self, target: ByteSink, kind: ResultKind) -> None:
        self._target = target
        self._kind = kind
        self._end = b""

    def write(self, data: bytes, /) -> int:
        """Write all of ``data``; raise NotRepresentable where XML lacks a character of it."""
        # A character of three bytes may begin in the piece before.
        found = FORBIDDEN.search(self._end + data)
        if found:
            raise self._build_error(ord(found[0].decode("utf-8")))
        self._end = bytes(data[-2:]) if len(data) > 1 else (self._end + data)[-2:]
        self._target.write(data.replace(b"\r", b"&#xD;"))
        return len(data)

    def flush(self) -> None:
        """Do nothing: the engine's serialisers require the method."""

    def _build_error(self, character: int) -> NotRepresentable:
        others = ", ".join(
            f"{form.name} ({form.media_type})"
            for form in FORMATS_BY_KIND[self._kind]
            if not is_xml(form)
        )
        return NotRepresentable(
            f"This result has the character U+{character:04X}, which XML 1.0 cannot hold. "
            f"It can be had as {others}.",
            self._kind,
        )


def is_xml(form: ResultFormat) -> bool:
    """Return whether a format is XML."""
    return form.writer in XML_WRITERS
