"""A circuit breaker, which spares a failing endpoint and the clients that would wait for it.

https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker
"""

import math
import threading
import time
from collections.abc import Callable

from loader.errors import ServerBusy

MAX_FAILURES = 5
OPEN_SECONDS = 10.0


class CircuitBreaker:
    """A breaker that opens after ``max_failures`` in a row, for ``open_seconds``. Thread-safe.

    After that time one request is let through: if it succeeds the breaker closes, if it fails it
    stays open for as long again. ``clock`` returns seconds.
    """

    def __init__(
        self,
        max_failures: int = MAX_FAILURES,
        open_seconds: float = OPEN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_failures = max_failures
        self._open_seconds = open_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0

    def check(self) -> None:
        """Raise ServerBusy while the breaker is open, with the seconds that are left."""
        with self._lock:
            if self._failures < self._max_failures:
                return
            left = self._open_until - self._clock()
            if left > 0:
                raise ServerBusy(
                    f"The SPARQL endpoint behind this site failed {self._failures} times in a row, "
                    "so it is left alone for some seconds. Try again then.",
                    math.ceil(left),
                )
            # This request is the trial; others are refused until its result is known.
            self._open_until = self._clock() + self._open_seconds

    def record_success(self) -> None:
        """Close the breaker: the endpoint answered."""
        with self._lock:
            self._failures = 0

    def record_failure(self) -> None:
        """Count a failure of the endpoint, and open the breaker if it was one too many."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._max_failures:
                self._open_until = self._clock() + self._open_seconds
