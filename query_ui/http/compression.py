"""Answers made smaller on their way, with gzip or zstd.

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
    """The coding that an Accept-Encoding header likes best: zstd, gzip or "" for none."""
    liked: dict[str, float] = {}
    for element in accept_encoding.lower().split(","):
        name, _, parameters = (part.strip() for part in element.partition(";"))
        quality = re.fullmatch(r"q\s*=\s*([01](?:\.\d{0,3})?)", parameters)
        liked[name] = float(quality[1]) if quality else 1.0
    every = liked.get("*", 0.0)
    best = max(("zstd", "gzip"), key=lambda name: liked.get(name, every))
    return best if liked.get(best, every) > 0 else ""


def compress_bytes(body: bytes, content_coding: str) -> bytes:
    """All of a small body."""
    if content_coding == "zstd":
        return zstandard.ZstdCompressor(level=_LEVEL_BY_CODING[content_coding]).compress(body)
    return gzip.compress(body, _LEVEL_BY_CODING[content_coding], mtime=0)


def compress_file(body: BinaryIO, content_coding: str) -> Iterator[bytes]:
    """A large body piece by piece; the file is closed at the end, however that comes."""
    with body:
        pressing = _create_compressor(content_coding)
        while chunk := body.read(_CHUNK):
            if piece := pressing.compress(chunk):
                yield piece
        yield pressing.flush()


class Compressor(Protocol):
    """Takes pieces and gives fewer bytes."""

    def compress(self, data: bytes, /) -> bytes:
        """What is ready of all that was taken so far."""

    def flush(self) -> bytes:
        """The rest."""


def _create_compressor(content_coding: str) -> Compressor:
    if content_coding == "zstd":
        return zstandard.ZstdCompressor(level=_LEVEL_BY_CODING[content_coding]).compressobj()
    return zlib.compressobj(_LEVEL_BY_CODING[content_coding], wbits=zlib.MAX_WBITS | 16)
