"""Rate limit by cost: each client has so many seconds of work, which refill continuously."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from werkzeug.exceptions import TooManyRequests

from query_ui.engine.worker_time import read_worker_seconds
from query_ui.http.client_address import Network, find_client_name
from query_ui.http.negotiation import prefers_html
from query_ui.http.problem_details import FAILED_REQUEST_KEY, build_problem
from query_ui.http.request_limits import (
    COST_BY_ROUTE,
    DEFAULT_LIMITS,
    EXPENSIVE_PREFIXES,
    MIN_COST_SECONDS,
    RequestLimits,
)
from query_ui.http.response import Environ, StartResponse, send_problem

WsgiApp: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]

_MAX_CLIENTS = 10_000


class WorkRateLimiter:
    """The seconds of work that each client has left; thread-safe.

    A client may use ``limits.work_seconds_at_once`` at one time and
    ``limits.work_seconds_per_minute`` on average. Requests that run when the seconds are used up
    end normally, and leave a debt of at most as much again. ``clock`` returns seconds. Raise
    ValueError for limits that are no numbers of seconds above 0.
    """

    def __init__(
        self,
        limits: RequestLimits = DEFAULT_LIMITS,
        trusted_proxies: Sequence[Network] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        for seconds in (limits.work_seconds_per_minute, limits.work_seconds_at_once):
            if not 0 < seconds < math.inf:
                raise ValueError(
                    f"The work of a client is a number of seconds above 0, not {seconds:g}."
                )
        self._per_second = limits.work_seconds_per_minute / 60
        self._most = limits.work_seconds_at_once
        self.trusted_proxies = trusted_proxies
        self._clock = clock
        self._lock = threading.Lock()
        self._balance_by_client: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def find_client(self, environ: Environ) -> str:
        """Return the name under which the work of a request is counted."""
        return find_client_name(environ, self.trusted_proxies)

    def admit(self, client: str) -> None:
        """Raise TooManyRequests, with ``Retry-After``, where a client has no seconds left.

        https://www.rfc-editor.org/rfc/rfc6585#section-4
        """
        with self._lock:
            balance = self._read_balance(client)
        if balance > 0:
            return
        wait = max(1, math.ceil(-balance / self._per_second))
        raise TooManyRequests(
            f"The requests of {client} took more than {self._per_second * 60:g} seconds of work a "
            f"minute. Try again in {wait} s.",
            retry_after=wait,
        )

    def charge(self, client: str, seconds: float) -> None:
        """Take seconds of work from those of a client."""
        with self._lock:
            left = max(-self._most, self._read_balance(client) - seconds)
            self._balance_by_client[client] = left, self._clock()
            self._balance_by_client.move_to_end(client)
            if len(self._balance_by_client) > _MAX_CLIENTS:
                self._balance_by_client.popitem(last=False)  # the client seen least recently

    def _read_balance(self, client: str) -> float:
        now = self._clock()
        left, before = self._balance_by_client.get(client, (self._most, now))
        return min(self._most, left + (now - before) * self._per_second)


class WorkRateMiddleware:
    """A WSGI application that refuses expensive requests of clients without seconds left.

    ``pages`` answers refused requests that want a page. The cost of a request is the processor time
    of its thread and of the worker processes that ran its queries.
    """

    def __init__(self, app: WsgiApp, pages: WsgiApp, limiter: WorkRateLimiter) -> None:
        self._app = app
        self._pages = pages
        self._limiter = limiter

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if not path.startswith(EXPENSIVE_PREFIXES) or method == "OPTIONS":
            return self._app(environ, start_response)
        client = self._limiter.find_client(environ)
        try:
            self._limiter.admit(client)
        except TooManyRequests as error:
            if not prefers_html(environ.get("HTTP_ACCEPT", "")):
                return send_problem(environ, start_response, *build_problem(error))
            environ[FAILED_REQUEST_KEY] = error
            return self._pages(environ, start_response)
        before = read_work_seconds()
        try:
            return self._app(environ, start_response)
        finally:
            least = COST_BY_ROUTE.get((method, path), MIN_COST_SECONDS)
            self._limiter.charge(client, max(least, read_work_seconds() - before))


def read_work_seconds() -> float:
    """Return the seconds of work for the current thread, in it and in worker processes."""
    return time.thread_time() + read_worker_seconds()
