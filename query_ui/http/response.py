"""Responses with results and problems, for Flask and for plain WSGI: from memory or from a file."""

import json
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

from flask import Response, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header
from werkzeug.wsgi import ClosingIterator, FileWrapper, wrap_file

from query_ui.engine.protocol import QueryResult, SerialisedResult
from query_ui.engine.result_formats import ResultFormat
from query_ui.http.compression import (
    MAX_IN_MEMORY_BYTES,
    MIN_COMPRESSED_BYTES,
    compress_bytes,
    compress_file,
    negotiate_content_coding,
)
from query_ui.http.headers import COMMON_HEADERS, LICENCE_LINK
from query_ui.http.problem_details import (
    PROBLEM_MEDIA_TYPE,
    ProblemDetails,
    format_problem_text,
    serialise_problem,
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


def build_json_response(
    value: Mapping[str, object], headers: Mapping[str, str] | None = None
) -> Response:
    """Build a JSON response, without escapes for characters other than ASCII."""
    body = json.dumps(value, ensure_ascii=False)
    return Response(body, mimetype="application/json", headers=dict(headers or {}))


def serialise_result(result: QueryResult, result_format: ResultFormat) -> Response:
    """Build the response with a result in ``result_format``."""
    return Response(result.serialise(result_format), content_type=result_format.content_type)


Environ: TypeAlias = dict[str, Any]
StartResponse: TypeAlias = Callable[..., Any]
Headers: TypeAlias = list[tuple[str, str]]

_COMMON_HEADERS: Headers = [
    *COMMON_HEADERS.items(),
    ("Content-Security-Policy", "default-src 'none'"),
    ("Vary", "Accept, Accept-Encoding"),
]
_DESCRIPTION_LINK = '</.well-known/void>; rel="describedby"'
_LINE_BY_STATUS = {status: f"{status.value} {status.phrase}" for status in HTTPStatus}
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_CHUNK = 256 * 1024
_TEXT_MEDIA_TYPE = "text/plain"


def send_bytes(
    environ: Environ,
    start_response: StartResponse,
    status: HTTPStatus,
    headers: Headers,
    body: bytes = b"",
) -> Iterable[bytes]:
    """Send a response from memory; for HEAD only its headers."""
    length = [] if status in _WITHOUT_BODY else [("Content-Length", str(len(body)))]
    start_response(_LINE_BY_STATUS[status], [*headers, *_COMMON_HEADERS, *length])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def send_result(
    environ: Environ,
    start_response: StartResponse,
    result: SerialisedResult,
    content_coding: str,
    headers: Headers,
) -> Iterable[bytes]:
    """Send the result of a query; close its body after the last byte, or at once for HEAD."""
    headers = [
        *headers,
        ("Content-Type", result.format.content_type),
        ("Link", f"{_DESCRIPTION_LINK}, {LICENCE_LINK}"),
    ]
    if result.size < MIN_COMPRESSED_BYTES:
        content_coding = ""
    if content_coding and result.size > MAX_IN_MEMORY_BYTES:
        return _send_compressed(environ, start_response, result, content_coding, headers)
    if result.size > MAX_IN_MEMORY_BYTES:
        return _send_file(environ, start_response, result, headers)
    with result.body as file:
        body = file.read()
    if content_coding:
        body = compress_bytes(body, content_coding)
        headers.append(("Content-Encoding", content_coding))
    return send_bytes(environ, start_response, HTTPStatus.OK, headers, body)


def send_problem(
    environ: Environ, start_response: StartResponse, problem: ProblemDetails, headers: Headers
) -> Iterable[bytes]:
    """Send an error, as text where the client prefers that to JSON."""
    status = HTTPStatus(int(problem["status"]))
    accept = parse_accept_header(environ.get("HTTP_ACCEPT", ""), MIMEAccept)
    shape = accept.best_match(
        [PROBLEM_MEDIA_TYPE, "application/json", _TEXT_MEDIA_TYPE], PROBLEM_MEDIA_TYPE
    )
    if shape == _TEXT_MEDIA_TYPE:
        said, kind = (
            format_problem_text(problem).encode("utf-8", "replace"),
            f"{_TEXT_MEDIA_TYPE}; charset=utf-8",
        )
    else:
        said, kind = serialise_problem(problem), PROBLEM_MEDIA_TYPE
    return send_bytes(
        environ,
        start_response,
        status,
        [
            *headers,
            ("Content-Type", kind),
            ("Link", _DESCRIPTION_LINK),
            ("Cache-Control", "no-store"),
        ],
        said,
    )


def _send_file(
    environ: Environ, start_response: StartResponse, result: SerialisedResult, headers: Headers
) -> Iterable[bytes]:
    """Send a large body from its file, in chunks."""
    start_response(
        _LINE_BY_STATUS[HTTPStatus.OK],
        [*headers, *_COMMON_HEADERS, ("Content-Length", str(result.size))],
    )
    if environ["REQUEST_METHOD"] == "HEAD":
        result.body.close()
        return []
    return FileWrapper(result.body, _CHUNK)


def _send_compressed(
    environ: Environ,
    start_response: StartResponse,
    result: SerialisedResult,
    content_coding: str,
    headers: Headers,
) -> Iterable[bytes]:
    """Compress a large body while sending it, in chunks, so that the client detects truncation."""
    start_response(
        _LINE_BY_STATUS[HTTPStatus.OK],
        [*headers, *_COMMON_HEADERS, ("Content-Encoding", content_coding)],
    )
    if environ["REQUEST_METHOD"] == "HEAD":
        result.body.close()
        return []
    return ClosingIterator(compress_file(result.body, content_coding), result.body.close)
