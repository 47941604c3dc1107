"""The bridge from the event loop of the server to an application in threads."""

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext, suppress
from typing import Any

import pytest

from query_ui.http import wsgi_bridge
from query_ui.http.request_limits import DEFAULT_LIMITS, LARGE_BODY_BYTES, MAX_BODY_BYTES
from query_ui.http.wsgi_bridge import CLIENT_GONE_KEY, Scope, WsgiApplication, build_environ
from tests.query_ui.http.servers import connect, exchange, read_all, running_server

Environ = dict[str, Any]
PATIENT_SECONDS = 60.0


def record_into(seen: list[Environ]) -> WsgiApplication:
    """An application that keeps each environment, with its body, and answers ``seen``."""

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen.append(environ | {"body": environ["wsgi.input"].read()})
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
        return [b"seen"]

    return app


def wait_until(condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true while a test is patient."""
    until = time.monotonic() + PATIENT_SECONDS
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
    ],
    ids=["length-and-coding", "two-lengths", "unknown-coding", "no-host", "two-hosts"]
    + ["two-hosts-1.0", "bare-line-feeds", "space-before-colon", "folded-header", "nul"],
)
def test_an_ambiguous_head_is_refused_before_the_application(head: bytes) -> None:
    seen: list[Environ] = []
    with running_server(record_into(seen)) as port:
        reply = exchange(port, head)
    assert reply.startswith(b"HTTP/1.1 400 ") and b"connection: close" in reply
    assert seen == []


def test_a_refusal_says_what_to_do() -> None:
    with running_server(record_into([])) as port:
        reply = exchange(port, b"GET / HTTP/1.1\r\n\r\n")
    assert b"content-type: application/problem+json" in reply
    assert b"The request has no Host. Send one Host with the name of the site." in reply


def test_a_request_of_http_1_0_needs_no_host() -> None:
    seen: list[Environ] = []
    with running_server(record_into(seen)) as port:
        assert exchange(port, b"GET / HTTP/1.0\r\n\r\n").endswith(b"seen")
    assert seen[0]["SERVER_PROTOCOL"] == "HTTP/1.0"


def test_the_environment_is_that_of_the_request() -> None:
    seen: list[Environ] = []
    request = (
        b"POST /caf%C3%A9%2Fx;y?a=%20b&c HTTP/1.1\r\nHost: a:1\r\nX-One: 1\r\nX-One: 2\r\n"
        b"X_Forwarded_For: evil\r\nContent-Type: text/x\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"
    )
    with running_server(record_into(seen)) as port:
        assert exchange(port, request).endswith(b"seen")
    environ = seen[0]
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/café/x;y"
    assert environ["QUERY_STRING"] == "a=%20b&c"
    assert environ["HTTP_HOST"] == "a:1" and environ["HTTP_X_ONE"] == "1, 2"
    assert environ["CONTENT_TYPE"] == "text/x" and environ["REMOTE_ADDR"] == "127.0.0.1"
    # Some other header could be taken for the one that only a proxy may set.
    assert "HTTP_X_FORWARDED_FOR" not in environ
    # The body is whole and no longer in chunks.
    assert "HTTP_TRANSFER_ENCODING" not in environ
    assert (environ["CONTENT_LENGTH"], environ["body"]) == ("6", b"hello!")


@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 3 * MAX_BODY_BYTES, 20 * MAX_BODY_BYTES])
def test_a_body_that_is_too_large_is_known_by_its_length_and_not_kept(size: int) -> None:
    seen: list[Environ] = []
    head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    with running_server(record_into(seen)) as port, connect(port) as client:
        # The end of what is far too large is not waited for, and the connection may be reset.
        with suppress(ConnectionError) if size > 16 * MAX_BODY_BYTES else nullcontext():
            client.sendall(head + b"Content-Length: %d\r\n\r\n" % size + b"x" * size)
            assert client.recv(12) == b"HTTP/1.1 200"
    assert seen[0]["CONTENT_LENGTH"] == str(size)
    assert len(seen[0]["body"]) <= MAX_BODY_BYTES + 1


@pytest.mark.parametrize("chunks", [3, 20])
def test_a_body_in_chunks_that_is_too_large_is_cut_beyond_the_bound(chunks: int) -> None:
    seen: list[Environ] = []
    head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"%x\r\n" % MAX_BODY_BYTES + b"x" * MAX_BODY_BYTES + b"\r\n"
    with running_server(record_into(seen)) as port, connect(port) as client:
        with suppress(ConnectionError) if chunks > 16 else nullcontext():
            client.sendall(head + chunks * chunk + b"0\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 200"
    assert seen[0]["CONTENT_LENGTH"] == str(MAX_BODY_BYTES + 1) == str(len(seen[0]["body"]))


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi_bridge, "BODY_SECONDS", 0.2)
    seen: list[Environ] = []
    with running_server(record_into(seen)) as port:
        reply = exchange(port, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
    assert reply.startswith(b"HTTP/1.1 408 ") and b"Send it again." in reply
    assert seen == []


def test_a_client_that_reads_nothing_holds_no_thread() -> None:
    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [])
        return (b"x" * 2**20 for _ in range(64)) if environ["PATH_INFO"] == "/large" else [b"ok"]

    with running_server(app, threads=1) as port, connect(port) as slow:
        slow.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        assert slow.recv(12) == b"HTTP/1.1 200"
        reply = exchange(port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert reply.endswith(b"ok\r\n0\r\n\r\n")


def test_health_is_answered_while_all_threads_are_busy() -> None:
    begun, end = threading.Event(), threading.Event()

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/busy":
            begun.set()
            end.wait(PATIENT_SECONDS)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    with running_server(app, threads=1) as port, connect(port) as busy:
        busy.sendall(b"GET /busy HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert begun.wait(PATIENT_SECONDS)
        probe = b"GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        assert exchange(port, probe).endswith(b"ok")
        end.set()
        assert read_all(busy).endswith(b"ok")


def test_the_application_learns_that_its_client_has_gone() -> None:
    checks: list[Callable[[], bool]] = []
    end = threading.Event()

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        checks.append(environ[CLIENT_GONE_KEY])
        end.wait(PATIENT_SECONDS)
        start_response("200 OK", [])
        return []

    with running_server(app) as port:
        with connect(port) as leaving:
            leaving.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert wait_until(lambda: bool(checks))
            assert not checks[0]()
        assert wait_until(checks[0])
        end.set()


def test_a_body_is_closed_when_it_is_sent_and_when_the_client_leaves() -> None:
    closed: list[str] = []

    class Body:
        def __init__(self, name: str, count: int) -> None:
            self.name, self.parts = name, iter([b"x" * 2**20] * count)

        def __iter__(self) -> Iterator[bytes]:
            return self.parts

        def close(self) -> None:
            closed.append(self.name)

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [])
        name = environ["PATH_INFO"]
        return Body(name, {"/none": 0, "/one": 1, "/three": 3, "/left": 1000}[name])

    with running_server(app) as port:
        for path, count in [("/none", 0), ("/one", 1), ("/three", 3)]:
            request = f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            assert exchange(port, request.encode()).count(b"x") == count * 2**20
        with connect(port) as leaving:
            leaving.sendall(b"GET /left HTTP/1.1\r\nHost: a\r\n\r\n")
            assert leaving.recv(12) == b"HTTP/1.1 200"
        assert wait_until(lambda: "/left" in closed)
    assert closed == ["/none", "/one", "/three", "/left"]


def send_large(port: int) -> socket.socket:
    """A connection on which a request with a large body was sent, and nothing read."""
    connection = connect(port)
    size = LARGE_BODY_BYTES + 1
    head = f"POST /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n"
    connection.sendall(head.encode() + b"x" * size)
    return connection


def test_large_bodies_wait_for_each_other_and_keep_no_page_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on = threading.Event()
    running: list[str] = []
    received: list[str] = []

    def build(scope: Scope, body: bytes) -> Environ:
        received.append(scope["path"])
        return build_environ(scope, body)

    monkeypatch.setattr(wsgi_bridge, "build_environ", build)

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/large":
            running.append("large")
            go_on.wait(PATIENT_SECONDS)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]

    with running_server(app, threads=8) as port:
        first = [send_large(port) for _ in range(DEFAULT_LIMITS.max_tasks)]
        assert wait_until(lambda: len(running) == DEFAULT_LIMITS.max_tasks)
        monkeypatch.setattr(wsgi_bridge, "_LARGE_WAIT_SECONDS", 0.0)
        last = send_large(port)
        assert wait_until(lambda: received.count("/large") == DEFAULT_LIMITS.max_tasks + 1)
        page = exchange(port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert page.endswith(b"done")
        go_on.set()
        assert all(read_all(one).endswith(b"done") for one in first)
        refusal = read_all(last)
        for one in (*first, last):
            one.close()
    assert refusal.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nretry-after: 5\r\n" in refusal
    assert b"Send it again in some seconds." in refusal
    assert len(running) == DEFAULT_LIMITS.max_tasks


def test_more_large_bodies_than_may_wait_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi_bridge, "_MAX_LARGE_REQUESTS", 0)
    with running_server(record_into([])) as port:
        connection = send_large(port)
        assert read_all(connection).startswith(b"HTTP/1.1 503 ")
        connection.close()
