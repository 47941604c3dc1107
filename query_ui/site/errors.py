"""Errors on their way out of Flask: as a page, as a problem document or as text."""

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from loader.errors import ProjectError, UsageError
from query_ui.http.content_security import render_scripted_page
from query_ui.http.problem_details import (
    FAILED_REQUEST_KEY,
    PROBLEM_MEDIA_TYPE,
    ProblemDetails,
    build_problem,
    format_problem_text,
    serialise_problem,
)

PROBLEM_MEDIA_TYPES = (
    PROBLEM_MEDIA_TYPE,
    "application/json",
    "text/html",
    "application/xhtml+xml",
    "text/plain",
)


def register_error_handlers(app: Flask) -> None:
    """Let the app answer every error of the project, of HTTP and of ours with a problem."""
    app.before_request(raise_deferred_error)
    app.register_error_handler(ProjectError, build_error_response)
    app.register_error_handler(HTTPException, build_error_response)


def raise_deferred_error() -> None:
    """Raise what was found before Flask was asked, so that a person sees it on a page.

    UsageError where the address is not UTF-8, since no page could read it.
    """
    error = request.environ.get(FAILED_REQUEST_KEY)
    if error is not None:
        raise error
    try:
        request.query_string.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise UsageError("The address holds bytes that are not UTF-8.") from wrong


def build_error_response(error: ProjectError | HTTPException) -> Response:
    """The problem as JSON, or as a page or plain text where Accept likes that better."""
    problem, headers = build_problem(error)
    response = render_problem(problem)
    response.headers.extend(headers)
    return response


def render_problem(problem: ProblemDetails) -> Response:
    """A problem in the shape that Accept likes best."""
    status = int(problem["status"])
    shape = request.accept_mimetypes.best_match(PROBLEM_MEDIA_TYPES, PROBLEM_MEDIA_TYPE)
    if shape in ("text/html", "application/xhtml+xml"):
        query = read_failed_query()
        if query:
            return render_scripted_page("problem.html", status, problem=problem, query=query)
        page = render_template("problem.html", problem=problem)
        return Response(page, status, content_type="text/html; charset=utf-8")
    if shape == "text/plain":
        return Response(
            format_problem_text(problem), status, content_type="text/plain; charset=utf-8"
        )
    return Response(serialise_problem(problem), status, content_type=PROBLEM_MEDIA_TYPE)


def read_failed_query() -> str:
    """The query that the request was about, to be shown again and mended.

    "" for other requests, and for what is too large or cannot be read.
    """
    if request.path not in ("/sparql", "/sparql/"):
        return ""
    try:
        if request.mimetype == "application/sparql-query":
            return request.get_data().decode("utf-8", "replace")
        return request.values.get("query", "")
    except (UnicodeDecodeError, RequestEntityTooLarge):
        return ""
