"""The main loop of a process that makes pages: the application of the server, on the same release.

What it cannot answer as the server would, it leaves to the server.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextvars import copy_context
from functools import partial
from http import HTTPStatus
from io import BytesIO
from multiprocessing.connection import Connection
from typing import NoReturn

from loader.errors import BuildError
from loader.settings import Settings
from query_ui.app import (
    add_tools,
    build_cache_headers,
    build_graph_context,
    choose_state_finder,
    create_flask,
    register_hooks,
)
from query_ui.engine import open_engine
from query_ui.engine.pinned_release import pin_release
from query_ui.engine.protocol import Engine
from query_ui.engine.worker_main import exit_with_parent
from query_ui.graph.page_queries import GRAPH_EXTENSION
from query_ui.http.cache_headers import STATE_KEY
from query_ui.http.memory import tune_collector, tune_threads, use_one_memory_arena
from query_ui.http.page_declined import DeclinedEngine, PageDeclined, decline_stream
from query_ui.http.page_process import PageReply, PageRequest
from query_ui.http.public_address import use_base_path
from query_ui.http.rate_limit import WsgiApp
from query_ui.http.request_limits import DEFAULT_LIMITS
from query_ui.http.response import Headers
from query_ui.reconciliation.served_services import REGISTRIES_EXTENSION
from query_ui.site.feedback_message import FEEDBACK_CONFIG


class PageMaker:
    """Makes pages with ``app``, on the release and in the state of the site of the request."""

    def __init__(
        self, app: WsgiApp, engine: Engine, find_state: Callable[[], Hashable | None]
    ) -> None:
        self._app = app
        self._engine = engine
        self._find_state = find_state

    def make_page(self, request: PageRequest) -> PageReply | None:
        """Return the response; None where it is an error, streamed, or of another release."""
        before = time.thread_time()
        environ, state, release = request
        try:
            if self._find_state() != state or self._engine.release != release:
                return None
            with pin_release(release), use_base_path(environ.get("SCRIPT_NAME", "")):
                status, headers, body = run_application(self._app, environ, state)
        except (PageDeclined, BuildError):
            return None
        if int(status[:3]) >= HTTPStatus.BAD_REQUEST and int(status[:3]) != HTTPStatus.NOT_FOUND:
            return None  # the server notes errors in its log and metrics
        return status, headers, body, time.thread_time() - before


def run_application(
    app: WsgiApp, texts: Mapping[str, str], state: Hashable
) -> tuple[str, Headers, bytes]:
    """Return status, headers and body of the response to a request without a body."""
    head: list[tuple[str, Headers]] = []

    def start_response(
        status: str, headers: Headers, exc_info: object = None
    ) -> Callable[..., object]:
        head[:] = [(status, headers)]
        return head.append

    body: Iterable[bytes] = app(
        {
            **texts,
            "wsgi.version": (1, 0),
            "wsgi.input": BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
            STATE_KEY: state,
        },
        start_response,
    )
    try:
        whole = b"".join(body)
    finally:
        getattr(body, "close", lambda: None)()
    return *head[0], whole


def build_page_maker(
    settings: Settings, feedback: str, registry_names: Sequence[str]
) -> tuple[PageMaker, str]:
    """Build the application of the server as far as pages need it; return also its version.

    See ``run_page_process`` for the parameters, and ``query_ui.app.create_app``.
    """
    app = create_flask()
    app.config[FEEDBACK_CONFIG] = feedback
    engine = open_engine(settings, is_serving=True)
    shared = build_graph_context(settings, engine, DeclinedEngine(engine))
    app.extensions[GRAPH_EXTENSION] = shared
    app.extensions[REGISTRIES_EXTENSION] = {}
    add_tools(app, settings, DEFAULT_LIMITS)
    cache_headers = build_cache_headers(app, settings, registry_names)
    register_hooks(app, engine, shared, cache_headers)
    app.after_request(decline_stream)  # Flask calls the last one first
    find_state = choose_state_finder(engine, settings.out)
    return PageMaker(app.wsgi_app, engine, find_state), cache_headers.version


def run_page_process(
    settings: Settings, feedback: str, registry_names: Sequence[str], pipes: Sequence[Connection]
) -> None:
    """Make pages for the server at the other end of the pipes, until it ends.

    ``feedback`` is the address for reports of errors, and ``registry_names`` are those of
    ``list_registry_names``. Raises BuildError and DataError where the application
    cannot be made.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is handled by the parent, which ends us
    logging.disable()  # whatever goes wrong here is done again by the server, which logs it
    use_one_memory_arena()
    tune_threads()
    threading.Thread(target=exit_with_parent, daemon=True).start()
    maker, version = build_page_maker(settings, feedback, registry_names)
    tune_collector()
    pipes[0].send(version)
    for pipe in pipes[1:]:
        threading.Thread(target=serve_pipe, args=(pipe, maker), daemon=True).start()
    serve_pipe(pipes[0], maker)


def serve_pipe(pipe: Connection, maker: PageMaker) -> NoReturn:
    """Reply to one request after another; end the process after the last, and at a fault."""
    try:
        while True:
            request: PageRequest = pipe.recv()
            pipe.send(copy_context().run(partial(maker.make_page, request)))
    except (EOFError, OSError):
        pass  # the server has ended, or has given this process up
    finally:
        os._exit(1)
