"""The processor time that worker processes spent for the requests of each thread."""

import threading


class _ThreadTotal(threading.local):
    """Seconds of processor time, one total for each thread."""

    seconds = 0.0


_TOTAL = _ThreadTotal()


def add_worker_seconds(seconds: float) -> None:
    """Add the processor time of one query to the total of the current thread."""
    _TOTAL.seconds += seconds


def read_worker_seconds() -> float:
    """Return the total of the current thread; a caller takes the difference of two readings."""
    return _TOTAL.seconds
