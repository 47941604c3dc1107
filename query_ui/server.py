"""The server process, from binding the port to a clean shutdown.

uvicorn reads and writes the connections; ``WsgiBridge`` runs the application in threads.
https://www.uvicorn.org/
"""

import errno
import functools
import logging
import os
import signal
import socket
import sys
import threading
import time

import click
import uvicorn

from loader.errors import UsageError
from query_ui.http.connection import MAX_CONNECTIONS, BoundedConnection, WaitingConnections
from query_ui.http.memory import tune_collector, tune_threads
from query_ui.http.outer_layers import Front
from query_ui.http.public_address import PublicAddress
from query_ui.http.request_limits import DEFAULT_LIMITS
from query_ui.http.wsgi_bridge import WsgiApplication, WsgiBridge

PAGE_THREADS = 16 + DEFAULT_LIMITS.max_concurrent_tasks
"""Threads for pages and tasks, besides those in which queries wait."""
GRACE_SECONDS = 30.0
"""How long running requests have to end after SIGTERM."""
_KEEP_ALIVE_SECONDS = 20
_BACKLOG = 1024
_FILES_PER_CONNECTION = 2
_JOIN_SECONDS = 2.0


class HttpServer:
    """A server bound to its port; ``run`` serves until ``close``, Ctrl-C or SIGTERM."""

    def __init__(  # noqa: PLR0913 (what the command passes on)
        self,
        app: WsgiApplication,
        host: str,
        port: int,
        threads: int = PAGE_THREADS,
        grace_seconds: float = GRACE_SECONDS,
        front: Front | None = None,
    ) -> None:
        """Bind the port; raise OSError where it is not available.

        ``front`` returns the ASGI application that is put in front of the bridge.
        """
        self._bridge = WsgiBridge(app, threads)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        waiting: WaitingConnections = {}
        connection = functools.partial(
            BoundedConnection, waiting=waiting, max_connections=_find_connection_limit()
        )
        self._server = uvicorn.Server(
            uvicorn.Config(
                front(self._bridge) if front else self._bridge,
                http=connection,  # type: ignore[arg-type]
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                # The public address is decided by the application, for trusted proxies alone.
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=grace_seconds,  # type: ignore[arg-type]
            )
        )

    @property
    def port(self) -> int:
        """The port that the server listens on."""
        return int(self._socket.getsockname()[1])

    def run(self) -> None:
        """Serve; then accept no connection, and let running requests end within the grace."""
        self._server.run(sockets=[self._socket])
        self._bridge.close()

    def close(self) -> None:
        """Begin to shut down; ``run`` returns once that is done."""
        self._server.should_exit = True


def serve_app(  # noqa: PLR0913 (what the command passes on)
    app: WsgiApplication,
    host: str,
    port: int,
    threads: int = PAGE_THREADS,
    grace_seconds: float = GRACE_SECONDS,
    public_address: PublicAddress | None = None,
    front: Front | None = None,
) -> None:
    """Serve a WSGI application until Ctrl-C or SIGTERM, after which running requests may end.

    Prints the address of the site to standard error, and the public one where it is known.
    Raises UsageError where the port is not available.
    """
    tune_threads()
    tune_collector()
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    try:
        server = HttpServer(app, host, port, threads, grace_seconds, front)
    except OSError as error:
        raise UsageError(_format_port_error(error, host, port)) from error
    if threading.current_thread() is threading.main_thread():
        # uvicorn handles signals while it runs, and raises them again at the end.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: server.close())
    click.echo(_format_start(host, server.port, public_address or PublicAddress()), err=True)
    server.run()


def exit_past_stuck_threads() -> None:
    """End the process where the thread of a request would keep it alive.

    The store cannot be interrupted, and Python waits for such a thread at its end.
    """
    until = time.monotonic() + _JOIN_SECONDS
    while any(t.name.startswith("request") for t in threading.enumerate()):
        if time.monotonic() > until:
            sys.stderr.flush()
            os._exit(0)
        time.sleep(0.05)


def _find_connection_limit() -> int:
    """Return how many connections the open files of this process allow, raised as far as it may."""
    if sys.platform == "win32":
        return MAX_CONNECTIONS
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES_PER_CONNECTION * MAX_CONNECTIONS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(MAX_CONNECTIONS, wanted if soft == resource.RLIM_INFINITY else soft // 2)


def _format_start(host: str, port: int, public: PublicAddress) -> str:
    """Return the line that says where the site is served."""
    local = f"http://{'[' + host + ']' if ':' in host else host}:{port}{public.base_path}"
    known = f" for {public.url}" if public.url else ""
    return f"Serving at {local}{known} – press Ctrl-C to stop"


def _format_port_error(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken: choose another with --port, or stop what uses it."
    if error.errno == errno.EACCES:
        return f"Port {port} is not open to you: choose one above 1023 with --port."
    return f"{host}:{port} cannot be listened on: {error}."
