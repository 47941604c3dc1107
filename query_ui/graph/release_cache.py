"""What a release holds in a file beside its store, opened once for whichever release answers."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

OpenedFile = TypeVar("OpenedFile")


class ReleaseCache(Generic[OpenedFile]):
    """Gives one file of the release that answers, opened; None where it has none that fits."""

    def __init__(
        self,
        out: Path,
        get_release: Callable[[], str],
        file_name: str,
        open_file: Callable[[Path], OpenedFile | None],
    ) -> None:
        self._out = out
        self._release = get_release
        self._name = file_name
        self._opener = open_file
        self._lock = threading.Lock()
        self._cached_file: tuple[str, int, OpenedFile | None] = ("", 0, None)

    def get_current(self) -> OpenedFile | None:
        """The file of the release that answers now."""
        release = self._release()
        path = self._out / "releases" / release / self._name
        try:
            written = path.stat().st_mtime_ns
        except OSError:
            return None
        with self._lock:
            if self._cached_file[:2] != (release, written):
                self._cached_file = (release, written, self._opener(path))
            return self._cached_file[2]
