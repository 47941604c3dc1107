"""The gate through which tasks pass: how many run at a time, and when each has to stop."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import cast

from flask import current_app, g, request

from loader.errors import ClientGone, ServerBusy
from query_ui.http.memory import return_free_memory
from query_ui.http.request_limits import TASK_PREFIXES, RequestLimits
from query_ui.http.wsgi_bridge import CLIENT_GONE_KEY

TASK_GATE_EXTENSION = "concordat-kg-task-gate"

_WAIT_SLICE_SECONDS = 0.1
_RETRY_SECONDS = 10


class TaskGate:
    """Lets ``limits.max_tasks`` tasks run at a time; thread-safe."""

    def __init__(self, limits: RequestLimits) -> None:
        self.limits = limits
        self._vacancy = threading.Condition()
        self._running = 0
        self._waiting = 0

    @contextmanager
    def pass_task(self, is_client_gone: Callable[[], bool]) -> Iterator["Task"]:
        """Wait for room and run the ``with`` block as a task.

        Raise ServerBusy where too many wait or the wait takes too long, ClientGone where the
        client leaves.
        """
        self._enter(is_client_gone)
        try:
            yield Task(self.limits, is_client_gone)
        finally:
            return_free_memory()
            with self._vacancy:
                self._running -= 1
                self._vacancy.notify()

    def _enter(self, is_client_gone: Callable[[], bool]) -> None:
        until = time.monotonic() + self.limits.max_wait_seconds
        with self._vacancy:
            if self._running >= self.limits.max_tasks:
                if self._waiting >= self.limits.max_waiting_tasks:
                    raise self._build_busy_error()
                self._waiting += 1
                try:
                    self._wait(until, is_client_gone)
                finally:
                    self._waiting -= 1
            self._running += 1

    def _wait(self, until: float, is_client_gone: Callable[[], bool]) -> None:
        while self._running >= self.limits.max_tasks:
            if is_client_gone():
                raise ClientGone("The task was not begun: the client has disconnected.")
            if time.monotonic() > until:
                raise self._build_busy_error()
            self._vacancy.wait(_WAIT_SLICE_SECONDS)

    def _build_busy_error(self) -> ServerBusy:
        return ServerBusy(
            f"Nothing was begun: {self._running} large requests are being answered and "
            f"{self._waiting} wait. Try again in {_RETRY_SECONDS} s.",
            _RETRY_SECONDS,
        )


class Task:
    """The time that one task has: it calls ``check`` between slices of its work.

    Processor time is that of the thread, so that a busy machine makes no task fail; the time by the
    clock bounds what waits.
    """

    def __init__(
        self, limits: RequestLimits, is_client_gone: Callable[[], bool] = lambda: False
    ) -> None:
        self.limits = limits
        self._is_client_gone = is_client_gone
        self._processor_start = time.thread_time()
        self._start = time.monotonic()

    def check(self) -> None:
        """Raise ServerBusy where the time is over, ClientGone where the client has left."""
        if self._is_client_gone():
            raise ClientGone("The task was stopped: the client has disconnected.")
        used = time.thread_time() - self._processor_start
        elapsed = time.monotonic() - self._start
        if used <= self.limits.max_task_seconds and elapsed <= self.limits.max_elapsed_seconds:
            return
        raise ServerBusy(
            f"The request was stopped after {max(used, elapsed):.0f} s, and there is no answer to "
            "a part of it. Send it in parts, or match a file with `concordat-kg link` on your "
            "own machine.",
            _RETRY_SECONDS,
        )


def begin_task() -> None:
    """Begin the task of a POST before its body is parsed; raises what ``pass_task`` does.

    Parsing a form of a megabyte is work too. What waited in the queue of the server may belong to
    a client that left long ago.
    """
    if request.method != "POST" or not request.path.startswith(TASK_PREFIXES):
        return
    if _current_client_check()():
        raise ClientGone("The request was not begun: the client has disconnected.")
    stack = ExitStack()
    g.task = stack.enter_context(_current_gate().pass_task(_current_client_check()))
    g.task_end = stack


def end_task(error: BaseException | None = None) -> None:
    """End the task that ``begin_task`` began, if any, once the response is complete."""
    g.pop("task", None)
    stack: ExitStack | None = g.pop("task_end", None)
    if stack is not None:
        stack.close()


@contextmanager
def run_task() -> Iterator[Task]:
    """Run the ``with`` block in the task of the current request, begun here for a GET.

    Raises what ``pass_task`` does.
    """
    if "task" in g:
        yield g.task
        return
    with _current_gate().pass_task(_current_client_check()) as task:
        yield task


def _current_gate() -> TaskGate:
    return cast(TaskGate, current_app.extensions[TASK_GATE_EXTENSION])


def _current_client_check() -> Callable[[], bool]:
    """Return the function that says whether the client of the current request has left."""
    return cast(
        "Callable[[], bool]",
        request.environ.get(CLIENT_GONE_KEY, lambda: False),
    )


def current_limits() -> RequestLimits:
    """Return the limits of the current application."""
    return _current_gate().limits
