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
from flask import Response, request

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


COMPRESSIBLE_TYPES = frozenset(
    (
        *("text/html", "text/css", "text/javascript", "text/plain", "text/turtle"),
        *("application/json", "application/problem+json", "application/xml", "image/svg+xml"),
    )
)

MAX_COMPRESSED_BYTES = 16 * 1024 * 1024
"""Larger responses, such as a file of statements, are sent uncompressed."""


def compress_response(response: Response) -> Response:
    """Compress the response where the client accepts it and the type and size are suitable.

    Its ETag becomes weak, as the bytes are no longer the same.
    https://www.rfc-editor.org/rfc/rfc9110#section-8.8.1
    """
    if response.mimetype not in COMPRESSIBLE_TYPES or response.content_encoding:
        return response
    response.vary.add("Accept-Encoding")
    liked = negotiate_content_coding(request.headers.get("Accept-Encoding", ""))
    size = response.content_length or 0
    if (
        not liked
        or response.status_code != 200
        or not MIN_COMPRESSED_BYTES <= size <= MAX_COMPRESSED_BYTES
    ):
        return response
    response.direct_passthrough = False  # a static file has to be read to be compressed
    response.set_data(compress_bytes(response.get_data(), liked))
    response.content_encoding = liked
    tag, _ = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    return response
