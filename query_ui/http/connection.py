"""A connection of the HTTP server, with bounds that uvicorn leaves to a proxy.

https://www.uvicorn.org/settings/#http
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

MAX_HEAD_BYTES = 256 * 1024
"""Largest head of a request; a query may be written into the address."""
HEAD_SECONDS = 20.0
"""How long a client may take to send the head of a request."""
MAX_CONNECTIONS = 4_000
_BUFFER_BYTES = 1024 * 1024
"""How much of a response is kept in memory for a client that reads slowly."""

WaitingConnections = dict["BoundedConnection", None]
"""The connections without a request in progress, those that wait longest first."""


class JoinedWrites:
    """The transport of one response, which sends its head with the first part of its body.

    Alone, the head would be a packet of its own and wake the client for nothing. The application
    has the first part when it sends the head, so this delays nothing.
    """

    def __init__(self, transport: asyncio.Transport, cycle: RequestResponseCycle) -> None:
        self._transport = transport
        self._cycle = cycle
        self._head: bytes | None = None
        self._end_response = cycle.on_response
        self.is_closing = transport.is_closing
        cycle.on_response = self._end

    def write(self, data: bytes) -> None:
        """Send bytes, or keep them where they are the head."""
        if self._head is None and self._cycle.response_started:
            self._head = data
        elif self._head:
            head, self._head = self._head, b""
            self._transport.writelines((head, data))
        else:
            self._transport.write(data)

    def close(self) -> None:
        """Send what is kept, and close the connection after it."""
        self._flush()
        self._transport.close()

    def _end(self) -> None:
        self._flush()
        self._end_response()

    def _flush(self) -> None:
        if self._head:
            self.write(b"")


class BoundedConnection(HttpToolsProtocol):
    """One connection; a slow or large head ends it, and so does a newcomer when there are too many.

    ``waiting`` is shared by all connections of a server. When there are more than
    ``max_connections``, the one that has waited longest without a request is closed, so that
    clients which only hold connections open keep nobody out.
    """

    def __init__(
        self, *args: Any, waiting: WaitingConnections, max_connections: int, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._waiting = waiting
        self._max_connections = max_connections
        self._is_reading_head = True
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See ``asyncio.BaseProtocol``."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=_BUFFER_BYTES)
        if len(self.connections) > self._max_connections and self._waiting:
            next(iter(self._waiting)).abort()
        self._waiting[self] = None
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """See ``asyncio.BaseProtocol``."""
        self._stop_timer()
        self._waiting.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; refuse a head that is too large."""
        if self._is_reading_head:
            self._head_bytes += len(data)
            self._start_timer()
        super().data_received(data)
        if self._is_reading_head and self._head_bytes > MAX_HEAD_BYTES:
            self._refuse_head()

    def on_headers_complete(self) -> None:
        """Begin the request, unless its head is too large."""
        self._is_reading_head = False
        self._head_bytes = 0
        self._stop_timer()
        if len(self.url) + sum(len(n) + len(v) for n, v in self.headers) > MAX_HEAD_BYTES:
            self._refuse_head()
            return
        self._waiting.pop(self, None)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Keep a part of the body, unless the request was refused."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Expect the next head after this request."""
        self._is_reading_head = True
        if not self.transport.is_closing():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        if not self.transport.is_closing() and not self._is_busy():
            self._waiting[self] = None

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """See ``HttpToolsProtocol``."""
        cycle.transport = JoinedWrites(self.transport, cycle)  # type: ignore[assignment]
        super()._start_asgi_task(cycle, app)

    def abort(self) -> None:
        """Close the connection at once."""
        self._waiting.pop(self, None)
        self.transport.abort()

    def _refuse_head(self) -> None:
        if not self.transport.is_closing():
            self.send_400_response(f"The head of a request may have {MAX_HEAD_BYTES} bytes.")

    def _start_timer(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._end_slow_head)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _end_slow_head(self) -> None:
        self._head_timer = None
        # The beginning of a next request may have come while the response to the last is sent.
        if self._is_busy():
            self._start_timer()
        elif not self.transport.is_closing():
            self.abort()

    def _is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete
