"""The HTTP client of a remote endpoint: kept-alive connections, limits, retries, credentials.

https://www.w3.org/TR/sparql11-protocol/#query-via-post-urlencoded
"""

import io
import os
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from functools import lru_cache
from http import HTTPStatus
from typing import Any, TypeAlias

import urllib3

from loader.errors import EndpointError, Limit, ProjectError, QueryStopped, UsageError
from query_ui.engine.circuit_breaker import CircuitBreaker
from query_ui.engine.endpoint_connection import (
    BrokenResponse,
    ConnectFailure,
    EndpointConnection,
    EndpointResponse,
)

ACCEPT = (
    "application/sparql-results+json, application/sparql-results+xml;q=0.9, "
    "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.8"
)
CONNECT_SECONDS = 5.0
MAX_CONNECTIONS = 16
MAX_ANSWER_BYTES = 200 * 1024 * 1024
CREDENTIALS_PREFIX = "CONCORDAT_KG_ENDPOINT_"
_MAX_MESSAGE_BYTES = 2000
_RETRIED_STATUSES = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE)
_MOST_CONNECTS = 3
_BACKOFF_SECONDS = 0.2
Watch: TypeAlias = Callable[[], None]
"""Raises an error where a response is not waited for any longer."""


def wait_on() -> None:
    """Do nothing: the default ``watch``, which waits until the time limit of the client."""


