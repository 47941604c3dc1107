"""One worker process and the pipe to it, as the server sees them."""

import multiprocessing
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from pathlib import Path

from loader.errors import BuildError, ClientGone, Limit, ProjectError, QueryStopped
from query_ui.engine.protocol import QueryLimits
from query_ui.engine.worker_main import EngineOpener, WorkerReply, WorkerRequest, run_worker

NO_PARTIAL_RESULT = "There is no answer, not even a part of one."

_START_SECONDS = 300.0  # one that cannot start ends its pipe at once; a busy machine takes long
_POLL_SECONDS = 0.1
_LOW_PRIORITY = 19


class WorkerProcess:
    """A process that answers one question at a time; it is only fit to be killed after a stop.

    ``result_path`` is where it puts what is too large for the pipe.
    """

    def __init__(self, opener: EngineOpener, limits: QueryLimits, result_path: Path) -> None:
        context = _create_process_context()
        self._limits = limits
        self.path = result_path
        self._pipe, theirs = context.Pipe()
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
        theirs.close()  # else the end of the process would not end the pipe
        self._has_reply = _create_poller(self._pipe)

    @property
    def is_alive(self) -> bool:
        """Whether an idle process is still there; the pipe of one that ended has an end to read."""
        return not (self._ready and self._has_reply(0))

    def send_request(self, request: WorkerRequest) -> None:
        """Put a request to the process; starting up is not part of its time."""
        self._wait_until_ready()
        self._started_at = time.monotonic()
        self._processor_seconds_before = _read_processor_seconds(self.process.pid) or 0.0
        try:
            self._pipe.send(request)
        except OSError as error:
            raise self._build_exit_error() from error

    @property
    def seconds(self) -> float:
        """How long the question has been running."""
        return time.monotonic() - self._started_at

    @property
    def processor_seconds(self) -> float:
        """How long the process has worked on the question; how long it has taken, if unknown.

        On a busy machine a short query takes long without being heavy.
        """
        used = _read_processor_seconds(self.process.pid)
        return self.seconds if used is None else used - self._processor_seconds_before

    def wait_for_reply(
        self, until_seconds: float, is_client_gone: Callable[[], bool]
    ) -> WorkerReply | None:
        """The reply, or None while there is none ``until_seconds`` after the question began.

        ClientGone as soon as ``is_client_gone`` says so, QueryStopped where the process has ended.
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
        """Let the processes of short queries go first."""
        if sys.platform != "win32" and self.process.pid:
            try:
                os.setpriority(os.PRIO_PROCESS, self.process.pid, _LOW_PRIORITY)
            except ProcessLookupError:
                return  # it has ended, which its pipe will tell

    def kill(self) -> None:
        """End the process now and forget it, leaving no zombie and no file."""
        self.process.kill()
        self.process.join()
        self._pipe.close()
        self.path.unlink(missing_ok=True)

    def _wait_until_ready(self) -> None:
        try:
            if self._ready or (self._pipe.poll(_START_SECONDS) and self._pipe.recv()):
                self._ready = True
                return
        except (EOFError, OSError):
            pass
        raise BuildError("a worker process for queries could not be started")

    def _build_exit_error(self) -> ProjectError:
        """Why the process is gone: allocation past the limit aborts, a deep recursion crashes."""
        seconds = self.seconds
        self.process.join(5)
        code, limit = self.process.exitcode, Limit.TIME
        if code == -getattr(signal, "SIGABRT", 6):
            limit = Limit.MEMORY
            reason = f"it needed more than {self._limits.megabytes} MB of memory"
        elif code == -getattr(signal, "SIGSEGV", 11):
            reason, limit = "it is nested too deeply", Limit.MEMORY
        else:
            reason = f"its process ended (exit code {code})"
        text = f"The query was stopped after {seconds:.1f} s: {reason}. {NO_PARTIAL_RESULT}"
        return QueryStopped(text, limit, seconds)


def _read_processor_seconds(pid: int | None) -> float | None:
    """What a process has used of the processors; None where the system does not tell.

    The clock of another process: https://man7.org/linux/man-pages/man3/clock_getcpuclockid.3.html
    """
    if sys.platform != "linux" or not pid:
        return None
    try:
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return None


def _create_poller(pipe: Connection) -> Callable[[float], object]:
    """Waits so many seconds for something in the pipe, in a third of the time of its ``poll``."""
    if sys.platform == "win32":
        return pipe.poll
    poll = select.poll()
    poll.register(pipe.fileno(), select.POLLIN)
    return lambda seconds: poll.poll(seconds * 1000)


def _create_process_context() -> SpawnContext | ForkServerContext:
    """Processes forked from a small clean one where the system can; it starts them in no time."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    # The parsers of the guard too: to load them is no part of the time of a query.
    parsers = [f"rdflib.plugins.sparql.{name}" for name in ("parser", "algebra")]
    context.set_forkserver_preload(
        ["query_ui.engine.embedded_engine", "query_ui.engine.worker_main", *parsers]
    )
    return context
