"""The outermost WSGI application: it gives each request an identifier, a line of log and a metric.

A line has no value that a user sent: no query string, form, body, address or browser. It names the
route template, so that not even the path shows which entity somebody looked at.
"""

import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed
from werkzeug.routing import Map

from query_ui.engine.protocol import EarlyQuery
from query_ui.http.client_address import Network
from query_ui.http.problem_details import build_problem
from query_ui.http.rate_limit import WsgiApp
from query_ui.http.request_metrics import RequestMetrics
from query_ui.http.request_record import (
    REQUEST_ID_HEADER,
    RequestRecord,
    begin_record,
    end_record,
)
from query_ui.http.response import Environ, Headers, StartResponse, send_problem
from query_ui.http.wsgi_bridge import EARLY_KEY, NOTES_KEY, Scope

UNKNOWN_ROUTE = "(none)"
UNKNOWN_METHOD = "(other)"

_LOG = logging.getLogger("concordat_kg.request")
_METHODS = frozenset({"GET", "HEAD", "POST", "QUERY", "OPTIONS", "PUT", "DELETE", "PATCH"})


@dataclass(slots=True)
class RequestLine:
    """What the log says of one request; ``is_complete`` is false where the client left early."""

    method: str
    route: str
    status: int = 0
    milliseconds: float = 0.0
    bytes: int = 0
    is_complete: bool = False
    release: str = ""

    def to_fields(self) -> dict[str, object]:
        """Return the values by name; ``dataclasses.asdict`` takes ten times as long."""
        return {name: getattr(self, name) for name in self.__slots__}

    def __str__(self) -> str:
        return (
            f"{self.method} {self.route} {self.status} {self.milliseconds:.1f} ms "
            f"{self.bytes} bytes{'' if self.is_complete else ' cut'} release {self.release[:12]}"
        )


class RequestLogMiddleware:
    """Passes each request on to ``app``, and logs and counts it when its response is sent.

    ``find_route`` returns the route template for a path and a method. ``app`` notes the hash of the
    release that it used. An error that nothing else caught is logged with its traceback, and the
    client gets a problem document with the identifier alone.
    """

    def __init__(
        self,
        app: WsgiApp,
        find_route: Callable[[str, str], str],
        metrics: RequestMetrics,
        trusted_proxies: Sequence[Network] = (),
    ) -> None:
        self._app = app
        self._find_route = find_route
        self._metrics = metrics
        self._trusted_proxies = trusted_proxies

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        notes = environ.setdefault(NOTES_KEY, {})
        early: EarlyQuery | None = notes.get(EARLY_KEY)
        begun = early.begun_at if early else time.perf_counter()
        record = begin_record(environ, self._trusted_proxies)
        method = environ["REQUEST_METHOD"]
        route = self._find_route(environ["PATH_INFO"], method)
        line = RequestLine(method if method in _METHODS else UNKNOWN_METHOD, route)

        def start(status: str, headers: Headers, *exc_info: Any) -> Any:
            line.status = int(status[:3])
            line.bytes = int(dict(headers).get("Content-Length", 0))
            own = (REQUEST_ID_HEADER, record.request_id)
            return start_response(status, [*headers, own], *exc_info)

        notes["route"] = route
        try:
            body = self._app(environ, start)
        except Exception:
            _LOG.exception("The request failed: %s %s", line.method, line.route)
            # The application may have begun a response, which exc_info replaces (PEP 3333).
            restart = partial(_start_again, start, sys.exc_info()) if line.status else start
            body = send_problem(environ, restart, *build_problem(InternalServerError()))
        return _MeasuredBody(body, line, lambda: self._finish(line, record, begun, notes))

    def _finish(
        self, line: RequestLine, record: RequestRecord, begun: float, notes: dict[str, str]
    ) -> None:
        line.release = notes.get("release", "")
        _log_line(line, self._metrics, record, begun)


class EventLoopLog:
    """Logs and counts the responses that are sent without a thread, as those from one are."""

    def __init__(self, metrics: RequestMetrics, trusted_proxies: Sequence[Network] = ()) -> None:
        self._metrics = metrics
        self._trusted_proxies = trusted_proxies

    @contextmanager
    def measure(
        self, scope: Scope, line: RequestLine, size: int, begun: float
    ) -> Iterator[list[tuple[bytes, bytes]]]:
        """Log a ``with`` block as one request; yield the headers of its own.

        ``size`` is that of the body in bytes, ``begun`` when the request came.
        """
        sent = next((v.decode("latin-1") for n, v in scope["headers"] if n == b"x-request-id"), "")
        client = scope.get("client") or ("",)
        record = begin_record(
            {"HTTP_X_REQUEST_ID": sent, "REMOTE_ADDR": client[0]}, self._trusted_proxies
        )
        try:
            yield [(REQUEST_ID_HEADER.lower().encode(), record.request_id.encode())]
            line.bytes, line.is_complete = size, True
        finally:
            _log_line(line, self._metrics, record, begun)


def _log_line(
    line: RequestLine, metrics: RequestMetrics, record: RequestRecord, begun: float
) -> None:
    seconds = time.perf_counter() - begun
    metrics.count_request(line.route, line.status, seconds, record.refusal)
    if _LOG.isEnabledFor(logging.INFO):
        line.milliseconds = round(seconds * 1000, 1)
        _LOG.info("%s", line, extra={"fields": line.to_fields()})
    end_record()


class _MeasuredBody:
    """The body of a response: counts its bytes, and calls ``finish`` at its end or when closed."""

    def __init__(
        self, body: Iterable[bytes], line: RequestLine, finish: Callable[[], None]
    ) -> None:
        line.bytes = 0
        self._body = body
        self._line = line
        self._finish: Callable[[], None] | None = finish

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._body:
            self._line.bytes += len(chunk)
            yield chunk
        self._line.is_complete = True
        self._end()

    def close(self) -> None:
        """Close the body; the server calls this in any case."""
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            self._end()

    def _end(self) -> None:
        finish, self._finish = self._finish, None
        if finish:
            finish()


def _start_again(start: StartResponse, exc_info: Any, status: str, headers: Headers) -> Any:
    """Begin a response in the place of one whose headers have not been sent."""
    return start(status, headers, exc_info)


def build_route_finder(routes: Map) -> Callable[[str, str], str]:
    """Return a function that finds the route template of a path and method, as Flask would.

    A path that no route has is ``(none)``; a method that the route does not allow is no matter.
    """
    adapter = routes.bind("localhost")
    fixed = frozenset(rule.rule for rule in routes.iter_rules() if not rule.arguments)

    def find_route(path: str, method: str) -> str:
        if path in fixed:  # quicker, and most requests are for one of them
            return path
        path = path.encode("latin-1", "replace").decode("utf-8", "replace")  # PEP 3333
        try:
            return str(adapter.match(path, method, return_rule=True)[0].rule)
        except MethodNotAllowed as error:
            allowed = next(iter(error.valid_methods or ()), "GET")
            return str(adapter.match(path, allowed, return_rule=True)[0].rule)
        except HTTPException:  # redirects to a canonical address too
            return UNKNOWN_ROUTE

    return find_route
