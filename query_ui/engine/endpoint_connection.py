"""A kept connection to an endpoint, which is read in slices so that a wait for it can be ended.

HTTP is parsed by llhttp, through ``httptools``. A query is small, and with a general HTTP client
its way over HTTP took more processor time than all else that this project does for it.
https://www.rfc-editor.org/rfc/rfc9112
"""

import select
import socket
import ssl
import sys
import urllib.parse
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeAlias

import httptools

SLICE_SECONDS = 0.1
"""For how long a read waits before it looks whether the wait is to end."""
_CHUNK_BYTES = 65536
_MAX_HEADER_BYTES = 65536
Check: TypeAlias = Callable[[], None]
"""Raises an error where a response is not waited for any longer."""


class ConnectFailure(OSError):
    """No connection could be opened, so nothing has been sent."""


class BrokenResponse(OSError):
    """A response ended early, or is no HTTP. ``is_unanswered`` says that not a byte came."""

    def __init__(self, reason: str, is_unanswered: bool = False) -> None:
        super().__init__(reason)
        self.is_unanswered = is_unanswered


class EndpointConnection:
    """A connection to the host of ``address``, opened within ``connect_seconds``.

    Raise ConnectFailure where it cannot be opened.
    """

    def __init__(self, address: str, connect_seconds: float) -> None:
        parts = urllib.parse.urlsplit(address)
        host, is_secure = parts.hostname or "", parts.scheme == "https"
        try:
            port = parts.port or (443 if is_secure else 80)
            opened = socket.create_connection((host, port), connect_seconds)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if is_secure:
                opened = ssl.create_default_context().wrap_socket(opened, server_hostname=host)
        except (OSError, ValueError) as error:
            raise ConnectFailure(str(error)) from error
        self._socket = opened

    def exchange(self, message: bytes, seconds: float, check: Check) -> "EndpointResponse":
        """Send a request within ``seconds``, and return the response once its head has come.

        ``check`` is called again and again meanwhile. Raise BrokenResponse, and what it raises.
        """
        try:
            self._socket.settimeout(seconds)
            self._socket.sendall(message)
            self._socket.settimeout(SLICE_SECONDS)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise BrokenResponse(str(error), is_unanswered=True) from error
        response = EndpointResponse(self._socket, check)
        response.read_head()
        return response

    @property
    def is_dropped(self) -> bool:
        """Whether the other side has closed an idle connection, or sent what nobody asked for."""
        if sys.platform == "win32":
            return bool(select.select([self._socket], [], [], 0)[0])
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(0))

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


class EndpointResponse:
    """A response that is read from a socket as far as it is asked for."""

    def __init__(self, source: socket.socket, check: Check) -> None:
        self.status = 0
        self.reason = ""
        self.headers: dict[bytes, bytes] = {}
        self.is_complete = False
        self.can_be_kept = False
        self._socket = source
        self._check = check
        self._body = bytearray()
        self._has_head = False
        self._received = 0
        self._parser = httptools.HttpResponseParser(self)

    def read_head(self) -> None:
        """Read until the status and the headers are known; raise BrokenResponse."""
        while not self._has_head:
            self._receive()
            if not self._has_head and self._received > _MAX_HEADER_BYTES:
                raise BrokenResponse("the headers are too large")

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes of the body, b"" at its end; raise BrokenResponse."""
        while not self._body and not self.is_complete:
            self._receive()
        part = bytes(self._body[:size])
        del self._body[:size]
        return part

    def read_all(self, max_bytes: int) -> bytes | None:
        """Return the body, or None as soon as it has more than ``max_bytes``; nothing is lost."""
        while not self.is_complete and len(self._body) <= max_bytes:
            self._receive()
        if len(self._body) > max_bytes:
            return None
        part = bytes(self._body)
        self._body.clear()
        return part

    def _receive(self) -> None:
        data = self._wait_for_bytes()
        if not data:
            # Without a length the end of the connection is the end of the body (RFC 9112, 6.3).
            has_length = self.headers.keys() & {b"content-length", b"transfer-encoding"}
            if self._has_head and not has_length:
                self.is_complete = True
                return
            raise BrokenResponse("the connection was closed", self._received == 0)
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            raise BrokenResponse(f"this is no HTTP: {error}") from error

    def _wait_for_bytes(self) -> bytes:
        while True:
            try:
                data = self._socket.recv(_CHUNK_BYTES)
            except TimeoutError:
                self._check()
            except ConnectionResetError as error:
                raise BrokenResponse(str(error), self._received == 0) from error
            else:
                self._check()
                return data

    # What the parser calls:

    def on_message_begin(self) -> None:
        """Begin a response, which may follow one of status 1xx."""
        self.headers.clear()
        self.reason = ""

    def on_status(self, text: bytes) -> None:
        """Add a part of the reason phrase."""
        self.reason += text.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        self.headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """Take the status."""
        self.status = self._parser.get_status_code()
        self._has_head = self.status >= HTTPStatus.OK

    def on_body(self, data: bytes) -> None:
        """Keep a part of the body."""
        self._body += data

    def on_message_complete(self) -> None:
        """Note the end of the response, unless it is one of status 1xx."""
        self.is_complete = self._has_head
        self.can_be_kept = self._has_head and self._parser.should_keep_alive()
