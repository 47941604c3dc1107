"""The server's side of a worker process and of the pipe to it."""

import multiprocessing
import os
import pickle
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from pathlib import Path

from loader.errors import BuildError, ClientGone, Limit, ProjectError, QueryStopped, WorkerDied
from query_ui.engine.protocol import QueryLimits
from query_ui.engine.worker_main import EngineOpener, WorkerReply, WorkerRequest, run_worker

NO_PARTIAL_RESULT = "There is no answer, not even a part of one."

START_SECONDS = 300.0
"""For a process to start: generous for a busy machine, and a failed start closes its pipe."""
SMALL_REPLY_BYTES = 16 * 1024
"""A message up to this is written to the pipe at once, so that it comes in one piece."""
_LENGTH = struct.Struct("!i")
_PEEK = socket.MSG_PEEK | getattr(socket, "MSG_DONTWAIT", 0)
_POLL_SECONDS = 0.1
_LOW_PRIORITY = 19
PRELOADED_MODULES = (
    *("query_ui.engine.embedded_engine", "query_ui.engine.worker_main"),
    *("rdflib.plugins.sparql.parser", "rdflib.plugins.sparql.algebra"),
)
"""What is imported before the fork, so that importing the guard's parsers is not part of a query's
time. All processes of a server are forked from the one that has imported these.
"""


