"""A connection to an endpoint: every way in which HTTP ends a body, and waits that are ended."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from loader.errors import ClientGone
from query_ui.engine.endpoint_client import EndpointClient
from query_ui.engine.endpoint_connection import (
    BrokenResponse,
    ConnectFailure,
    EndpointConnection,
    EndpointResponse,
)

OK = b"HTTP/1.1 200 OK\r\n"


def read_body(*parts: bytes) -> tuple[int, bytes, bool]:
    """Return status, body and whether the connection can be kept, of a response in these parts."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for part in parts:
            theirs.sendall(part)
        theirs.close()
        ours.settimeout(0.1)
        response = EndpointResponse(ours, lambda: None)
        response.read_head()
        body = b"".join(iter(lambda: response.read(2), b""))
        return response.status, body, response.can_be_kept


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((OK + b"Content-Length: 3\r\n\r\na", b"bc"), (200, b"abc", True)),
        ((OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", b"0\r\n\r\n"), (200, b"ab", True)),
        ((OK + b"\r\nabc",), (200, b"abc", False)),
        ((OK + b"Connection: close\r\nContent-Length: 1\r\n\r\na",), (200, b"a", False)),
        ((b"HTTP/1.1 100 Continue\r\n\r\n", OK + b"Content-Length: 0\r\n\r\n"), (200, b"", True)),
        ((b"HTTP/1.1 400 No\r\nContent-Length: 1\r\n\r\nx",), (400, b"x", True)),
    ],
)
def test_a_body_is_read_to_its_end(
    parts: tuple[bytes, ...], expected: tuple[int, bytes, bool]
) -> None:
    assert read_body(*parts) == expected


@pytest.mark.parametrize(
    "part",
    [
        b"",
        OK,
        b"220 mail.example ESMTP\r\n",
        OK + b"Content-Length: 4\r\n\r\nabc",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        OK + b"X: " + b"x" * 70_000,
    ],
)
def test_a_response_that_ends_early_is_none(part: bytes) -> None:
    with pytest.raises(BrokenResponse):
        read_body(part)


def test_no_connection_says_so() -> None:
    with pytest.raises(ConnectFailure, match="refused"):
        EndpointConnection("http://127.0.0.1:1/", 1)


@contextmanager
def closing_after(replies: list[bytes]) -> Iterator[str]:
    """An endpoint that gives one reply to each connection, and closes it without a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            for reply in replies:
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(reply)

        thread = threading.Thread(target=run)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/sparql"
        thread.join(5)


def test_a_kept_connection_that_the_endpoint_has_closed_is_replaced() -> None:
    reply = OK + b"Content-Length: 2\r\n\r\n{}"
    with closing_after([reply] * 3) as address:
        client = EndpointClient(address)
        for _ in range(3):
            with client.post_form(b"query=x") as answer:
                assert answer.read() == b"{}"
        client.close()


def test_a_wait_for_an_endpoint_is_ended_from_outside() -> None:
    def leave() -> None:
        raise ClientGone("gone")

    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = EndpointClient(f"http://127.0.0.1:{silent.getsockname()[1]}/", seconds=30)
        begun = time.monotonic()
        with pytest.raises(ClientGone), client.post_form(b"query=x", leave):
            pass
        assert time.monotonic() - begun < 5
        connection, _ = silent.accept()
        with connection:
            connection.settimeout(5)
            while connection.recv(4096):
                pass  # the request, and then the end that tells the endpoint to stop
        client.close()
