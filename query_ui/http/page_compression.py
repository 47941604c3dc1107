"""Compression of pages, scripts and styles; query results are compressed where they are sent."""

from flask import Response, request

from query_ui.http.compression import MIN_COMPRESSED_BYTES, compress_bytes, negotiate_content_coding

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