class WorkerProcess:
    """A process that evaluates one query at a time; after a timeout it can only be killed.

    It writes a result that is too large for the pipe to ``result_path``.
    """

    def __init__(self, opener: EngineOpener, limits: QueryLimits, result_path: Path) -> None:
        context = create_process_context(PRELOADED_MODULES)
        self._limits = limits
        self.path = result_path
        self._pipe, theirs = context.Pipe()
        self._socket: socket.socket | None = None
        self._ready = False
        self._started_at = 0.0
        self._processor_seconds_before = 0.0
        self.process = context.Process(
            target=run_worker,
            args=(theirs, opener, limits, result_path),
            daemon=True,
            name="query-worker",
        )
        self.process.start()
        theirs.close()  # the pipe ends with the process only if no other copy is open
        self._has_reply = create_poller(self._pipe)

    @property
    def is_alive(self) -> bool:
        """Whether an idle process still runs."""
        # An idle process sends nothing, so a readable pipe means that it has ended.
        return not (self._ready and self._has_reply(0))

    @property
    def is_ready(self) -> bool:
        """Whether an idle process has started and still runs."""
        if not self._ready:
            self._ready = bool(self.read_small_reply())
        return self._ready and self.is_alive

    def send_request(self, request: WorkerRequest) -> None:
        """Send a request; raise BuildError where the process did not start.

        The time for starting up does not count as time of the query.
        """
        self._wait_until_ready()
        try:
            self._send(request)
        except OSError as error:
            raise self._build_exit_error() from error

    def send_at_once(self, request: WorkerRequest) -> None:
        """Send a small request to a process that is ready, without any wait.

        ``wait_for_reply`` reports where the process has ended.
        """
        with suppress(OSError):
            self._send(request)

    def _send(self, request: WorkerRequest) -> None:
        self._started_at = time.monotonic()
        self._processor_seconds_before = _read_processor_seconds(self.process.pid) or 0.0
        self._pipe.send_bytes(pickle.dumps(request))

    def fileno(self) -> int:
        """Return the descriptor that is readable once a reply, or its beginning, has come."""
        return self._pipe.fileno()

    def read_small_reply(self) -> WorkerReply | None:
        """Return a reply that has come in full and is small, else None, without any wait.

        ``Connection`` writes the length of a message before it, as four bytes.
        """
        if self._socket is None:
            self._socket = socket.socket(fileno=os.dup(self._pipe.fileno()))
        try:
            seen = self._socket.recv(_LENGTH.size + SMALL_REPLY_BYTES, _PEEK)
        except OSError:
            return None
        if len(seen) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(seen)
        if not 0 <= length <= len(seen) - _LENGTH.size:
            return None
        self._socket.recv(_LENGTH.size + length)
        reply: WorkerReply = pickle.loads(memoryview(seen)[_LENGTH.size :])
        return reply

    @property
    def seconds(self) -> float:
        """The seconds since the request was sent."""
        return time.monotonic() - self._started_at

    @property
    def processor_seconds(self) -> float:
        """The processor time of the query in seconds, or ``seconds`` where it is unknown.

        On a busy machine a query may take long without needing much processor time.
        """
        used = _read_processor_seconds(self.process.pid)
        return self.seconds if used is None else used - self._processor_seconds_before

    def wait_for_reply(
        self, until_seconds: float, is_client_gone: Callable[[], bool]
    ) -> WorkerReply | None:
        """Return the reply, or None where there is none ``until_seconds`` after the request.

        Raises ClientGone as soon as ``is_client_gone`` returns True, and where the process has
        ended QueryStopped if a limit was the reason, WorkerDied if not.
        """
        try:
            while (left := until_seconds - self.seconds) > 0:
                if self._has_reply(min(left, _POLL_SECONDS)):
                    reply: WorkerReply = self._pipe.recv()
                    return reply
                if is_client_gone():
                    raise ClientGone("The query was stopped: whoever asked has gone.")
        except (EOFError, OSError) as error:
            raise self._build_exit_error() from error
        return None

    def lower_priority(self) -> None:
        """Give the process the lowest priority, so that those of short queries come first."""
        if sys.platform != "win32" and self.process.pid:
            try:
                os.setpriority(os.PRIO_PROCESS, self.process.pid, _LOW_PRIORITY)
            except ProcessLookupError:
                return  # it has ended; reading from its pipe will report that

    def kill(self) -> None:
        """Kill the process; leave no zombie, open pipe or file behind."""
        self.process.kill()
        self.process.join()
        self._pipe.close()
        if self._socket is not None:
            self._socket.close()
        self.path.unlink(missing_ok=True)

    def _wait_until_ready(self) -> None:
        try:
            if self._ready or (self._pipe.poll(START_SECONDS) and self._pipe.recv()):
                self._ready = True
                return
        except (EOFError, OSError):
            pass
        raise BuildError("a worker process for queries could not be started")

    def _build_exit_error(self) -> ProjectError:
        """Return the error that explains the end of the process by its exit code."""
        seconds = self.seconds
        self.process.join(5)
        code = self.process.exitcode
        # In the store's native code a failed allocation aborts the process, and a recursion that
        # is too deep for the stack is a segmentation fault: neither can become a Python error.
        if code == -getattr(signal, "SIGABRT", 6):
            reason = f"it needed more than {self._limits.megabytes} MB of memory"
        elif code == -getattr(signal, "SIGSEGV", 11):
            reason = "it is nested too deeply"
        else:
            text = f"The process of the query ended (exit code {code}). {NO_PARTIAL_RESULT}"
            return WorkerDied(text, Limit.PROCESS, seconds)
        text = f"The query was stopped after {seconds:.1f} s: {reason}. {NO_PARTIAL_RESULT}"
        return QueryStopped(text, Limit.MEMORY, seconds)


def _read_processor_seconds(pid: int | None) -> float | None:
    """Return the processor time of a process in seconds, or None where it is not available.

    https://man7.org/linux/man-pages/man3/clock_getcpuclockid.3.html
    """
    if sys.platform != "linux" or not pid:
        return None
    try:
        # Python has no clock_getcpuclockid; this is its formula, with 2 for the scheduler's clock.
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return None


def create_poller(pipe: Connection) -> Callable[[float], object]:
    """Return a function that waits for input up to a number of seconds, then is true or false.

    It takes a third of the time of ``Connection.poll``, which builds a selector at each call.
    """
    if sys.platform == "win32":
        return pipe.poll
    poll = select.poll()
    poll.register(pipe.fileno(), select.POLLIN)
    return lambda seconds: poll.poll(seconds * 1000)


def create_process_context(preloaded: Sequence[str]) -> SpawnContext | ForkServerContext:
    """Return the context that starts processes: a fork server where the system has one.

    A fork of the threaded server itself could inherit locks that are held and never released. The
    modules ``preloaded`` are imported once, before the first fork.
    """
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preloaded))
    return context


def count_processors() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
