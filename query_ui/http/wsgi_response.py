"""How an answer leaves: whole or not at all, compressed where that is liked."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, TypeAlias

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header
from werkzeug.wsgi import ClosingIterator, FileWrapper

from query_ui.engine.protocol import Result
from query_ui.http.compression import AT_ONCE, SMALLEST, compress, compressed
from query_ui.http.headers import HEADERS
from query_ui.http.problem_details import PROBLEM, Problem, as_json, plain

Environ: TypeAlias = dict[str, Any]
Start: TypeAlias = Callable[..., Any]
Headers: TypeAlias = list[tuple[str, str]]

_COMMON: Headers = [
    *HEADERS.items(),
    ("Content-Security-Policy", "default-src 'none'"),
    ("Vary", "Accept, Accept-Encoding"),
    ("Link", '</.well-known/void>; rel="describedby"'),
]
_LINES = {status: f"{status.value} {status.phrase}" for status in HTTPStatus}
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_CHUNK = 256 * 1024
_TEXT = "text/plain"


def send(
    environ: Environ, start: Start, status: HTTPStatus, headers: Headers, body: bytes = b""
) -> Iterable[bytes]:
    """An answer from memory; to HEAD its headers alone."""
    length = [] if status in _WITHOUT_BODY else [("Content-Length", str(len(body)))]
    start(_LINES[status], [*headers, *_COMMON, *length])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def send_result(
    environ: Environ, start: Start, result: Result, coding: str, headers: Headers
) -> Iterable[bytes]:
    """The result of a query; its body is closed when the last byte has gone, or none is wanted."""
    headers = [*headers, ("Content-Type", result.form.content_type)]
    if result.size < SMALLEST:
        coding = ""
    if coding and result.size > AT_ONCE:
        return _stream(environ, start, result, coding, headers)
    if result.size > AT_ONCE:
        return _file(environ, start, result, headers)
    with result.body as file:
        body = file.read()
    if coding:
        body = compressed(body, coding)
        headers.append(("Content-Encoding", coding))
    return send(environ, start, HTTPStatus.OK, headers, body)


def send_problem(
    environ: Environ, start: Start, problem: Problem, headers: Headers
) -> Iterable[bytes]:
    """An error, as text where that is liked better than JSON."""
    status = HTTPStatus(int(problem["status"]))
    accept = parse_accept_header(environ.get("HTTP_ACCEPT", ""), MIMEAccept)
    shape = accept.best_match([PROBLEM, "application/json", _TEXT], PROBLEM)
    if shape == _TEXT:
        said, kind = plain(problem).encode("utf-8", "replace"), f"{_TEXT}; charset=utf-8"
    else:
        said, kind = as_json(problem), PROBLEM
    return send(environ, start, status, [*headers, ("Content-Type", kind)], said)


def _file(environ: Environ, start: Start, result: Result, headers: Headers) -> Iterable[bytes]:
    """A large body as it lies in its file, by the server's own way of sending files."""
    start(_LINES[HTTPStatus.OK], [*headers, *_COMMON, ("Content-Length", str(result.size))])
    if environ["REQUEST_METHOD"] == "HEAD":
        result.body.close()
        return []
    wrapper: Callable[..., Iterable[bytes]] = environ.get("wsgi.file_wrapper", FileWrapper)
    return wrapper(result.body, _CHUNK)


def _stream(
    environ: Environ, start: Start, result: Result, coding: str, headers: Headers
) -> Iterable[bytes]:
    """A large body made smaller on its way: in chunks, so that a client notices where it ends."""
    start(_LINES[HTTPStatus.OK], [*headers, *_COMMON, ("Content-Encoding", coding)])
    if environ["REQUEST_METHOD"] == "HEAD":
        result.body.close()
        return []
    return ClosingIterator(compress(result.body, coding), result.body.close)
