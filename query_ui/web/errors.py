"""The only table from exceptions to HTTP statuses, and the one shape that every error has.

Errors are problem documents: https://www.rfc-editor.org/rfc/rfc9457
"""

import json
from http import HTTPStatus
from typing import cast

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from loader.errors import (
    BuildError,
    DataError,
    EndpointError,
    ProjectError,
    QueryError,
    QueryRefused,
    QueryStopped,
    UsageError,
)

STATUS: tuple[tuple[type[ProjectError], HTTPStatus], ...] = (
    (QueryStopped, HTTPStatus.GATEWAY_TIMEOUT),
    (QueryRefused, HTTPStatus.FORBIDDEN),
    (EndpointError, HTTPStatus.BAD_GATEWAY),
    (QueryError, HTTPStatus.BAD_REQUEST),
    (UsageError, HTTPStatus.BAD_REQUEST),
    (BuildError, HTTPStatus.SERVICE_UNAVAILABLE),
    (DataError, HTTPStatus.INTERNAL_SERVER_ERROR),
)
TITLES: dict[type[ProjectError], str] = {
    QueryStopped: "The query was stopped",
    QueryRefused: "The query is not allowed here",
    EndpointError: "The remote endpoint did not answer as it should",
    QueryError: "The query could not be read",
    UsageError: "This cannot be asked",
    BuildError: "There is no release to ask",
    DataError: "The data is at fault",
}
OUR_FAULT = "The fault is on this side, not in what you asked; it has been written to the log."
PROBLEM = "application/problem+json"
SHAPES = (PROBLEM, "application/json", "text/html", "application/xhtml+xml", "text/plain")

Problem = dict[str, str | int]


def register(app: Flask) -> None:
    """Let the app answer every error of the project, of HTTP and of ours with a problem."""
    app.register_error_handler(ProjectError, project_error)
    app.register_error_handler(HTTPException, http_error)


def project_error(error: ProjectError) -> Response:
    """A problem for an error that was raised on purpose."""
    kind, status = next((k, s) for k, s in STATUS if isinstance(error, k))
    problem: Problem = {
        "type": "about:blank",
        "title": TITLES[kind],
        "status": status.value,
        "detail": str(error),
    }
    if isinstance(error, QueryError) and error.line:
        problem |= {"line": error.line, "column": error.column}
    return respond(problem)


def http_error(error: HTTPException) -> Response:
    """A problem for an error that HTTP has a name for; failures of ours show no traceback."""
    status = HTTPStatus(error.code or 500)
    detail = OUR_FAULT if status == HTTPStatus.INTERNAL_SERVER_ERROR else error.description or ""
    response = respond(
        {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": detail,
        }
    )
    allowed = [(k, v) for k, v in error.get_headers() if k in ("Allow", "Retry-After")]
    response.headers.extend(allowed)
    return response


def respond(problem: Problem) -> Response:
    """The problem as JSON, or as a page or plain text where Accept likes that better."""
    status = cast(int, problem["status"])
    shape = request.accept_mimetypes.best_match(SHAPES, PROBLEM)
    if shape in ("text/html", "application/xhtml+xml"):
        page = render_template("problem.html", problem=problem, query=asked(status))
        return Response(page, status, content_type="text/html; charset=utf-8")
    if shape == "text/plain":
        return Response(plain(problem), status, content_type="text/plain; charset=utf-8")
    return Response(json.dumps(problem, ensure_ascii=False), status, content_type=PROBLEM)


def plain(problem: Problem) -> str:
    """The problem in two lines of text."""
    known = "line" in problem and f"line {problem['line']}," not in str(problem["detail"])
    place = f" (line {problem['line']}, column {problem['column']})" if known else ""
    return f"{problem['status']} {problem['title']}\n{problem['detail']}{place}\n"


def asked(status: int) -> str:
    """The query that the request was about, to be shown again and mended; "" for other requests."""
    if request.path != "/sparql" or status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return ""
    if request.mimetype == "application/sparql-query":
        return request.get_data().decode("utf-8", "replace")
    return request.values.get("query", "")
