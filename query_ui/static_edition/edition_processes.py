"""Run the two long parts of a static edition, reading and writing pages, in several processes.

A page takes processor time, and threads of one Python process share one processor.
https://docs.python.org/3/library/concurrent.futures.html#processpoolexecutor
"""

import signal
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from loader.errors import BuildError
from query_ui.engine.worker_main import exit_with_parent
from query_ui.engine.worker_process import create_process_context

BATCH = 20
"""Pages that a process gets at a time: few enough to stop within a second or two."""
QUEUED_FOR_EACH = 2
"""Batches of each process that are under way, so that none waits for the next."""
_PRELOADED = ("query_ui.app", "query_ui.static_edition.site_reading")

Item = TypeVar("Item")
Result = TypeVar("Result")


class InlineExecutor(Executor):
    """An executor that runs a function when it is submitted, in this process."""

    def submit(
        self, fn: Callable[..., Result], /, *args: object, **kwargs: object
    ) -> Future[Result]:
        """Run a function and return its result as a future; its errors are raised here."""
        future: Future[Result] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@dataclass(frozen=True, slots=True)
class EditionProcesses:
    """Processes that work side by side; with a ``number`` of one it is this process."""

    executor: Executor
    number: int

    def run_batches(
        self, function: Callable[[Sequence[Item]], Result], waiting: list[Item]
    ) -> Iterator[Result]:
        """Yield the result of ``function`` for each batch of ``waiting``, in the order of ending.

        Whoever reads the results may add to ``waiting``; the work ends when it is empty. Raises
        what ``function`` does.
        """
        running: Collection[Future[Result]] = set()
        most = self.number * QUEUED_FOR_EACH
        while waiting or running:
            submitted = set(running)
            while waiting and len(submitted) < most:
                size = min(BATCH, max(1, len(waiting) // most))
                batch, waiting[-size:] = waiting[-size:], []
                submitted.add(self.executor.submit(function, batch))
            done, running = wait(submitted, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()


@contextmanager
def open_processes(number: int) -> Iterator[EditionProcesses]:
    """Yield so many processes.

    At an error and at Ctrl-C no other batch begins, and all processes end. Raises BuildError where
    a process ends before its work does.
    """
    if number == 1:
        yield EditionProcesses(InlineExecutor(), number)
        return
    context = create_process_context(_PRELOADED)
    executor = ProcessPoolExecutor(number, context, _prepare_process)
    try:
        yield EditionProcesses(executor, number)
    except BrokenProcessPool as error:
        raise BuildError(
            "A process that makes pages has ended before its work did, perhaps for want of memory; "
            "nothing was written. `--processes 1` takes less memory and more time."
        ) from error
    finally:
        executor.shutdown(cancel_futures=True)


def _prepare_process() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is handled by the parent, which ends us
    threading.Thread(target=exit_with_parent, daemon=True).start()
