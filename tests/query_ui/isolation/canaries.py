"""Canaries: an endpoint and a file that tell when anybody touches them."""

import ctypes
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ANSWER = b"""{"head":{"vars":["x"]},"results":{"bindings":[
{"x":{"type":"literal","value":"sung by the canary"}}]}}"""
SPARQL_JSON = "Content-Type: application/sparql-results+json"

_OPENED = 0x20  # IN_OPEN of inotify(7)


@dataclass
class Canary:
    """An address on this machine, and the first line of each request that ever came there.

    Its answer has ``status`` and the header lines ``headers``; its body begins ``seconds`` later.
    """

    address: str
    status: str = "200 OK"
    headers: str = SPARQL_JSON
    seconds: float = 0.0
    contacts: list[str] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    """Set when somebody who waited for the body has closed the connection."""


@contextmanager
def canary() -> Iterator[Canary]:
    """Listen on a free port for the length of a ``with`` block."""
    listener = socket.create_server(("127.0.0.1", 0))
    bird = Canary(f"http://127.0.0.1:{listener.getsockname()[1]}/sparql")
    thread = threading.Thread(target=_listen, args=(listener, bird), daemon=True)
    thread.start()
    try:
        yield bird
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _listen(listener: socket.socket, bird: Canary) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            connection.settimeout(10)
            bird.contacts.append(connection.recv(65536).partition(b"\r\n")[0].decode("latin-1"))
            _answer(connection, bird)


def _answer(connection: socket.socket, bird: Canary) -> None:
    head = f"HTTP/1.1 {bird.status}\r\n{bird.headers}\r\nContent-Length: {len(ANSWER)}\r\n"
    connection.sendall(f"{head}Connection: close\r\n\r\n".encode())
    until = time.monotonic() + bird.seconds
    connection.settimeout(0.05)
    while time.monotonic() < until:
        with suppress(TimeoutError):
            if not connection.recv(65536):
                bird.left.set()
                return
    connection.sendall(ANSWER)


class Watch:
    """Counts how often a file has been opened, by whomever: inotify(7)."""

    def __init__(self, path: Path) -> None:
        if sys.platform != "linux":
            pytest.skip("only Linux tells who opens a file")
        libc = ctypes.CDLL(None, use_errno=True)
        self._handle = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if libc.inotify_add_watch(self._handle, os.fsencode(path), _OPENED) < 0:
            raise OSError(ctypes.get_errno(), "inotify_add_watch")

    def opened(self) -> int:
        """How often since this was asked last."""
        events = b""
        with suppress(BlockingIOError):
            while piece := os.read(self._handle, 65536):
                events += piece
        return len(events) // struct.calcsize("iIII")

    def close(self) -> None:
        """Stop watching."""
        os.close(self._handle)
