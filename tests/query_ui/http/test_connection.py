"""The bounds of a connection: a slow or large head, and too many that only wait."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from query_ui import server
from query_ui.http import connection
from query_ui.http.connection import MAX_HEAD_BYTES
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
