"""Problem documents, the body of every error, and the HTTP status of each exception.

https://www.rfc-editor.org/rfc/rfc9457
"""

import json
from http import HTTPStatus

from werkzeug.exceptions import HTTPException, NotFound, RequestEntityTooLarge, TooManyRequests

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
    ReleaseChanged,
    RequestTooLarge,
    ServerBusy,
    UsageError,
)
from query_ui.http.request_record import current_request_id, note_refusal

STATUS_BY_ERROR: tuple[tuple[type[ProjectError], HTTPStatus], ...] = (
    (QueueFull, HTTPStatus.SERVICE_UNAVAILABLE),
    (ServerBusy, HTTPStatus.SERVICE_UNAVAILABLE),
    (ReleaseChanged, HTTPStatus.SERVICE_UNAVAILABLE),
    (RequestTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
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
STATUS_BY_LIMIT = {
    Limit.TIME: HTTPStatus.GATEWAY_TIMEOUT,
    Limit.MEMORY: HTTPStatus.SERVICE_UNAVAILABLE,
    Limit.SIZE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Limit.DISK: HTTPStatus.INSUFFICIENT_STORAGE,
    Limit.PROCESS: HTTPStatus.SERVICE_UNAVAILABLE,
}
TITLE_BY_ERROR: dict[type[ProjectError], str] = {
    QueueFull: "Too many queries are waiting",
    ServerBusy: "The server has no time for this request",
    ReleaseChanged: "The release has changed",
    RequestTooLarge: "The request holds too much",
    QueryTooLarge: "The query is too long",
    QueryStopped: "The query was stopped",
    QueryRefused: "The query is not allowed here",
    EndpointError: "The remote endpoint did not answer as it should",
    QueryError: "The query could not be read",
    BadValue: "A value does not fit",
    NotOffered: "There is no such format of this answer",
    UsageError: "The request is not valid",
    BuildError: "There is no release to ask",
    BrokenQuery: "The file of this saved query is broken",
    DataError: "The data is at fault",
}
REFUSAL_BY_ERROR: tuple[tuple[type[ProjectError | HTTPException], str], ...] = (
    (QueueFull, "queue"),
    (ServerBusy, "tasks"),
    (TooManyRequests, "rate"),
    (RequestTooLarge, "size"),
    (QueryTooLarge, "size"),
    (RequestEntityTooLarge, "size"),
    (BuildError, "no_release"),
    (ReleaseChanged, "no_release"),
)
"""Why a request was not begun, for the metrics; errors that are not listed are no refusals."""
NO_PAGE_DETAIL = "There is nothing at this address. Check its spelling, or search for its subject."
SERVER_ERROR_DETAIL = (
    "The fault is on this side, not in what you asked; it has been written to the log."
)
PROBLEM_MEDIA_TYPE = "application/problem+json"
FAILED_REQUEST_KEY = "concordat_kg.failed"
"""The key of the WSGI environment for an error raised before the request reaches the pages."""

ProblemDetails = dict[str, str | int | float]
Headers = list[tuple[str, str]]


def build_problem(error: ProjectError | HTTPException) -> tuple[ProblemDetails, Headers]:
    """Return the problem document of an error, and the headers that belong to it.

    Note in the record of the request why it was refused.
    """
    for refused, reason in REFUSAL_BY_ERROR:
        if isinstance(error, refused):
            note_refusal(reason)
    if isinstance(error, HTTPException):
        return _build_http_problem(error)
    kind, status = next((k, s) for k, s in STATUS_BY_ERROR if isinstance(error, k))
    headers: Headers = []
    more: ProblemDetails = {}
    if isinstance(error, QueryStopped):
        status = STATUS_BY_LIMIT[error.limit]
        more = {"limit": error.limit.value, "seconds": round(error.seconds, 2)}
    elif isinstance(error, QueueFull | ServerBusy | ReleaseChanged):
        headers.append(("Retry-After", str(error.retry)))
    return _build_basic_problem(
        TITLE_BY_ERROR[kind], status, str(error)
    ) | more | _build_error_position(error), headers


def format_problem_text(problem: ProblemDetails) -> str:
    """Format a problem as a few lines of text, with the position in the query where known."""
    known = "line" in problem and f"line {problem['line']}," not in str(problem["detail"])
    place = f" (line {problem['line']}, column {problem['column']})" if known else ""
    lines = [f"{problem['status']} {problem['title']}", f"{problem['detail']}{place}"]
    lines += [str(problem[key]) for key in ("excerpt", "suggestion") if problem.get(key)]
    lines += [f"Request {problem['request_id']}"] if "request_id" in problem else []
    return "\n".join(lines) + "\n"


def serialise_problem(problem: ProblemDetails) -> bytes:
    """Serialise a problem as the body of an ``application/problem+json`` response."""
    return json.dumps(problem, ensure_ascii=False).encode("utf-8", "replace")


def _build_basic_problem(title: str, status: HTTPStatus, detail: str) -> ProblemDetails:
    """Return the members of every problem; a server error names the request in the log."""
    basic: ProblemDetails = {
        "type": "about:blank",
        "title": title,
        "status": status.value,
        "detail": detail,
    }
    request_id = current_request_id()
    return basic | ({"request_id": request_id} if request_id and status >= 500 else {})


def _build_error_position(error: ProjectError) -> ProblemDetails:
    """Return the position of an error in a query, with excerpt and proposed repair."""
    if not isinstance(error, QueryError):
        return {}
    found: ProblemDetails = {"line": error.line, "column": error.column} if error.line else {}
    for name in ("excerpt", "suggestion", "repair"):
        if text := getattr(error, name, ""):
            found[name] = text
    return found


def _build_http_problem(error: HTTPException) -> tuple[ProblemDetails, Headers]:
    """Return the problem document of an HTTP error; an internal one reveals no details."""
    status = HTTPStatus(error.code or 500)
    detail = error.description or ""
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        detail = SERVER_ERROR_DETAIL
    elif detail == NotFound.description:
        detail = NO_PAGE_DETAIL
    kept = [(k, v) for k, v in error.get_headers() if k in ("Allow", "Retry-After")]
    return _build_basic_problem(status.phrase, status, detail), kept