class EndpointAnswer(io.RawIOBase):
    """The body of a response, read within limits of time and size.

    ``failure`` is the error that ended the reading, since a parser may report another one.
    """

    def __init__(self, client: "EndpointClient", response: EndpointResponse) -> None:
        self.media_type = read_media_type(
            response.headers.get(b"content-type", b"").decode("latin-1")
        )
        self.failure: ProjectError | None = None
        self._client = client
        self._response = response
        self._left = client.max_bytes

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read the next bytes; raise EndpointError or QueryStopped as ``failure``."""
        with self._noting_failures():
            data = self._response.read(len(buffer))
            self._left -= len(data)
            if self._left < 0:
                raise QueryStopped(
                    f"The query was stopped: its answer is larger than {self._client.max_bytes:,} "
                    "bytes. Ask for fewer rows (LIMIT), or for counts.",
                    Limit.SIZE,
                )
        buffer[: len(data)] = data
        return len(data)

    def read_all(self, max_bytes: int) -> bytes | None:
        """Return the body, or None where it has more than ``max_bytes``; it can then be read on.

        Raise what ``readinto`` raises.
        """
        with self._noting_failures():
            return self._response.read_all(max_bytes)

    @contextmanager
    def _noting_failures(self) -> Iterator[None]:
        try:
            yield
        except ProjectError as error:
            self.failure = error
            raise
        except OSError as error:
            self.failure = self._client.explain_failure(error)
            raise self.failure from error


class EndpointClient:
    """A client for the endpoint at ``address`` with a pool of connections. Thread-safe.

    ``seconds`` limits a complete response, ``max_bytes`` its size. The credentials come from the
    environment, see ``read_credentials``. Raises UsageError where the address is not http(s).
    """

    def __init__(
        self, address: str, seconds: float = 60.0, max_bytes: int = MAX_ANSWER_BYTES
    ) -> None:
        check_address(address)
        self.address = address
        self.seconds = seconds
        self.max_bytes = max_bytes
        self._head = build_head(address, read_credentials(os.environ))
        self._breaker = CircuitBreaker()
        self._lock = threading.Lock()
        self._idle: list[EndpointConnection] = []

    @contextmanager
    def post_form(self, form: bytes, watch: Watch = wait_on) -> Iterator[EndpointAnswer]:
        """Post the form and yield the body of the response, which is status 200.

        ``watch`` is called ten times a second at least, and after each part of the response; it
        ends the request by an error. Raises EndpointError for any other status, and where the
        endpoint is late or not there; ServerBusy where it has failed too often to be asked.
        """
        self._breaker.check()
        until = time.monotonic() + self.seconds

        def check() -> None:
            watch()
            if time.monotonic() > until:
                raise TimeoutError

        try:
            connection, response = self._send(form, check)
        except OSError as error:
            self._breaker.record_failure()
            raise self.explain_failure(error) from error
        answer = EndpointAnswer(self, response)
        try:
            self._check_status(response)
            yield answer
        finally:
            # A connection with the rest of a body cannot be used for another request.
            if response.can_be_kept and answer.failure is None:
                self._keep(connection)
            else:
                connection.close()

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def explain_failure(self, error: OSError) -> EndpointError:
        """Return what an error of the connection means."""
        if isinstance(error, ConnectFailure):
            return self.build_error(f"cannot be reached: {error}")
        if isinstance(error, TimeoutError):
            return self.build_error(f"did not answer within {self.seconds:g} s")
        return self.build_error("broke off in the middle of its answer")

    def build_error(self, reason: str) -> EndpointError:
        """Build the error that names the endpoint and says what it did."""
        return EndpointError(f"The endpoint {self.address} {reason.rstrip('.')}.")

    def _send(
        self, form: bytes, check: Callable[[], None]
    ) -> tuple[EndpointConnection, EndpointResponse]:
        """Send a query, and again where that is safe; one that took too long is not repeated."""
        message = b"%b%d\r\n\r\n%b" % (self._head, len(form), form)
        is_repeated = False
        while True:
            connection, is_fresh = self._take(check)
            response = None
            try:
                response = connection.exchange(message, self.seconds, check)
            except BrokenResponse as error:
                # A kept connection may end at any time, which says nothing of the endpoint.
                is_failure = is_fresh or not error.is_unanswered
                if is_repeated and is_failure:
                    raise
                is_repeated = is_repeated or is_failure
                continue
            finally:
                if response is None:
                    connection.close()
            if is_repeated or response.status not in _RETRIED_STATUSES:
                return connection, response
            connection.close()
            is_repeated = True

    def _take(self, check: Callable[[], None]) -> tuple[EndpointConnection, bool]:
        """Return a connection, and whether it is a fresh one."""
        while True:
            with self._lock:
                kept = self._idle.pop() if self._idle else None
            if kept is None:
                return self._connect(check), True
            if not kept.is_dropped:
                return kept, False
            kept.close()

    def _connect(self, check: Callable[[], None]) -> EndpointConnection:
        for attempt in range(1, _MOST_CONNECTS):
            try:
                return EndpointConnection(self.address, min(CONNECT_SECONDS, self.seconds))
            except ConnectFailure:
                time.sleep(_BACKOFF_SECONDS * (attempt - 1))
                check()
        return EndpointConnection(self.address, min(CONNECT_SECONDS, self.seconds))

    def _keep(self, connection: EndpointConnection) -> None:
        with self._lock:
            if len(self._idle) < MAX_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()

    def _check_status(self, response: EndpointResponse) -> None:
        status = response.status
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._breaker.record_failure()
        else:
            self._breaker.record_success()
        if status == HTTPStatus.OK:
            return
        try:
            said = response.read(_MAX_MESSAGE_BYTES).decode("utf-8", "replace").strip()
        except OSError:
            said = "no message"
        raise self.build_error(f"answered {status} {response.reason}: {said}")


def build_head(address: str, credentials: Mapping[str, str]) -> bytes:
    """Return the head of a request up to the length of its body, which the sender adds.

    https://www.rfc-editor.org/rfc/rfc9112#section-3
    """
    parts = urllib.parse.urlsplit(address)
    target = urllib.parse.quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{parts.query}" if parts.query else ""
    headers = {
        "Host": parts.netloc,
        "Accept": ACCEPT,
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "concordat-kg",
        **credentials,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {target}{query} HTTP/1.1\r\n{lines}Content-Length: ".encode("latin-1")


def check_address(address: str) -> None:
    """Raise UsageError where ``address`` is no address of an endpoint, or holds a password."""
    parts = urllib.parse.urlsplit(address)
    if not address.isascii() or not address.isprintable() or " " in address:
        raise UsageError("The address of the endpoint has characters that no address may have.")
    if parts.scheme not in ("http", "https"):
        raise UsageError(f'"{address}" is no address of an endpoint: it must begin with http.')
    if parts.username is not None:
        raise UsageError(
            "The address of the endpoint holds a user, and error messages would show it: set "
            f"{CREDENTIALS_PREFIX}USER and {CREDENTIALS_PREFIX}PASSWORD in the environment."
        )


def read_credentials(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the header with the credentials for the endpoint, {} where there are none.

    ``CONCORDAT_KG_ENDPOINT_TOKEN`` is a bearer token (RFC 6750), or ``…_USER`` and ``…_PASSWORD``
    are those of basic authentication (RFC 7617). Raises UsageError where both are set.
    """
    token, user, password = (
        environment.get(CREDENTIALS_PREFIX + name, "") for name in ("TOKEN", "USER", "PASSWORD")
    )
    if token and (user or password):
        raise UsageError(
            f"Set {CREDENTIALS_PREFIX}TOKEN, or {CREDENTIALS_PREFIX}USER with "
            f"{CREDENTIALS_PREFIX}PASSWORD, but not both."
        )
    if token:
        return {"Authorization": f"Bearer {token}"}
    if user:
        return dict(
            (key.title(), value)
            for key, value in urllib3.make_headers(basic_auth=f"{user}:{password}").items()
        )
    return {}


@lru_cache(64)
def read_media_type(content_type: str) -> str:
    """Return the media type of a header ``Content-Type``, without its parameters."""
    message = Message()
    message["Content-Type"] = content_type or "application/octet-stream"
    return message.get_content_type()
