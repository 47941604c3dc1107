"""The bounds of a connection: a slow or large head, and too many that only wait."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from query_ui import server
from query_ui.http import connection
from query_ui.http.connection import MAX_HEAD_BYTES, JoinedWrites
from tests.query_ui.http.servers import connect, exchange, read_all, running_server

CLOSING = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """An application that always answers ``ok``."""
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


@pytest.mark.parametrize("begin", [b"", b"GET / HTTP/1.1\r\nHost: a\r\n"])
def test_a_head_that_does_not_come_ends_the_connection(
    begin: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.2)
    with running_server(answer) as port, connect(port) as slow:
        slow.sendall(begin)
        assert slow.recv(100) == b""


def test_a_second_head_that_does_not_come_ends_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.2)
    with running_server(answer) as port, connect(port) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert slow.recv(1000).endswith(b"ok")
        slow.sendall(b"GET / HTTP/1.1\r\n")
        assert slow.recv(100) == b""


def test_a_long_response_outlives_the_time_for_a_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.1)
    wait = threading.Event()

    def slow_answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        wait.wait(0.5)
        return answer(environ, start_response)

    with running_server(slow_answer) as port, connect(port) as client:
        # With the beginning of a next request, whose time runs while the first is answered.
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT")
        assert client.recv(1000).endswith(b"ok")


@pytest.mark.parametrize("size", [MAX_HEAD_BYTES + 1, 4 * MAX_HEAD_BYTES])
def test_a_large_head_is_refused(size: int) -> None:
    with running_server(answer) as port:
        with connect(port) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * size)
            assert client.recv(12) == b"HTTP/1.1 400"
        # One below the bound passes, and the server goes on.
        fits = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: %s\r\n\r\n"
        assert exchange(port, fits % (b"y" * (MAX_HEAD_BYTES - 1000))).endswith(b"ok")


def test_those_that_wait_longest_make_room_and_requests_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "MAX_CONNECTIONS", 3)
    begun, end = threading.Event(), threading.Event()

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/busy":
            begun.set()
            end.wait(60)
        return answer(environ, start_response)

    with running_server(app) as port, connect(port) as busy:
        busy.sendall(b"GET /busy HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert begun.wait(60)
        held = [connect(port) for _ in range(6)]
        try:
            assert exchange(port, CLOSING).endswith(b"ok")
            # At most two of those that wait are left beside the busy one; the first ones went.
            assert [c.recv(1) for c in held[:4]] == [b""] * 4
        finally:
            for c in held:
                c.close()
        end.set()
        assert read_all(busy).endswith(b"ok")


class Transport:
    """Keeps what is written to it, piece by piece."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.is_closing = self.written.clear

    def write(self, data: bytes) -> None:
        """Keep a piece."""
        self.written.append(data)

    def writelines(self, parts: Iterable[bytes]) -> None:
        """Keep several pieces as one."""
        self.written.append(b"".join(parts))

    def close(self) -> None:
        """Keep that it was closed."""
        self.written.append(b"closed")


class Cycle:
    """The state of a response, as uvicorn has it."""

    def __init__(self, transport: Transport) -> None:
        self.response_started = False
        self.on_response: Callable[[], None] = lambda: transport.write(b"ended")


def join_writes() -> tuple[JoinedWrites, Transport, Cycle]:
    """A transport for one response, that behind it, and the state of the response."""
    transport = Transport()
    cycle = Cycle(transport)
    return JoinedWrites(transport, cycle), transport, cycle  # type: ignore[arg-type]


def test_a_head_is_sent_with_the_first_part_of_the_body() -> None:
    joined, transport, cycle = join_writes()
    cycle.response_started = True
    joined.write(b"head ")
    assert transport.written == []
    for part in (b"one", b"two"):
        joined.write(part)
    cycle.on_response()
    assert transport.written == [b"head one", b"two", b"ended"]


def test_what_comes_before_the_head_is_sent_at_once() -> None:
    joined, transport, cycle = join_writes()
    joined.write(b"100 Continue")
    cycle.response_started = True
    joined.write(b"head ")
    joined.write(b"body")
    assert transport.written == [b"100 Continue", b"head body"]


@pytest.mark.parametrize("last", [b"ended", b"closed"])
def test_a_head_without_a_body_is_sent_before_the_end(last: bytes) -> None:
    joined, transport, cycle = join_writes()
    cycle.response_started = True
    joined.write(b"head")
    joined.close() if last == b"closed" else cycle.on_response()
    assert transport.written == [b"head", last]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_responses_are_complete_one_after_another(method: str) -> None:
    request = f"{method} / HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    with running_server(answer) as port:
        found = exchange(port, request * 2 + CLOSING)
    assert found.count(b"HTTP/1.1 200 OK\r\n") == 3
    assert found.count(b"\r\n\r\nok") == (3 if method == "GET" else 1)
