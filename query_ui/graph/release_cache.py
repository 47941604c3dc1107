"""What a release holds in a file beside its store, opened once for whichever release answers."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

Opened = TypeVar("Opened")


class PerRelease(Generic[Opened]):
    """Gives one file of the release that answers, opened; None where it has none that fits."""

    def __init__(
        self,
        out: Path,
        release: Callable[[], str],
        name: str,
        opener: Callable[[Path], Opened | None],
    ) -> None:
        self._out = out
        self._release = release
        self._name = name
        self._opener = opener
        self._lock = threading.Lock()
        self._known: tuple[str, int, Opened | None] = ("", 0, None)

    def current(self) -> Opened | None:
        """The file of the release that answers now."""
        release = self._release()
        path = self._out / "releases" / release / self._name
        try:
            written = path.stat().st_mtime_ns
        except OSError:
            return None
        with self._lock:
            if self._known[:2] != (release, written):
                self._known = (release, written, self._opener(path))
            return self._known[2]
