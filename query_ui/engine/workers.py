"""The workers: processes that run visitors' queries and are killed when one passes a limit."""

import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeAlias

from loader.errors import BuildError, ProjectError, QueryStopped
from query_ui.engine.guard import check_size
from query_ui.engine.interface import Answer, Engine, Limits
from query_ui.formats import Kind

Opener: TypeAlias = Callable[[], Engine]
"""Makes the engine inside the worker; it is pickled, so a ``functools.partial`` of a class."""

_Request: TypeAlias = tuple[str, Sequence[str], Sequence[str]]
_Reply: TypeAlias = tuple[Kind, bytes] | ProjectError

_START_SECONDS = 30.0


class WorkerEngine:
    """Answers strangers: at most ``limits.workers`` queries at once, each in its own process.

    A query is never answered in part. Past a limit its process is killed (SIGKILL: the store
    cannot be interrupted), another takes its place, and QueryStopped is raised. Processes start
    when they are first needed and end with this one. Safe to use from several threads.
    """

    def __init__(self, engine: Engine, opener: Opener, limits: Limits) -> None:
        self._engine = engine
        self._opener = opener
        self._limits = limits
        self._closed = False
        self._lock = threading.Lock()
        self._alive: set[_Worker] = set()
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(limits.workers):
            self._idle.put(None)

    @property
    def prefixes(self) -> Mapping[str, str]:
        """See ``Engine.prefixes``."""
        return self._engine.prefixes

    @property
    def release(self) -> str:
        """See ``Engine.release``."""
        return self._engine.release

    def ask(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> Answer:
        """See ``Engine.ask``; QueryRefused for SERVICE and size, QueryStopped at a limit."""
        check_size(text, self._limits.text)
        worker = self._take()
        reply: _Reply | None = None
        try:
            reply = worker.ask((text, tuple(default_graphs), tuple(named_graphs)))
        finally:
            if reply is None:
                self._replace(worker)
        self._idle.put(worker)
        if isinstance(reply, ProjectError):
            raise reply
        return Answer(*reply, self.prefixes)

    def for_visitors(self, limits: Limits | None = None) -> Engine:
        """Itself: it is for visitors already."""
        return self

    def close(self) -> None:
        """Kill every worker; queries that run raise QueryStopped."""
        with self._lock:
            self._closed = True
            workers, self._alive = self._alive, set()
        for worker in workers:
            worker.kill()

    def _take(self) -> "_Worker":
        """A worker that is free, once there is one."""
        try:
            worker = self._idle.get(timeout=self._limits.waiting)
        except queue.Empty:
            raise QueryStopped(
                f"The query was not begun: all {self._limits.workers} workers were busy for "
                f"{self._limits.waiting:g} s. Try again in a while."
            ) from None
        if worker and worker.process.is_alive():
            return worker
        fresh = None
        try:
            fresh = self._start(worker)
        finally:
            if fresh is None:
                self._idle.put(None)
        return fresh

    def _start(self, dead: "_Worker | None" = None) -> "_Worker":
        with self._lock:
            if self._closed:
                raise QueryStopped("The query was not begun: the server is closing.")
            if dead:
                dead.kill()
                self._alive.discard(dead)
            worker = _Worker(self._opener, self._limits)
            self._alive.add(worker)
        return worker

    def _replace(self, worker: "_Worker") -> None:
        """Kill a worker and start the next at once, so that it is warm for the next query."""
        worker.kill()
        fresh = None
        try:
            fresh = None if self._closed else self._start(worker)
        finally:
            self._idle.put(fresh)


class _Worker:
    """One process and the pipe to it, as the parent sees them."""

    def __init__(self, opener: Opener, limits: Limits) -> None:
        context = multiprocessing.get_context("spawn")
        self._limits = limits
        self._pipe, theirs = context.Pipe()
        self._ready = False
        self.process = context.Process(
            target=_work, args=(theirs, opener, limits.megabytes), daemon=True, name="query-worker"
        )
        self.process.start()
        theirs.close()  # else the end of the process would not end the pipe

    def ask(self, request: _Request) -> _Reply:
        """The reply of the process; after QueryStopped it is only fit to be killed."""
        self._wait_until_ready()
        start = time.monotonic()
        try:
            self._pipe.send(request)
            if self._pipe.poll(self._limits.seconds):
                reply: _Reply = self._pipe.recv()
                return reply
        except (EOFError, OSError) as error:
            raise self._ended(time.monotonic() - start) from error
        raise QueryStopped(
            f"The query was stopped after {time.monotonic() - start:.1f} s: the limit is "
            f"{self._limits.seconds:g} s. There is no answer, not even a part of one. "
            "Narrow it down, for example by naming the class, the property or the graph."
        )

    def kill(self) -> None:
        """End the process now and forget it, leaving no zombie."""
        self.process.kill()
        self.process.join()
        self._pipe.close()

    def _wait_until_ready(self) -> None:
        """Starting up is not part of a query's time."""
        try:
            if self._ready or (self._pipe.poll(_START_SECONDS) and self._pipe.recv()):
                self._ready = True
                return
        except (EOFError, OSError):
            pass
        raise BuildError("a worker process for queries could not be started")

    def _ended(self, seconds: float) -> QueryStopped:
        """Why the process is gone: allocation past the limit aborts, a deep recursion crashes."""
        self.process.join(5)
        code = self.process.exitcode
        if code == -getattr(signal, "SIGABRT", 6):
            reason = f"it needed more than {self._limits.megabytes} MB of memory"
        elif code == -getattr(signal, "SIGSEGV", 11):
            reason = "it is nested too deeply"
        else:
            reason = f"its process ended (exit code {code})"
        return QueryStopped(
            f"The query was stopped after {seconds:.1f} s: {reason}. There is no answer, not even "
            "a part of one."
        )


def _work(pipe: Connection, opener: Opener, megabytes: int) -> None:
    """The life of a worker: open the engine, then answer one request after the other."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    engine = _opened(opener)
    _limit_memory(megabytes)
    pipe.send(True)
    while True:
        try:
            request: _Request = pipe.recv()
        except EOFError:
            return
        try:
            engine = engine or opener()
            reply = _reply(engine, request)
        except ProjectError as error:
            reply = error
        except MemoryError:
            reply = QueryStopped(
                f"The query was stopped: it needed more than {megabytes} MB of memory."
            )
        pipe.send(reply)


def _opened(opener: Opener) -> Engine | None:
    """The engine, or None while there is none to open: the next request says so, or finds one."""
    try:
        return opener()
    except ProjectError:
        return None


def _reply(engine: Engine, request: _Request) -> _Reply:
    text, default_graphs, named_graphs = request
    answer = engine.ask(text, default_graphs=default_graphs, named_graphs=named_graphs)
    return answer.kind, answer.body


def _end_with_parent() -> None:
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
