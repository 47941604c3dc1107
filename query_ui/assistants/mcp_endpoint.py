"""The routes for assistants: ``/mcp`` by streamable HTTP without sessions, and ``/llms.txt``.

Each message is one POST with one JSON response, so any process can answer any message.
https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#streamable-http
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, render_template, request
from werkzeug import exceptions

from query_ui.assistants.mcp_server import ExtraMissing, build_server
from query_ui.assistants.site_client import SiteClient
from query_ui.graph.help_pages import list_help_pages
from query_ui.graph.page_queries import current_graph
from query_ui.http.cache_headers import NOT_KEPT, STATE_KEY
from query_ui.http.rate_limit import WsgiApp
from query_ui.http.wsgi_bridge import CLIENT_GONE_KEY, NOTES_KEY

blueprint = Blueprint("assistants", __name__)

INNER_APP_EXTENSION = "concordat-kg-inner-app"
"""The key of the application to which tools send their requests: without log and rate limit,
which the outer request has already."""
_INHERITED = (
    *("REMOTE_ADDR", "SCRIPT_NAME", "HTTP_HOST", "wsgi.url_scheme", STATE_KEY),
    *(CLIENT_GONE_KEY, NOTES_KEY),
)


@blueprint.post("/mcp")
def exchange_message() -> Response:
    """Respond to one message; raise Forbidden for another origin, NotImplemented without the extra.

    Browsers send Origin, and pages of other sites may not use a server of the user's network.
    """
    check_origin(request.headers.get("Origin", ""), request.root_url)
    root = request.root_url.rstrip("/")
    environ = {key: request.environ[key] for key in _INHERITED if key in request.environ}
    inner = cast(WsgiApp, current_app.extensions[INNER_APP_EXTENSION])
    try:
        server = build_server(SiteClient(inner, root, environ), run_here)
    except ExtraMissing as error:
        raise exceptions.NotImplemented(str(error)) from error
    status, headers, body = asyncio.run(respond(server, request.get_data()))
    response = Response(body, status, mimetype=headers.get("content-type", "application/json"))
    response.headers["Cache-Control"] = NOT_KEPT
    return response


def check_origin(origin: str, root_url: str) -> None:
    """Raise Forbidden for an Origin that is not the site's own.

    https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#security-warning
    """
    site = urlsplit(root_url)
    if origin and origin != f"{site.scheme}://{site.netloc}":
        raise exceptions.Forbidden(f"Pages of {origin[:200]} may not send messages here.")


async def run_here(function: Callable[..., Any], *values: Any) -> Any:
    """Call a function in this thread, whose work is counted for the client."""
    return function(*values)


async def respond(server: Any, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of the response of the package to one message."""
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async with manager.run():
        await manager.handle_request(build_scope(), receive, send)
    head = next(one for one in sent if one["type"] == "http.response.start")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head["headers"]}
    return int(head["status"]), headers, b"".join(one.get("body", b"") for one in sent)


def build_scope() -> dict[str, Any]:
    """Build the ASGI scope of the current request.

    https://asgi.readthedocs.io/en/stable/specs/www.html#http-connection-scope
    """
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in request.headers.items()
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": request.scheme,
        "path": "/mcp",
        "raw_path": b"/mcp",
        "query_string": b"",
        "headers": headers,
        "client": None,
        "server": None,
    }


@blueprint.get("/llms.txt")
def llms_text() -> Response:
    """Return what the site offers to language models, as Markdown: https://llmstxt.org"""
    text = render_template(
        "llms.txt",
        root=request.root_url.rstrip("/"),
        guides=list_help_pages(),
        queries=sorted(current_graph().saved_queries.values(), key=lambda query: query.name),
    )
    return Response(text, content_type="text/plain; charset=utf-8")
