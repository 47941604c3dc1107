"""The ASGI application that answers from the cache of responses, before any thread is taken."""

import time
from collections.abc import Callable, Hashable
from typing import Any

from query_ui.http.cache_headers import STATE_KEY
from query_ui.http.etag import has_matching_etag
from query_ui.http.request_log import EventLoopLog, RequestLine
from query_ui.http.response_cache import (
    KeptResponse,
    RequestKey,
    ResponseCache,
    build_kept_response,
    build_request_key,
)
from query_ui.http.wsgi_bridge import NOTES_KEY, AsgiApplication, Receive, Scope, Send

_SAFE_METHODS = ("GET", "HEAD")


class CachedBridge:
    """An ASGI application in front of another, whose reusable responses it keeps.

    ``find_state`` returns whatever responses depend on besides the request, or None where that is
    not known and nothing may be kept. A response is kept only where the state was the same before
    and after it was made. The application decides by headers what may be kept: see
    ``build_kept_response``.
    """

    def __init__(
        self,
        app: AsgiApplication,
        cache: ResponseCache,
        find_state: Callable[[], Hashable | None],
        log: EventLoopLog,
    ) -> None:
        self._app = app
        self._cache = cache
        self._find_state = find_state
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request, from the cache where that has the response."""
        key = None
        if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
            key = build_request_key(scope)
        state = self._find_state() if key else None
        if key is None or state is None:
            await self._app(scope, receive, send)
            return
        scope.setdefault(NOTES_KEY, {})[STATE_KEY] = state
        kept = self._cache.find(state, key)
        if kept:
            await self._send_kept(kept, scope, send)
        elif scope["method"] == "HEAD":
            await self._app(scope, receive, send)
        else:
            copy = _ResponseCopy(send, self._cache.max_response_bytes)
            await self._app(scope, receive, copy.send)
            self._keep(copy, scope, state, key)

    def _keep(self, copy: "_ResponseCopy", scope: Scope, state: Hashable, key: RequestKey) -> None:
        if not copy.is_complete or self._find_state() != state:
            return
        notes = scope.get(NOTES_KEY, {})
        response = build_kept_response(
            copy.headers, copy.body, notes.get("route", ""), notes.get("release", ""), key
        )
        if response:
            self._cache.keep(state, key, response)

    async def _send_kept(self, kept: KeptResponse, scope: Scope, send: Send) -> None:
        begun = time.perf_counter()
        known = next((v for name, v in scope["headers"] if name == b"if-none-match"), b"")
        is_known = bool(known) and has_matching_etag(known.decode("latin-1"), kept.etag)
        status = 304 if is_known else 200
        body = b"" if is_known or scope["method"] == "HEAD" else kept.body
        headers = kept.not_modified_headers if is_known else kept.headers
        line = RequestLine(scope["method"], kept.route, status, release=kept.release)
        with self._log.measure(scope, line, len(body), begun) as own_headers:
            await send(
                {
                    "type": "http.response.start",
                    "status": status,
                    "headers": [*headers, *own_headers],
                }
            )
            await send({"type": "http.response.body", "body": body})


class _ResponseCopy:
    """A ``send`` that also copies a response, as long as it may be kept."""

    def __init__(self, send: Send, max_bytes: int) -> None:
        self._send = send
        self._left = max_bytes
        self._parts: list[bytes] = []
        self.headers: list[tuple[bytes, bytes]] = []
        self.is_complete = False

    @property
    def body(self) -> bytes:
        """The bytes of the body."""
        return b"".join(self._parts)

    async def send(self, message: dict[str, Any]) -> None:
        """Send a message on, and copy it."""
        await self._send(message)
        if message["type"] == "http.response.start":
            if message["status"] == 200:
                self.headers = list(message["headers"])
        elif self.headers:
            part = message.get("body", b"")
            self._left -= len(part)
            if self._left < 0:
                self.headers, self._parts = [], []
                return
            self._parts.append(part)
            self.is_complete = not message.get("more_body", False)
