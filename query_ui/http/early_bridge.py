"""The ASGI application that sends small queries to idle workers before any thread is taken.

It waits for a reply for some milliseconds, on the event loop. What has not come by then, or is no
small and complete result, goes on in a thread, which waits for the same worker.
"""

import asyncio
import select
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from query_ui.engine.protocol import EarlyQuery
from query_ui.http.request_log import EventLoopLog, RequestLine
from query_ui.http.wsgi_bridge import (
    EARLY_KEY,
    NOTES_KEY,
    AsgiApplication,
    AsgiHeaders,
    Receive,
    Scope,
    Send,
)

REPLY_SECONDS = 0.015
"""How long the event loop waits for a reply before a thread does: small queries take 1 to 5 ms."""
WORKER_SECONDS = 0.1
"""How long a request waits on the event loop for an idle worker before it waits in a thread."""
MAX_WAITING = 64
"""How many requests wait for a worker on the event loop; a thread refuses what is too many."""
IS_OFFERED = hasattr(select, "epoll")

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class EarlyResponse:
    """A complete response with status 200, with what the log says of it."""

    headers: AsgiHeaders
    body: bytes
    route: str
    release: str


class EarlyRequest(Protocol):
    """Interface of a request with a small query."""

    begun_at: float

    @property
    def worker_query(self) -> EarlyQuery | None:
        """The query as its engine knows it; None where no worker has it."""

    def send(self) -> int | None:
        """Send the query to an idle worker and return the descriptor of its reply, or None.

        Never waits.
        """

    def can_wait(self) -> bool:
        """Return whether all workers are busy, so that none has to be started."""

    def respond(self) -> EarlyResponse | None:
        """Return the response; None where a thread has to make it. Never waits."""

    def discard(self) -> None:
        """End the query, which nobody wants the result of; may take long."""


class EarlyReader(Protocol):
    """Interface of what reads requests."""

    def read(self, scope: Scope) -> EarlyRequest | None:
        """Return a request with a small query; None where a thread has to read it. Never waits."""

    def listen(self, listener: Callable[[], None], count_waiting: Callable[[], int]) -> None:
        """Let a function be called, from any thread, when a worker may be idle again.

        ``count_waiting`` returns, in any thread, how many requests wait for that.
        """


class EarlyBridge:
    """An ASGI application in front of that with the threads.

    Requests that find no idle worker wait for one in the order in which they came. Whatever has no
    reply ``REPLY_SECONDS`` after it was sent goes on in a thread, where it has all its limits.
    """

    def __init__(
        self,
        app: AsgiApplication,
        reader: EarlyReader,
        log: EventLoopLog,
    ) -> None:
        self._app = app
        self._reader = reader
        self._log = log
        self._replies = ReplyPoller()
        self._queue = WorkerQueue()
        reader.listen(self._queue.wake_from_thread, self._queue.count_waiting)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request."""
        request = self._reader.read(scope) if scope["type"] == "http" else None
        if request is None:
            await self._app(scope, receive, send)
            return
        try:
            response = await self._await_response(request)
            if response:
                await self._send(response, request, scope, send)
            else:
                query = request.worker_query or EarlyQuery(request.begun_at)
                scope.setdefault(NOTES_KEY, {})[EARLY_KEY] = query
                await self._app(scope, receive, send)
        finally:
            if request.worker_query and not request.worker_query.is_claimed:
                # To end a process and to start another takes long.
                asyncio.get_running_loop().run_in_executor(None, request.discard)

    async def _await_response(self, request: EarlyRequest) -> EarlyResponse | None:
        """Return the response, or None where it has not come in time or a thread has to make it."""
        descriptor = await self._queue.send(request, WORKER_SECONDS)
        if descriptor is None or not await self._replies.wait(descriptor, REPLY_SECONDS):
            return None
        return request.respond()

    async def _send(
        self, response: EarlyResponse, request: EarlyRequest, scope: Scope, send: Send
    ) -> None:
        notes = scope.setdefault(NOTES_KEY, {})
        notes["route"], notes["release"] = response.route, response.release
        line = RequestLine(scope["method"], response.route, 200, release=response.release)
        size, begun_at = len(response.body), request.begun_at
        with self._log.measure(scope, line, size, begun_at) as own_headers:
            await send(
                {
                    "type": "http.response.start",
                    "status": 200,
                    "headers": [*response.headers, *own_headers],
                }
            )
            await send({"type": "http.response.body", "body": response.body})


class WorkerQueue:
    """Requests on the event loop that wait for an idle worker, in the order in which they came."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[int | None], EarlyRequest] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(self, request: EarlyRequest, seconds: float) -> int | None:
        """Send a query and return the descriptor of its reply; None after so many seconds.

        None at once where too many wait already, or a worker has to be started.
        """
        if len(self._waiting) >= MAX_WAITING:
            return None
        self._loop = loop = asyncio.get_running_loop()
        turn: asyncio.Future[int | None] = loop.create_future()
        # Before the first try, or a worker that becomes idle meanwhile would go unnoticed.
        self._waiting[turn] = request
        timer = None
        try:
            self._wake()
            if not turn.done():
                if not request.can_wait():
                    return None
                timer = loop.call_later(seconds, resolve, turn, None)
            return await turn
        finally:
            self._waiting.pop(turn, None)
            if timer:
                timer.cancel()

    def count_waiting(self) -> int:
        """Return how many requests wait; may be called from any thread."""
        return len(self._waiting)

    def wake_from_thread(self) -> None:
        """Let the first request try again; may be called from any thread."""
        if self._waiting and self._loop:
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        """Send the queries of as many requests as there are idle workers."""
        for turn, request in list(self._waiting.items()):
            if turn.done():
                continue
            found = request.send()
            if found is None:
                return
            del self._waiting[turn]
            turn.set_result(found)


class ReplyPoller:
    """Waits on the event loop until descriptors are readable.

    The event loop's own ``add_reader`` would make them non-blocking, for threads as well.
    """

    def __init__(self) -> None:
        self._futures: dict[int, asyncio.Future[bool]] = {}
        self._poll: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def wait(self, descriptor: int, seconds: float) -> bool:
        """Return whether a descriptor is readable before so many seconds are over."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._poll = loop, select.epoll()
            loop.add_reader(self._poll.fileno(), self._wake)
        future: asyncio.Future[bool] = loop.create_future()
        self._futures[descriptor] = future
        self._watch(descriptor)
        timer = loop.call_later(seconds, resolve, future, False)
        try:
            return await future
        finally:
            timer.cancel()
            del self._futures[descriptor]

    def _watch(self, descriptor: int) -> None:
        once = select.EPOLLIN | select.EPOLLONESHOT
        try:
            self._poll.modify(descriptor, once)
        except FileNotFoundError:  # not seen before, or closed since
            self._poll.register(descriptor, once)

    def _wake(self) -> None:
        for descriptor, _ in self._poll.poll(0):
            future = self._futures.get(descriptor)
            if future:
                resolve(future, True)


def resolve(future: "asyncio.Future[_Value]", value: _Value) -> None:
    """Set the result of a future, unless it has one or was cancelled."""
    if not future.done():
        future.set_result(value)
