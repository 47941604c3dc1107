"""The main loop of a worker process: open the engine, then serve one request after another."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeAlias

from loader.errors import Limit, ProjectError, QueryStopped
from query_ui.engine.pinned_release import pin_release
from query_ui.engine.protocol import EngineRequest, QueryLimits
from query_ui.engine.result_buffer import ResultBuffer
from query_ui.engine.result_formats import ResultKind, find_format
from query_ui.engine.result_writer import ResultWriter

EngineOpener: TypeAlias = Callable[[], ResultWriter]
"""Opens the engine inside the worker; it is pickled, so it is a ``functools.partial``."""

WorkerRequest: TypeAlias = tuple[
    str, tuple[str, ...], tuple[str, ...], Mapping[ResultKind, str], str
]
"""Text, default graphs, named graphs, format names, release; a tuple, as that is quick to pickle.

The release is that of the request, or "" for the current one.
"""

WorkerResult: TypeAlias = tuple[ResultKind, str, int, bytes | None]
"""Kind, name of the format, size in bytes, body; None as the body where it is in the file."""

WorkerReply: TypeAlias = WorkerResult | ProjectError


def run_worker(
    pipe: Connection, opener: EngineOpener, limits: QueryLimits, result_path: Path
) -> None:
    """Serve requests until the pipe ends; write results above a megabyte to ``result_path``."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is handled by the parent, which ends us
    threading.Thread(target=exit_with_parent, daemon=True).start()
    engine = _try_open_engine(opener)
    _limit_memory(limits.megabytes)
    pipe.send(True)
    while True:
        try:
            request: WorkerRequest = pipe.recv()
        except EOFError:
            return
        try:
            engine = engine or opener()
            reply: WorkerReply = _execute_request(
                engine, request, ResultBuffer(result_path, limits.max_result_bytes)
            )
        except ProjectError as error:
            reply = error
        except MemoryError:
            reply = QueryStopped(
                f"The query was stopped: it needed more than {limits.megabytes} MB of memory.",
                Limit.MEMORY,
            )
        pipe.send(reply)


def _try_open_engine(opener: EngineOpener) -> ResultWriter | None:
    """Return the engine, or None where it cannot be opened; the next request tries again."""
    try:
        return opener()
    except ProjectError:
        return None


def _execute_request(
    engine: ResultWriter, request: WorkerRequest, buffer: ResultBuffer
) -> WorkerResult:
    text, default_graphs, named_graphs, names, release = request
    formats = {kind: form for kind, name in names.items() if (form := find_format(name, kind))}
    whole = False
    try:
        with pin_release(release):
            kind, form = engine.write_result(
                EngineRequest(text, default_graphs, named_graphs, formats), buffer
            )
        body = buffer.finish_result()
        whole = True
        return kind, form.name, buffer.size, body
    finally:
        if not whole:
            buffer.discard()


def exit_with_parent() -> None:
    """Exit when the parent does, even if it is killed; runs in a thread beside the store."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _limit_memory(megabytes: int) -> None:
    """Limit the growth of writable memory from now on; do nothing on systems other than Linux.

    https://man7.org/linux/man-pages/man2/setrlimit.2.html
    """
    if sys.platform != "linux":
        return
    import resource

    # RLIMIT_AS would count address space that is only reserved. Each thread of the store reserves
    # up to 128 MB, so that a query was refused at random when several of them began at once.
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[5])
    most = pages * resource.getpagesize() + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
