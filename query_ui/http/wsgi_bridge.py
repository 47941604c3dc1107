"""The ASGI application that runs the WSGI application in threads.

https://peps.python.org/pep-3333/ and https://asgi.readthedocs.io/en/stable/specs/www.html
"""

import asyncio
import functools
import io
import math
import sys
import threading
import time
from asyncio import AbstractEventLoop
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import BadRequest, HTTPException, RequestTimeout, ServiceUnavailable

from query_ui.http.problem_details import PROBLEM_MEDIA_TYPE, build_problem, serialise_problem
from query_ui.http.request_limits import DEFAULT_LIMITS, LARGE_BODY_BYTES, MAX_BODY_BYTES

Scope: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]
AsgiHeaders: TypeAlias = list[tuple[bytes, bytes]]
WsgiApplication: TypeAlias = Callable[..., Iterable[bytes]]
AsgiApplication: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

CLIENT_GONE_KEY = "concordat_kg.is_client_gone"
"""The key of the environment with a function that returns whether the client has disconnected."""
NOTES_KEY = "concordat_kg.notes"
"""The key of the environment and of the scope with what the application notes for the server."""
EARLY_KEY = "concordat_kg.early_query"
"""The key of the notes with the query of a request that was begun before it had a thread."""
BODY_SECONDS = 60.0
"""How long a client may take to send a body of at most a megabyte."""
_PROBE_PREFIX = "/health/"
_PROBE_THREADS = 2
_RETRY_SECONDS = 5
_LARGE_THREADS = DEFAULT_LIMITS.max_tasks
_MAX_LARGE_REQUESTS = 128
_LARGE_WAIT_SECONDS = 30.0
"""How long a request with a large body waits for a thread before it is refused."""
_CHUNK_BYTES = 256 * 1024
_MAX_DISCARDED_BYTES = 16 * MAX_BODY_BYTES


@dataclass(slots=True)
class _Response:
    """The status and headers of a response, and what is left of its body."""

    status: int
    headers: AsgiHeaders
    chunks: Iterator[bytes]
    close: Callable[[], object]
    context: Context


