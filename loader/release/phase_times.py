"""Measurement of the phases of a build: seconds, processor time and peak memory of each."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

if sys.platform != "win32":
    import resource

Progress = Callable[[str, int, int], None]
"""Called with a stage, the number done and the total; 0 where that is not known."""


@dataclass(frozen=True, slots=True)
class PhaseTime:
    """The cost of one phase, by its name.

    ``seconds`` have passed; ``processor_seconds`` are those of all threads and of the processes
    that have ended; ``peak_bytes`` is the most memory that this process has had until its end.
    """

    name: str
    seconds: float
    processor_seconds: float
    peak_bytes: int


@dataclass(slots=True)
class PhaseTimer:
    """Measures phases by their progress: a phase lasts until the first report of another.

    Call it as the progress of a build, and ``finish`` at its end; ``phases`` are in their order.
    """

    progress: Progress
    phases: list[PhaseTime] = field(default_factory=list)
    _name: str = "preparing"
    _began: float = field(default_factory=time.monotonic)
    _used: float = field(default_factory=lambda: read_processor_seconds())

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._name:
            self._end_phase(stage)
        self.progress(stage, done, total)

    def finish(self) -> None:
        """End the last phase."""
        self._end_phase("finished")

    def _end_phase(self, following: str) -> None:
        now, used = time.monotonic(), read_processor_seconds()
        cost = (now - self._began, used - self._used, read_peak_bytes())
        self.phases.append(PhaseTime(self._name, *cost))
        self._name, self._began, self._used = following, now, used


def read_processor_seconds() -> float:
    """Return the processor time of this process and of its children that have ended, in seconds."""
    if sys.platform == "win32":
        return time.process_time()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def read_peak_bytes() -> int:
    """Return the most memory that this process has had, in bytes; 0 where that is not known."""
    if sys.platform == "win32":
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
