"""A call that several threads share, where each needs one that begins after it has asked."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from loader.errors import ProjectError

Outcome = TypeVar("Outcome")


class SharedCall(Generic[Outcome]):
    """Runs ``call``, one at a time, for all threads that ask for it. Thread-safe.

    A call that runs already may have read what it returns before a thread asked, so that thread
    waits for the next one; all that wait meanwhile share it.
    """

    def __init__(self, call: Callable[[], Outcome]) -> None:
        self._call = call
        self._changed = threading.Condition()
        self._begun = 0
        self._ended = 0
        self._outcome: Outcome | None = None
        self._error: ProjectError | None = None

    def run(self) -> Outcome:
        """Return what a call returns that begins after this; raise the ProjectError it raises."""
        with self._changed:
            wanted = self._begun + 1
            while self._ended < wanted and self._begun > self._ended:
                self._changed.wait()
            is_next = self._ended < wanted
            if is_next:
                self._begun += 1
        if is_next:
            self._run_call()
        with self._changed:
            # Of this call or of a later one, which began later still.
            if self._error:
                raise self._error
            return self._outcome  # type: ignore[return-value]

    def _run_call(self) -> None:
        outcome: Outcome | None = None
        error: ProjectError | None = ProjectError("What this waited for has failed.")
        try:
            outcome, error = self._call(), None
        except ProjectError as raised:
            error = raised
        finally:  # for any other error too, so that no thread waits for ever
            with self._changed:
                self._outcome, self._error = outcome, error
                self._ended += 1
                self._changed.notify_all()
