"""The HTTP client of a remote endpoint: kept-alive connections, limits, retries, credentials.

https://www.w3.org/TR/sparql11-protocol/#query-via-post-urlencoded
"""

import io
import os
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from http import HTTPStatus
from typing import Any

import urllib3
from urllib3.exceptions import (
    HTTPError,
    IncompleteRead,
    MaxRetryError,
    ProtocolError,
    ReadTimeoutError,
    TimeoutError,
)

from loader.errors import EndpointError, Limit, ProjectError, QueryStopped, UsageError
from query_ui.engine.circuit_breaker import CircuitBreaker

ACCEPT = (
    "application/sparql-results+json, application/sparql-results+xml;q=0.9, "
    "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.8"
)
CONNECT_SECONDS = 5.0
MAX_CONNECTIONS = 16
MAX_ANSWER_BYTES = 200 * 1024 * 1024
CREDENTIALS_PREFIX = "CONCORDAT_KG_ENDPOINT_"
_MAX_MESSAGE_BYTES = 2000


class QueryRetry(urllib3.Retry):
    """Retries of a query, which is safe to send again; one that took too long is not repeated."""

    def increment(
        self, method: str | None = None, url: str | None = None, *args: Any, **kwargs: Any
    ) -> "QueryRetry":
        """Return the retries that are left; raise the error where there are none."""
        error = kwargs.get("error")
        if isinstance(error, ReadTimeoutError):
            raise error
        return super().increment(method, url, *args, **kwargs)


_RETRIES = QueryRetry(
    connect=2,
    read=1,
    status=1,
    other=0,
    redirect=0,
    backoff_factor=0.1,
    # A query is sent by POST, as it may be long; it changes nothing.
    allowed_methods=None,
    status_forcelist=(HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE),
    raise_on_status=False,
    respect_retry_after_header=False,
)


class EndpointAnswer(io.RawIOBase):
    """The body of a response, read within limits of time and size.

    ``failure`` is the error that ended the reading, since a parser may report another one.
    """

    def __init__(
        self, client: "EndpointClient", response: urllib3.BaseHTTPResponse, started_at: float
    ) -> None:
        self.media_type = read_media_type(response.headers.get("Content-Type", ""))
        self.failure: ProjectError | None = None
        self._client = client
        self._response = response
        self._started_at = started_at
        self._left = client.max_bytes

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read the next bytes; raise EndpointError or QueryStopped as ``failure``."""
        try:
            data = self._response.read(len(buffer)) or b""
            self._left -= len(data)
            self._check_limits()
        except (HTTPError, OSError) as error:
            self.failure = self._client.explain_failure(error)
        if self.failure:
            raise self.failure
        buffer[: len(data)] = data
        return len(data)

    def _check_limits(self) -> None:
        seconds = time.monotonic() - self._started_at
        if self._left < 0:
            self.failure = QueryStopped(
                f"The query was stopped: its answer is larger than {self._client.max_bytes:,} "
                "bytes. Ask for fewer rows (LIMIT), or for counts.",
                Limit.SIZE,
                seconds,
            )
        elif seconds > self._client.seconds:
            self.failure = self._client.build_error(
                f"did not answer within {self._client.seconds:g} s"
            )


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
        self._headers = {
            "Accept": ACCEPT,
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": "concordat-kg",
        } | read_credentials(os.environ)
        self._breaker = CircuitBreaker()
        self._pool = urllib3.PoolManager(
            maxsize=MAX_CONNECTIONS,
            block=False,
            retries=_RETRIES,
            timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, seconds), read=seconds),
        )

    @contextmanager
    def post_form(self, form: bytes) -> Iterator[EndpointAnswer]:
        """Post the form and yield the body of the response, which is status 200.

        Raises EndpointError for any other status, and where the endpoint is late or not there;
        ServerBusy where it has failed too often to be asked.
        """
        self._breaker.check()
        started_at = time.monotonic()
        try:
            response = self._pool.request(
                "POST",
                self.address,
                body=form,
                headers=self._headers,
                redirect=False,  # it would drop the query
                preload_content=False,
            )
        except (HTTPError, OSError) as error:
            self._breaker.record_failure()
            raise self.explain_failure(error) from error
        answer = EndpointAnswer(self, response, started_at)
        is_read = False
        try:
            self._check_status(response)
            yield answer
            is_read = answer.failure is None
        finally:
            # A connection with the rest of a body cannot be used for another request.
            if is_read and not response.closed:
                response.drain_conn()
            else:
                response.close()
            response.release_conn()

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def explain_failure(self, error: Exception) -> EndpointError:
        """Return what an error of the connection means."""
        reason: BaseException = error
        if isinstance(error, MaxRetryError) and error.reason:
            reason = error.reason
        if isinstance(reason, TimeoutError) and "connect" not in type(reason).__name__.lower():
            return self.build_error(f"did not answer within {self.seconds:g} s")
        if isinstance(reason, ProtocolError | IncompleteRead):
            return self.build_error("broke off in the middle of its answer")
        return self.build_error(f"cannot be reached: {reason.__cause__ or reason}")

    def build_error(self, reason: str) -> EndpointError:
        """Build the error that names the endpoint and says what it did."""
        return EndpointError(f"The endpoint {self.address} {reason.rstrip('.')}.")

    def _check_status(self, response: urllib3.BaseHTTPResponse) -> None:
        status = response.status
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._breaker.record_failure()
        else:
            self._breaker.record_success()
        if status == HTTPStatus.OK:
            return
        try:
            said = response.read(_MAX_MESSAGE_BYTES).decode("utf-8", "replace").strip()
        except (HTTPError, OSError):
            said = "no message"
        raise self.build_error(f"answered {status} {response.reason}: {said}")


def check_address(address: str) -> None:
    """Raise UsageError where ``address`` is no address of an endpoint, or holds a password."""
    parts = urllib.parse.urlsplit(address)
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


def read_media_type(content_type: str) -> str:
    """Return the media type of a header ``Content-Type``, without its parameters."""
    message = Message()
    message["Content-Type"] = content_type or "application/octet-stream"
    return message.get_content_type()
