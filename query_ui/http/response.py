"""Flask responses for serialised results: from memory if small, otherwise from their file."""

from flask import Response, request
from werkzeug.wsgi import wrap_file

from query_ui.engine.protocol import SerialisedResult
from query_ui.http.compression import (
    MAX_IN_MEMORY_BYTES,
    MIN_COMPRESSED_BYTES,
    compress_bytes,
    compress_file,
    negotiate_content_coding,
)


def build_result_response(result: SerialisedResult, headers: dict[str, str]) -> Response:
    """Build the response with a complete result, compressed where the client accepts it.

    The body of the result is closed once it is sent.
    """
    liked = (
        negotiate_content_coding(request.headers.get("Accept-Encoding", ""))
        if result.size >= MIN_COMPRESSED_BYTES
        else ""
    )
    if result.size <= MAX_IN_MEMORY_BYTES:
        with result.body as file:
            body = file.read()
        response = Response(compress_bytes(body, liked) if liked else body)
    elif liked and request.environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
        # The compressed size is unknown, so this needs a chunked response, which HTTP/1.0 lacks.
        response = Response(compress_file(result.body, liked))
        response.call_on_close(result.body.close)
    else:
        liked = ""
        response = Response(wrap_file(request.environ, result.body), direct_passthrough=True)
        response.content_length = result.size
    response.content_type = result.format.content_type
    response.headers.extend(headers)
    response.vary.add("Accept-Encoding")
    if liked:
        response.content_encoding = liked
    return response
