"""The life of a worker process: open the engine, then answer one request after the other."""

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
from query_ui.engine.protocol import EngineRequest, QueryLimits
from query_ui.engine.result_buffer import ResultBuffer
from query_ui.engine.result_formats import ResultKind, find_format
from query_ui.engine.result_writer import ResultWriter

EngineOpener: TypeAlias = Callable[[], ResultWriter]
"""Makes the engine inside the worker; it is pickled, so a ``functools.partial`` of a class."""


WorkerRequest: TypeAlias = tuple[str, tuple[str, ...], tuple[str, ...], Mapping[ResultKind, str]]
"""A question as it goes through the pipe, with the names of its formats: tuples are quick."""

WorkerResult: TypeAlias = tuple[ResultKind, str, int, bytes | None]
"""An answer: its kind, the name of its format, its bytes; None where they lie in the file."""

WorkerReply: TypeAlias = WorkerResult | ProjectError


def run_worker(
    pipe: Connection, opener: EngineOpener, limits: QueryLimits, result_path: Path
) -> None:
    """Answer requests until the pipe ends; each answer past a megabyte lies in ``result_path``."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    threading.Thread(target=_exit_with_parent, daemon=True).start()
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
    """The engine, or None while there is none to open: the next request says so, or finds one."""
    try:
        return opener()
    except ProjectError:
        return None


def _execute_request(
    engine: ResultWriter, request: WorkerRequest, buffer: ResultBuffer
) -> WorkerResult:
    text, default_graphs, named_graphs, names = request
    formats = {kind: form for kind, name in names.items() if (form := find_format(name, kind))}
    whole = False
    try:
        kind, form = engine.write_result(
            EngineRequest(text, default_graphs, named_graphs, formats), buffer
        )
        body = buffer.finish_result()
        whole = True
        return kind, form.name, buffer.size, body
    finally:
        if not whole:
            buffer.discard()


def _exit_with_parent() -> None:
    """Leave no orphan behind a parent that was killed: the store lets other threads run."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _limit_memory(megabytes: int) -> None:
    """Let the address space grow by so much from here; where the system has no such limit, none."""
    if sys.platform != "linux":
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * resource.getpagesize() + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
