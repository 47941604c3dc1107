"""Error handlers of Flask: problem documents as JSON, HTML or plain text.

https://www.rfc-editor.org/rfc/rfc9457#section-3
"""

from collections.abc import Sequence

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from loader.errors import BadValue, ProjectError
from query_ui.graph.urls import Link, encode_fields
from query_ui.http.content_security import render_scripted_page
from query_ui.http.problem_details import (
    FAILED_REQUEST_KEY,
    PROBLEM_MEDIA_TYPE,
    ProblemDetails,
    build_problem,
    format_problem_text,
    serialise_problem,
)
from query_ui.http.request_input import check_request_text, check_utf8
from query_ui.http.task_gate import begin_task

PROBLEM_MEDIA_TYPES = (
    PROBLEM_MEDIA_TYPE,
    "application/json",
    "text/html",
    "application/xhtml+xml",
    "text/plain",
)


def register_error_handlers(app: Flask) -> None:
    """Register handlers that return every ProjectError and HTTPException as a problem."""
    app.before_request(prepare_request)
    app.register_error_handler(ProjectError, build_error_response)
    app.register_error_handler(HTTPException, build_error_response)


def prepare_request() -> None:
    """Check a request, and begin its task, before anything reads it.

    Raise the error that middleware left in the WSGI environment, so that it gets a page;
    UsageError for text that is not UTF-8 or has control characters; what ``begin_task`` raises.
    """
    error = request.environ.get(FAILED_REQUEST_KEY)
    if error is not None:
        raise error
    check_utf8(request.query_string)
    begin_task()
    check_request_text()


def build_error_response(error: ProjectError | HTTPException) -> Response:
    """Return the response to an error, with the headers that belong to it."""
    problem, headers = build_problem(error)
    response = render_problem(problem, list_corrections(error))
    response.headers.extend(headers)
    return response


def list_corrections(error: Exception) -> list[Link]:
    """Return the address of the request with each value that resembles the invalid one."""
    if not isinstance(error, BadValue):
        return []
    fields = [*request.args.items(multi=True)]
    if error.text not in dict.fromkeys(text for _, text in fields):
        return []

    def correct(value: str) -> str:
        changed = ((name, value if text == error.text else text) for name, text in fields)
        return f"{request.path}?{encode_fields(changed)}"

    return [Link(value, correct(value)) for value in error.near]


def render_problem(problem: ProblemDetails, corrections: Sequence[Link] = ()) -> Response:
    """Return a problem in the format negotiated by Accept; JSON is the default.

    A page has links to ``corrections`` of the address.
    """
    status = int(problem["status"])
    shape = request.accept_mimetypes.best_match(PROBLEM_MEDIA_TYPES, PROBLEM_MEDIA_TYPE)
    if shape in ("text/html", "application/xhtml+xml"):
        query = read_failed_query()
        if query:
            return render_scripted_page("problem.html", status, problem=problem, query=query)
        page = render_template("problem.html", problem=problem, corrections=corrections)
        return Response(page, status, content_type="text/html; charset=utf-8")
    if shape == "text/plain":
        return Response(
            format_problem_text(problem), status, content_type="text/plain; charset=utf-8"
        )
    return Response(serialise_problem(problem), status, content_type=PROBLEM_MEDIA_TYPE)


def read_failed_query() -> str:
    """Return the SPARQL query of the failed request, so that the page can show it for correction.

    Return "" for other requests and for a body that is too large or cannot be decoded.
    """
    if request.path not in ("/sparql", "/sparql/"):
        return ""
    try:
        if request.mimetype == "application/sparql-query":
            return request.get_data().decode("utf-8", "replace")
        return request.values.get("query", "")
    except (UnicodeDecodeError, RequestEntityTooLarge):
        return ""
