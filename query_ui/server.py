"""The server process: waitress, from binding the port to a clean shutdown.

https://docs.pylonsproject.org/projects/waitress/en/stable/
"""

import errno
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import click
from waitress.server import create_server  # type: ignore[import-untyped]

from loader.errors import UsageError
from query_ui.http.request_limits import DEFAULT_LIMITS, MAX_BODY_BYTES

PAGE_THREADS = 16 + DEFAULT_LIMITS.max_concurrent_tasks
"""Threads for pages and tasks, besides those in which queries wait."""
_MAX_CONNECTIONS = 900
_MAX_BODY_BYTES = 16 * MAX_BODY_BYTES
"""Below this the application reads a body to its end and refuses it with a sentence."""
_RECEIVED_BYTES = 256 * 1024
_SWITCH_SECONDS = 0.0005
"""How long a thread may keep the others waiting.

The thread that reads from all connections gives way at each read, and has to wait for as long
before it reads on: with the defaults of 8 kB and 5 ms, two busy threads and eight clients that
sent 150 kB each kept ``/health/live`` waiting for 18 s.
"""


def serve_app(app: Callable[..., Any], host: str, port: int, threads: int = PAGE_THREADS) -> None:
    """Serve a WSGI application until Ctrl-C or SIGTERM.

    Raises UsageError where the port is not available.
    """
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        server = bind_server(app, host, port, threads)
    except OSError as error:
        raise UsageError(_format_port_error(error, host, port)) from error
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    address = f"http://{'[' + host + ']' if ':' in host else host}:{server.effective_port}"
    click.echo(f"Serving at {address} — Ctrl-C stops it.", err=True)
    server.run()


def bind_server(app: Callable[..., Any], host: str, port: int, threads: int) -> Any:
    """Create a waitress server bound to its port; raise OSError where the port is not available.

    With ``channel_request_lookahead`` it reads on during a request, so that it notices a client
    that disconnects: https://docs.pylonsproject.org/projects/waitress/en/stable/arguments.html
    """
    return create_server(
        app,
        host=host,
        port=port,
        threads=threads,
        ident="",
        channel_request_lookahead=1,
        connection_limit=_MAX_CONNECTIONS,
        asyncore_use_poll=True,
        max_request_body_size=_MAX_BODY_BYTES,
        recv_bytes=_RECEIVED_BYTES,
    )


def _format_port_error(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken: choose another with --port, or stop what uses it."
    if error.errno == errno.EACCES:
        return f"Port {port} is not open to you: choose one above 1023 with --port."
    return f"{host}:{port} cannot be listened on: {error}."
