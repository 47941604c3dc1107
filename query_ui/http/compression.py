"""Content codings of responses: gzip and zstd.

https://www.rfc-editor.org/rfc/rfc9110#section-8.4 and https://www.rfc-editor.org/rfc/rfc8878
"""

import gzip
import re
import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO, Protocol

import zstandard

MIN_COMPRESSED_BYTES = 1024
MAX_IN_MEMORY_BYTES = 1024 * 1024

_CHUNK = 256 * 1024
_LEVEL_BY_CODING = {"gzip": 5, "zstd": 3}


@lru_cache(maxsize=256)
def negotiate_content_coding(accept_encoding: str) -> str:
    """Return the coding that an Accept-Encoding header prefers: zstd, gzip or "" for none.

    https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
    """
    liked: dict[str, float] = {}
    for element in accept_encoding.lower().split(","):
        name, _, parameters = (part.strip() for part in element.partition(";"))
        quality = re.fullmatch(r"q\s*=\s*([01](?:\.\d{0,3})?)", parameters)
        liked[name] = float(quality[1]) if quality else 1.0
    every = liked.get("*", 0.0)
    best = max(("zstd", "gzip"), key=lambda name: liked.get(name, every))
    return best if liked.get(best, every) > 0 else ""


def compress_bytes(body: bytes, content_coding: str) -> bytes:
    """Compress a small body as one piece."""
    if content_coding == "zstd":
        return zstandard.ZstdCompressor(level=_LEVEL_BY_CODING[content_coding]).compress(body)
    return gzip.compress(body, _LEVEL_BY_CODING[content_coding], mtime=0)


def compress_file(body: BinaryIO, content_coding: str) -> Iterator[bytes]:
    """Yield the compressed pieces of a large body; close the file at the end or on an error."""
    with body:
        pressing = _create_compressor(content_coding)
        while chunk := body.read(_CHUNK):
            if piece := pressing.compress(chunk):
                yield piece
        yield pressing.flush()


class Compressor(Protocol):
    """Interface of the incremental compressors of zlib and zstandard."""

    def compress(self, data: bytes, /) -> bytes:
        """Take more data and return the output that is complete so far, which may be empty."""

    def flush(self) -> bytes:
        """Return the rest of the output."""


def _create_compressor(content_coding: str) -> Compressor:
    if content_coding == "zstd":
        return zstandard.ZstdCompressor(level=_LEVEL_BY_CODING[content_coding]).compressobj()
    return zlib.compressobj(_LEVEL_BY_CODING[content_coding], wbits=zlib.MAX_WBITS | 16)
