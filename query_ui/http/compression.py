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

SMALLEST = 1024
AT_ONCE = 1024 * 1024

_CHUNK = 256 * 1024
_LEVELS = {"gzip": 5, "zstd": 3}


@lru_cache(maxsize=256)
def coding(accepted: str) -> str:
    """The coding that an Accept-Encoding header likes best: zstd, gzip or "" for none."""
    liked: dict[str, float] = {}
    for element in accepted.lower().split(","):
        name, _, parameters = (part.strip() for part in element.partition(";"))
        quality = re.fullmatch(r"q\s*=\s*([01](?:\.\d{0,3})?)", parameters)
        liked[name] = float(quality[1]) if quality else 1.0
    every = liked.get("*", 0.0)
    best = max(("zstd", "gzip"), key=lambda name: liked.get(name, every))
    return best if liked.get(best, every) > 0 else ""


def compressed(body: bytes, name: str) -> bytes:
    """All of a small body."""
    if name == "zstd":
        return zstandard.ZstdCompressor(level=_LEVELS[name]).compress(body)
    return gzip.compress(body, _LEVELS[name], mtime=0)


def compress(body: BinaryIO, name: str) -> Iterator[bytes]:
    """A large body piece by piece; the file is closed at the end, however that comes."""
    with body:
        pressing = _pressing(name)
        while chunk := body.read(_CHUNK):
            if piece := pressing.compress(chunk):
                yield piece
        yield pressing.flush()


class Pressing(Protocol):
    """Takes pieces and gives fewer bytes."""

    def compress(self, data: bytes, /) -> bytes:
        """What is ready of all that was taken so far."""

    def flush(self) -> bytes:
        """The rest."""


def _pressing(name: str) -> Pressing:
    if name == "zstd":
        return zstandard.ZstdCompressor(level=_LEVELS[name]).compressobj()
    return zlib.compressobj(_LEVELS[name], wbits=zlib.MAX_WBITS | 16)
