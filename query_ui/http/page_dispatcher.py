"""The WSGI application that passes pages on to processes beside the server.

https://peps.python.org/pep-3333/
"""

from collections.abc import Iterable

from flask import Flask
from prometheus_client import CollectorRegistry

from query_ui.engine.worker_time import add_worker_seconds
from query_ui.http.cache_headers import STATE_KEY
from query_ui.http.negotiation import prefers_html
from query_ui.http.page_pool import PagePool
from query_ui.http.page_process import PageRequest
from query_ui.http.public_address import PUBLIC_ROOT_KEY
from query_ui.http.rate_limit import WsgiApp
from query_ui.http.response import Environ, StartResponse
from query_ui.http.wsgi_bridge import CLIENT_GONE_KEY, NOTES_KEY

PAGE_BLUEPRINTS = frozenset(
    (
        *("home", "case_studies", "initiatives", "organisations", "records", "concepts"),
        *("graphs", "things", "coverage", "search", "compare", "due_dates", "ask"),
    )
)
"""Blueprints whose pages depend on release and request alone, and ask no user's query."""
_OWN_PREFIX = "concordat_kg."
_KNOWN_KEYS = frozenset((NOTES_KEY, CLIENT_GONE_KEY, STATE_KEY, PUBLIC_ROOT_KEY))
"""What this program notes in any environment; more makes a request special."""


class PageDispatcher:
    """A WSGI application that has pages made in a process of ``pool``, where one has room.

    ``app`` makes all other responses, and every page that no process has made. ``routes`` are the
    templates of the routes of pages.
    """

    def __init__(self, app: WsgiApp, pool: PagePool, routes: frozenset[str]) -> None:
        self._app = app
        self._pool = pool
        self._routes = routes

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Respond to a request."""
        if not self._is_page(environ):
            return self._app(environ, start_response)
        with self._pool.make_page(build_page_request(environ)) as reply:
            if reply is None:
                return self._app(environ, start_response)
        status, headers, body, seconds = reply
        add_worker_seconds(seconds)
        start_response(status, headers)
        return [body]

    def _is_page(self, environ: Environ) -> bool:
        """Return whether a request is for a page of the current release, with nothing special."""
        return (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and environ.get(NOTES_KEY, {}).get("route") in self._routes
            and prefers_html(environ.get("HTTP_ACCEPT", ""))
            and environ.get("CONTENT_LENGTH", "0") in ("", "0")
            and environ.get(STATE_KEY) is not None
            and not any(key.startswith(_OWN_PREFIX) and key not in _KNOWN_KEYS for key in environ)
        )


def build_page_request(environ: Environ) -> PageRequest:
    """Build what a process needs of the environment of a request for a page."""
    texts = {key: value for key, value in environ.items() if isinstance(value, str)}
    return texts, environ[STATE_KEY], environ[NOTES_KEY].get("release", "")


def put_dispatcher_first(
    app: Flask, pool: PagePool | None, version: str, registry: CollectorRegistry
) -> WsgiApp:
    """Return the dispatcher before an application, or the application itself without a pool.

    The processes have to run that version of it. The metrics of the pool are added to ``registry``.
    """
    if pool is None:
        return app.wsgi_app
    pool.version = version
    registry.register(pool)
    return PageDispatcher(app.wsgi_app, pool, find_page_routes(app))


def find_page_routes(app: Flask) -> frozenset[str]:
    """Find the templates of the routes of pages; one with a dot is of a file to download."""
    return frozenset(
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in PAGE_BLUEPRINTS and "." not in rule.rule
    )
