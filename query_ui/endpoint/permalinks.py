"""Views that create permalinks of queries and redirect from them."""

from typing import cast
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request
from werkzeug.exceptions import BadRequest, NotFound, RequestEntityTooLarge, ServiceUnavailable

from query_ui.endpoint.permalink_store import MAX_TEXT_CHARACTERS, PermalinkStore

blueprint = Blueprint("permalinks", __name__, url_prefix="/q")

PERMALINKS_EXTENSION = "concordat-kg-permalinks"
QUERY_FIELDS = ("query", "default-graph-uri", "named-graph-uri")


@blueprint.post("", endpoint="made")
def create_permalink() -> Response:
    """Create a permalink for the query and dataset of a form; the same query has the same one."""
    pairs = [
        (name, value) for name in QUERY_FIELDS for value in request.form.getlist(name) if value
    ]
    queries = [value.replace("\r\n", "\n") for name, value in pairs if name == "query"]
    if len(queries) != 1:
        raise BadRequest(f"Send one query to get its short address: here are {len(queries)}.")
    text = urlencode([("query", queries[0]), *pairs[1:]])
    if len(text) > MAX_TEXT_CHARACTERS:
        raise RequestEntityTooLarge(
            f"The query takes {len(text):,} characters of an address; a short address keeps up to "
            f"{MAX_TEXT_CHARACTERS:,}. Save it as a file instead."
        )
    return build_permalink_response(f"/q/{store_permalink(text)}")


@blueprint.get("/<short>", endpoint="followed")
def follow_permalink(short: str) -> Response:
    """Redirect from a permalink to its query and result."""
    text = current_permalink_store().find_text(short)
    if text is None:
        raise NotFound(f"No query has the short address /q/{short}. Was it copied whole?")
    return cast(Response, redirect(f"/sparql?{text}", 303))


def store_permalink(text: str) -> str:
    """Store the fields of a query, URL-encoded, and return the identifier of the permalink.

    Raise ServiceUnavailable if it cannot be written.
    """
    try:
        return current_permalink_store().store_text(text)
    except OSError as error:
        raise ServiceUnavailable(
            f"No short address could be made: {error.strerror}. The long address of the query "
            "works as it is."
        ) from error


def current_permalink_store() -> PermalinkStore:
    """Return the permalink store of the current application."""
    return cast(PermalinkStore, current_app.extensions[PERMALINKS_EXTENSION])


def build_permalink_response(path: str) -> Response:
    """Build the response 201 with the path, as JSON or as a page with a link to copy."""
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        address = request.host_url.rstrip("/") + path
        response = Response(render_template("permalink.html", address=address, path=path))
    else:
        response = jsonify({"path": path})
    response.status_code = 201
    response.headers["Location"] = path
    return response
