"""The only table from exceptions to HTTP statuses, and the one shape that every error has.

Errors are problem documents: https://www.rfc-editor.org/rfc/rfc9457
"""

import json
from http import HTTPStatus

from werkzeug.exceptions import HTTPException

from loader.errors import (
    BadValue,
    BrokenQuery,
    BuildError,
    DataError,
    EndpointError,
    Limit,
    NotOffered,
    ProjectError,
    QueryError,
    QueryRefused,
    QueryStopped,
    QueryTooLarge,
    QueueFull,
    UsageError,
)

STATUS: tuple[tuple[type[ProjectError], HTTPStatus], ...] = (
    (QueueFull, HTTPStatus.SERVICE_UNAVAILABLE),
    (QueryTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (QueryStopped, HTTPStatus.GATEWAY_TIMEOUT),
    (QueryRefused, HTTPStatus.FORBIDDEN),
    (EndpointError, HTTPStatus.BAD_GATEWAY),
    (QueryError, HTTPStatus.BAD_REQUEST),
    (BadValue, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotOffered, HTTPStatus.NOT_ACCEPTABLE),
    (UsageError, HTTPStatus.BAD_REQUEST),
    (BuildError, HTTPStatus.SERVICE_UNAVAILABLE),
    (BrokenQuery, HTTPStatus.SERVICE_UNAVAILABLE),
    (DataError, HTTPStatus.INTERNAL_SERVER_ERROR),
)
STOPPED = {
    Limit.TIME: HTTPStatus.GATEWAY_TIMEOUT,
    Limit.MEMORY: HTTPStatus.SERVICE_UNAVAILABLE,
    Limit.SIZE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
TITLES: dict[type[ProjectError], str] = {
    QueueFull: "Too many queries are waiting",
    QueryTooLarge: "The query is too long",
    QueryStopped: "The query was stopped",
    QueryRefused: "The query is not allowed here",
    EndpointError: "The remote endpoint did not answer as it should",
    QueryError: "The query could not be read",
    BadValue: "A value does not fit",
    NotOffered: "There is no such format of this answer",
    UsageError: "This cannot be asked",
    BuildError: "There is no release to ask",
    BrokenQuery: "The file of this saved query is broken",
    DataError: "The data is at fault",
}
OUR_FAULT = "The fault is on this side, not in what you asked; it has been written to the log."
PROBLEM = "application/problem+json"
FAILED = "concordat_kg.failed"
"""Where a request holds the error that was found before the pages are asked for it."""

Problem = dict[str, str | int | float]
Headers = list[tuple[str, str]]


def problem_of(error: ProjectError | HTTPException) -> tuple[Problem, Headers]:
    """The problem document of an error, and the headers that go with it."""
    if isinstance(error, HTTPException):
        return _of_http(error)
    kind, status = next((k, s) for k, s in STATUS if isinstance(error, k))
    headers: Headers = []
    more: Problem = {}
    if isinstance(error, QueryStopped):
        status = STOPPED[error.limit]
        more = {"limit": error.limit.value, "seconds": round(error.seconds, 2)}
    elif isinstance(error, QueueFull):
        headers.append(("Retry-After", str(error.retry)))
    return _problem(TITLES[kind], status, str(error)) | more | _place(error), headers


def plain(problem: Problem) -> str:
    """The problem in a few lines of text, with the line at fault where one is known."""
    known = "line" in problem and f"line {problem['line']}," not in str(problem["detail"])
    place = f" (line {problem['line']}, column {problem['column']})" if known else ""
    lines = [f"{problem['status']} {problem['title']}", f"{problem['detail']}{place}"]
    lines += [str(problem[key]) for key in ("excerpt", "suggestion") if problem.get(key)]
    return "\n".join(lines) + "\n"


def as_json(problem: Problem) -> bytes:
    """The problem as the body of an ``application/problem+json`` answer."""
    return json.dumps(problem, ensure_ascii=False).encode("utf-8", "replace")


def _problem(title: str, status: HTTPStatus, detail: str) -> Problem:
    return {"type": "about:blank", "title": title, "status": status.value, "detail": detail}


def _place(error: ProjectError) -> Problem:
    """Where a query is at fault and what may mend it."""
    if not isinstance(error, QueryError):
        return {}
    found: Problem = {"line": error.line, "column": error.column} if error.line else {}
    for name in ("excerpt", "suggestion", "repair"):
        if text := getattr(error, name, ""):
            found[name] = text
    return found


def _of_http(error: HTTPException) -> tuple[Problem, Headers]:
    """An error that HTTP has a name for; failures of ours show no traceback."""
    status = HTTPStatus(error.code or 500)
    detail = OUR_FAULT if status == HTTPStatus.INTERNAL_SERVER_ERROR else error.description or ""
    kept = [(k, v) for k, v in error.get_headers() if k in ("Allow", "Retry-After")]
    return _problem(status.phrase, status, detail), kept
