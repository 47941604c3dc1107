"""Small queries on the event loop: what is sent from there, and what a thread has to make."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from query_ui.engine.protocol import EarlyQuery
from query_ui.http import early_bridge
from query_ui.http.early_bridge import EarlyBridge, EarlyResponse, ReplyPoller, WorkerQueue
from query_ui.http.request_log import EventLoopLog
from query_ui.http.request_metrics import RequestMetrics
from query_ui.http.wsgi_bridge import EARLY_KEY, NOTES_KEY, Receive, Scope, Send
from tests.query_ui.http.asgi_client import build_scope, respond

PATIENT = 600.0
"""Seconds after which a test fails that should not have waited."""
RESPONSE = EarlyResponse([(b"content-type", b"text/csv")], b"n\n1\n", "/sparql", "r1")

pytestmark = pytest.mark.skipif(not early_bridge.IS_OFFERED, reason="needs epoll")


class Threads:
    """The application behind: it claims the query, or not, and keeps what it was passed."""

    def __init__(self, does_claim: bool = True) -> None:
        self._does_claim = does_claim
        self.queries: list[EarlyQuery | None] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond ``from a thread``."""
        query = scope.get(NOTES_KEY, {}).get(EARLY_KEY)
        self.queries.append(query)
        if query:
            query.is_claimed = self._does_claim
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"from a thread"})


class Request:
    """A request whose reply comes through a pipe of the system."""

    begun_at = 12.0

    def __init__(self, idle: int = 1, is_busy: bool = True, has_reply: bool = True) -> None:
        self.worker_query: EarlyQuery | None = None
        self.idle, self.is_busy = idle, is_busy
        self.response: EarlyResponse | None = RESPONSE
        self.discards = 0
        self.reader, self.writer = os.pipe()
        if has_reply:
            os.write(self.writer, b"reply")

    def send(self) -> int | None:
        """Send the query, where a worker is idle."""
        if not self.idle:
            return None
        self.idle -= 1
        self.worker_query = EarlyQuery(self.begun_at)
        return self.reader

    def can_wait(self) -> bool:
        """Whether all workers are busy."""
        return self.is_busy

    def respond(self) -> EarlyResponse | None:
        """The response, or None."""
        if self.response and self.worker_query:
            self.worker_query.is_claimed = True
        return self.response

    def discard(self) -> None:
        """Count the call."""
        self.discards += 1


class Reader:
    """Gives out one request again and again."""

    def __init__(self, request: Request | None) -> None:
        self._request = request
        self.listener: Callable[[], None] = lambda: None
        self.count_waiting: Callable[[], int] = lambda: -1

    def read(self, scope: Scope) -> Request | None:
        """The request."""
        return self._request

    def listen(self, listener: Callable[[], None], count_waiting: Callable[[], int]) -> None:
        """Keep the listener."""
        self.listener, self.count_waiting = listener, count_waiting


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a reply and a worker come as late as they may on a busy machine."""
    monkeypatch.setattr(early_bridge, "REPLY_SECONDS", PATIENT)
    monkeypatch.setattr(early_bridge, "WORKER_SECONDS", PATIENT)


@pytest.fixture
def impatience(monkeypatch: pytest.MonkeyPatch, patience: None) -> None:
    """Let no reply come in time."""
    monkeypatch.setattr(early_bridge, "REPLY_SECONDS", 0.01)


def ask(request: Request | None, threads: Threads) -> bytes:
    """The body of the response to a request."""
    log = EventLoopLog(RequestMetrics(CollectorRegistry()))
    bridge = EarlyBridge(threads, Reader(request), log)
    response = respond(bridge, build_scope("/sparql?query=ASK{}"))
    assert response.status == 200
    return response.body


def test_a_reply_that_has_come_is_sent_without_a_thread() -> None:
    request, threads = Request(), Threads()
    assert ask(request, threads) == RESPONSE.body
    assert (threads.queries, request.discards) == ([], 0)


def test_the_response_says_what_the_cache_keeps_of_it() -> None:
    scope = build_scope("/sparql?query=ASK{}")
    log = EventLoopLog(RequestMetrics(CollectorRegistry()))
    found = respond(EarlyBridge(Threads(), Reader(Request()), log), scope)
    assert scope[NOTES_KEY] == {"route": "/sparql", "release": "r1"}
    assert found.headers["content-type"] == "text/csv"
    assert len(found.headers["x-request-id"]) == 16


def test_a_request_that_is_not_plain_goes_to_a_thread() -> None:
    threads = Threads()
    assert ask(None, threads) == b"from a thread"
    assert threads.queries == [None]


def test_a_worker_that_has_to_be_started_is_started_by_a_thread_at_once() -> None:
    request, threads = Request(idle=0, is_busy=False), Threads()
    assert ask(request, threads) == b"from a thread"
    (query,) = threads.queries
    assert query
    assert (query.begun_at, type(query), request.discards) == (12.0, EarlyQuery, 0)


@pytest.mark.usefixtures("impatience")
def test_a_reply_that_does_not_come_in_time_is_awaited_by_a_thread() -> None:
    request, threads = Request(has_reply=False), Threads()
    assert ask(request, threads) == b"from a thread"
    assert threads.queries == [request.worker_query]
    assert threads.queries != [None]
    assert request.discards == 0


def test_a_reply_that_is_no_small_result_is_read_by_a_thread() -> None:
    request, threads = Request(), Threads()
    request.response = None
    assert ask(request, threads) == b"from a thread"
    assert threads.queries == [request.worker_query]


@pytest.mark.usefixtures("impatience")
def test_a_query_that_no_thread_claims_is_ended() -> None:
    request = Request(has_reply=False)
    assert ask(request, Threads(does_claim=False)) == b"from a thread"
    assert request.discards == 1


def test_the_engine_can_count_the_requests_that_wait() -> None:
    reader = Reader(Request(idle=0))
    bridge = EarlyBridge(Threads(), reader, EventLoopLog(RequestMetrics(CollectorRegistry())))
    scope = build_scope("/sparql?query=ASK{}")

    async def wait() -> None:
        task = asyncio.create_task(bridge(scope, never, never))
        await asyncio.sleep(0)
        assert reader.count_waiting() == 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert reader.count_waiting() == 0

    run(wait())


async def never(*_: Any) -> Any:
    """Stand for what a request that only waits does not call."""
    raise AssertionError("nothing is received or sent")


def test_a_query_is_ended_where_its_request_is_cancelled() -> None:
    request = Request(has_reply=False)
    log = EventLoopLog(RequestMetrics(CollectorRegistry()))
    bridge = EarlyBridge(Threads(), Reader(request), log)

    async def cancel() -> None:
        never: Any = asyncio.Event().wait
        task = asyncio.create_task(bridge(build_scope("/sparql"), never, never))
        while request.worker_query is None:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())  # waits for the thread that ends the query
    assert request.discards == 1


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine, for at most ``PATIENT`` seconds."""
    asyncio.run(asyncio.wait_for(work, PATIENT))


