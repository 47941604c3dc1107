"""A light client on one connection: it asks in turn and writes down how long each answer took.

``python -m tests.bench.client port path seconds query…`` prints a JSON object with the
milliseconds of each answer by its status.
"""

import json
import socket
import sys
import time
from collections import defaultdict
from urllib.parse import quote

ACCEPT = "application/sparql-results+json, text/turtle"


class Client:
    """One keep-alive connection, with as little in the way as Python allows."""

    def __init__(self, port: int, path: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A server refuses names of hosts that are not its own.
        self._head = f"HTTP/1.1\r\nHost: 127.0.0.1:{port}"
        self._path = path

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def request(self, query: str, accept: str = ACCEPT) -> bytes:
        """The bytes of a request, to be sent as often as wanted."""
        address = f"{self._path}?query={quote(query)}"
        return f"GET {address} {self._head}\r\nAccept: {accept}\r\n\r\n".encode()

    def ask(self, request: bytes) -> tuple[int, int]:
        """The status of the answer and the length of its body."""
        self._socket.sendall(request)
        data = self._more(b"")
        while (end := data.find(b"\r\n\r\n")) < 0:
            data = self._more(data)
        head = data[:end].lower()
        if b"transfer-encoding: chunked" in head:
            while not data.endswith(b"0\r\n\r\n"):
                data = self._more(data)
            return int(head[9:12]), len(data) - end - 4
        start = head.index(b"content-length:") + 15
        length = int(head[start : (head + b"\r").find(b"\r", start)])
        left = length - (len(data) - end - 4)
        while left > 0:
            left -= len(self._socket.recv(1 << 20))
        return int(head[9:12]), length

    def _more(self, data: bytes) -> bytes:
        piece = self._socket.recv(1 << 16)
        if not piece:
            raise ConnectionError("the server broke off")
        return data + piece


def timed(client: Client, requests: list[bytes], seconds: float) -> dict[int, list[float]]:
    """Ask one request after the other for so many seconds; milliseconds by status."""
    times: dict[int, list[float]] = defaultdict(list)
    until, number = time.perf_counter() + seconds, 0
    while (start := time.perf_counter()) < until:
        status, _ = client.ask(requests[number % len(requests)])
        times[status].append((time.perf_counter() - start) * 1000)
        number += 1
    return times


def main(port: str, path: str, seconds: str, *queries: str) -> None:
    """Print what was measured."""
    client = Client(int(port), path)
    print(json.dumps(timed(client, [client.request(q) for q in queries], float(seconds))))


if __name__ == "__main__":
    main(*sys.argv[1:])
