"""A real server around a WSGI application of a test, and raw bytes to and from it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from query_ui.http.outer_layers import Front
from query_ui.http.wsgi_bridge import WsgiApplication
from query_ui.server import HttpServer


@contextmanager
def running_server(
    app: WsgiApplication, threads: int = 2, front: Front | None = None
) -> Iterator[int]:
    """The port of a server in this process, for the length of a ``with`` block."""
    server = HttpServer(app, "127.0.0.1", 0, threads, grace_seconds=1, front=front)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.port
    finally:
        server.close()
        thread.join(300)  # a busy machine may take long to end it
    assert not thread.is_alive()


def connect(port: int, seconds: float = 30) -> socket.socket:
    """A connection that waits for so many seconds at most."""
    return socket.create_connection(("127.0.0.1", port), timeout=seconds)


def exchange(port: int, request: bytes) -> bytes:
    """All that comes back until the server closes the connection."""
    with connect(port) as connection:
        connection.sendall(request)
        return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)