def test_requests_get_workers_in_the_order_in_which_they_came() -> None:
    async def wait() -> None:
        queue, order = WorkerQueue(), list[int]()
        requests = [Request(idle=0) for _ in range(3)]

        async def send(number: int) -> None:
            assert await queue.send(requests[number], PATIENT) == requests[number].reader
            order.append(number)

        tasks = [asyncio.create_task(send(number)) for number in range(3)]
        await asyncio.sleep(0)
        for request in requests:
            request.idle = 1
        requests[2].idle = 0
        queue.wake_from_thread()
        await asyncio.gather(*tasks[:2])
        assert order == [0, 1]
        requests[2].idle = 1
        queue.wake_from_thread()
        await tasks[2]
        assert order == [0, 1, 2]

    run(wait())


def test_a_newcomer_waits_behind_those_who_wait() -> None:
    async def wait() -> None:
        queue = WorkerQueue()
        first, second = Request(idle=0), Request(idle=1)
        tasks = [asyncio.create_task(queue.send(one, PATIENT)) for one in (first, second)]
        await asyncio.sleep(0)
        assert second.worker_query is None
        first.idle = 1
        queue.wake_from_thread()
        assert await asyncio.gather(*tasks) == [first.reader, second.reader]

    run(wait())


def test_who_waits_too_long_for_a_worker_goes_to_a_thread() -> None:
    async def wait() -> None:
        queue, request = WorkerQueue(), Request(idle=0)
        assert await queue.send(request, 0.01) is None
        request.idle = 1
        queue.wake_from_thread()
        await asyncio.sleep(0)
        assert request.worker_query is None  # nobody would have the reply

    run(wait())


def test_no_worker_is_taken_for_who_has_just_given_up() -> None:
    async def wait() -> None:
        queue, request = WorkerQueue(), Request(idle=0)
        task = asyncio.create_task(queue.send(request, PATIENT))
        await asyncio.sleep(0)
        assert queue.count_waiting() == 1
        (turn,) = queue._waiting
        turn.set_result(None)
        request.idle = 1
        queue._wake()
        assert (await task, request.worker_query, queue.count_waiting()) == (None, None, 0)

    run(wait())


def test_no_more_wait_than_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(early_bridge, "MAX_WAITING", 1)

    async def wait() -> None:
        queue = WorkerQueue()
        first = asyncio.create_task(queue.send(Request(idle=0), PATIENT))
        await asyncio.sleep(0)
        assert await queue.send(Request(idle=1), PATIENT) is None
        first.cancel()

    run(wait())


def test_a_descriptor_is_awaited_again_and_again_and_stays_blocking() -> None:
    async def wait() -> None:
        poller, (reader, writer) = ReplyPoller(), os.pipe()
        for _ in range(3):
            assert not await poller.wait(reader, 0.01)
            os.write(writer, b"x")
            assert await poller.wait(reader, PATIENT)
            assert os.read(reader, 10) == b"x"
        assert os.get_blocking(reader)
        os.close(writer)
        assert await poller.wait(reader, PATIENT)  # its end is something to read, too
        os.close(reader)

    run(wait())


def test_a_descriptor_that_was_closed_may_come_back_as_another() -> None:
    async def wait() -> None:
        poller = ReplyPoller()
        for _ in range(3):
            reader, writer = os.pipe()
            os.write(writer, b"x")
            assert await poller.wait(reader, PATIENT)
            os.close(reader)
            os.close(writer)

    run(wait())