class WsgiBridge:
    """An ASGI application in front of a WSGI one.

    A thread is busy only while the application works: the event loop reads the body before, and
    waits for the client to read the response after, so slow clients hold no thread. Health probes
    have threads of their own, and so are answered while all others are busy. Requests with large
    bodies have few threads, as many as tasks may run: to parse a hundred at once would keep the
    event loop and all pages waiting for the interpreter. More than can wait are refused.
    """

    def __init__(self, app: WsgiApplication, threads: int) -> None:
        self._app = app
        self._pages = ThreadPoolExecutor(threads, "request")
        self._probes = ThreadPoolExecutor(_PROBE_THREADS, "probe")
        self._large = ThreadPoolExecutor(_LARGE_THREADS, "request-large")
        self._large_requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one HTTP request."""
        if scope["type"] != "http":
            raise ValueError(f"a connection of the type {scope['type']} is not offered")
        try:
            check_request_head(scope)
            body = await _receive_body(scope, receive)
        except HTTPException as error:
            await _send_refusal(send, error)
            return
        if body is None:
            return
        gone = threading.Event()
        environ = build_environ(scope, body)
        environ[CLIENT_GONE_KEY] = gone.is_set
        watch = asyncio.create_task(_watch_client(receive, gone))
        is_large = len(body) > LARGE_BODY_BYTES
        self._large_requests += is_large
        try:
            if is_large and self._large_requests > _MAX_LARGE_REQUESTS:
                raise _build_busy()
            await self._respond(environ, send, is_large)
        except _TooManyLarge as error:
            await _send_refusal(send, error)
        finally:
            self._large_requests -= is_large
            gone.set()
            watch.cancel()

    def close(self) -> None:
        """Begin no more requests; return without waiting for those that run."""
        for pool in (self._pages, self._probes, self._large):
            pool.shutdown(wait=False, cancel_futures=True)

    async def _respond(self, environ: dict[str, Any], send: Send, is_large: bool) -> None:
        is_probe = environ["PATH_INFO"].startswith(_PROBE_PREFIX)
        pool = self._probes if is_probe else self._large if is_large else self._pages
        loop = asyncio.get_running_loop()
        until = time.monotonic() + _LARGE_WAIT_SECONDS if is_large else math.inf
        try:
            response, first = await loop.run_in_executor(pool, self._start_response, environ, until)
        except asyncio.CancelledError:
            await _send_refusal(
                send,
                ServiceUnavailable(
                    "The request was stopped: the server is closing. Send it again."
                ),
            )
            raise
        try:
            await send(
                {
                    "type": "http.response.start",
                    "status": response.status,
                    "headers": response.headers,
                }
            )
            chunk, is_last = first
            while not is_last:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                chunk, is_last = await _run_in(loop, pool, response.context, _read_chunk, response)
            await send({"type": "http.response.body", "body": chunk, "more_body": False})
        finally:
            if response.close is not _do_nothing:
                await _run_in(loop, pool, response.context, response.close)

    def _start_response(
        self, environ: dict[str, Any], until: float
    ) -> tuple[_Response, tuple[bytes, bool]]:
        """Run the application to its first bytes; they are all of it for nearly every response."""
        if time.monotonic() > until:
            raise _build_busy()
        context = copy_context()
        return context.run(self._run_application, environ, context)

    def _run_application(
        self, environ: dict[str, Any], context: Context
    ) -> tuple[_Response, tuple[bytes, bool]]:
        head: list[tuple[int, AsgiHeaders]] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            head[:] = [(int(status.split(" ", 1)[0]), encode_headers(headers))]
            return _refuse_write

        body = self._app(environ, start_response)
        close = getattr(body, "close", _do_nothing)
        chunks = iter(body)
        first = next(chunks, b"")  # an application may start its response as late as here
        status, headers = head[0]
        response = _Response(status, headers, chunks, close, context)
        if isinstance(body, list | tuple) and len(body) < 2:
            return response, (first, True)
        second, is_last = _read_chunk(response)
        if is_last:
            close()
            response.close = _do_nothing
        return response, (first + second, is_last)


class _TooManyLarge(ServiceUnavailable):
    """Too many requests with large bodies wait for a thread."""


def _build_busy() -> _TooManyLarge:
    return _TooManyLarge(
        "Too many requests with large bodies are waiting. Send it again in some seconds.",
        retry_after=_RETRY_SECONDS,
    )


def check_request_head(scope: Scope) -> None:
    """Raise BadRequest unless a request of HTTP/1.1 has one Host, and others at most one.

    https://www.rfc-editor.org/rfc/rfc9112#section-3.2
    """
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) == 1 or (not hosts and scope["http_version"] == "1.0"):
        return
    what = "no Host" if not hosts else "more than one Host"
    raise BadRequest(f"The request has {what}. Send one Host with the name of the site.")


def build_environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """Build the environment of a WSGI request from the scope of an ASGI one.

    Headers whose names have an underscore are left out, since an application could not tell
    ``X_Forwarded_For`` from ``X-Forwarded-For``, which only a proxy may set.
    """
    host, port = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "REMOTE_ADDR": client[0],
        "REMOTE_HOST": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        NOTES_KEY: scope.setdefault(NOTES_KEY, {}),
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        if b"_" in name or key == "TRANSFER_ENCODING":
            continue
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]}, {text}" if key in environ else text
    declared = environ.get("CONTENT_LENGTH", "")
    if body or declared:
        environ["CONTENT_LENGTH"] = declared or str(len(body))
    return environ


async def _receive_body(scope: Scope, receive: Receive) -> bytes | None:
    """Return the body, or None where the client has disconnected.

    Of a body that is too large only the beginning is kept: the application refuses it by its
    length. It is read on for a while, since most clients read no response before they have sent
    all, and one that is closed before sees a reset connection in place of the reason.
    Raises RequestTimeout where the client takes too long.
    """
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if int(declared) > _MAX_DISCARDED_BYTES:
        return b""
    kept, size = bytearray(), 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while size <= _MAX_DISCARDED_BYTES:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                part = message.get("body", b"")
                size += len(part)
                kept += part[: MAX_BODY_BYTES + 1 - len(kept)]
                if not message.get("more_body"):
                    break
    except TimeoutError:
        raise RequestTimeout(
            f"The request was not complete after {BODY_SECONDS:g} s. Send it again."
        ) from None
    return bytes(kept)


async def _watch_client(receive: Receive, gone: threading.Event) -> None:
    """Set the event when the client disconnects; what else it sends is not read."""
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()


async def _send_refusal(send: Send, error: HTTPException) -> None:
    """Send a problem document and close the connection, whose state is not known.

    https://www.rfc-editor.org/rfc/rfc9457
    """
    problem, _ = build_problem(error)
    body = serialise_problem(problem)
    headers = [
        (b"content-type", PROBLEM_MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    if isinstance(error, _TooManyLarge):
        headers.append((b"retry-after", str(_RETRY_SECONDS).encode()))
    await send({"type": "http.response.start", "status": problem["status"], "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _run_in(
    loop: AbstractEventLoop,
    pool: ThreadPoolExecutor,
    context: Context,
    function: Callable[..., Any],
    *values: object,
) -> Any:
    """Run a function in a thread, within the context of its request."""
    return await loop.run_in_executor(pool, functools.partial(context.run, function, *values))


def _read_chunk(response: _Response) -> tuple[bytes, bool]:
    """Return the next bytes of a body, and whether they are its last."""
    parts: list[bytes] = []
    size = 0
    for part in response.chunks:
        parts.append(part)
        size += len(part)
        if size >= _CHUNK_BYTES:
            return b"".join(parts), False
    return b"".join(parts), True


def encode_headers(headers: list[tuple[str, str]]) -> AsgiHeaders:
    """Encode headers as ASGI wants them, without ``Date``, which the server adds to each."""
    pairs = [(_encode_name(name), value.encode("latin-1")) for name, value in headers]
    return [pair for pair in pairs if pair[0] != b"date"]


@functools.lru_cache(maxsize=256)
def _encode_name(name: str) -> bytes:
    return name.lower().encode("latin-1")


def _refuse_write(_: bytes) -> None:
    raise TypeError("the application returns its body and does not write it")


def _do_nothing() -> None:
    """Close a body that has nothing to close."""
