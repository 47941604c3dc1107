"""Cache of a file of the current release, such as an index, opened once for each release."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

OpenedFile = TypeVar("OpenedFile")


class ReleaseCache(Generic[OpenedFile]):
    """A cache of one opened file of the current release. Thread-safe.

    ``open_file`` returns None for a file of another version. The earlier file is not closed
    explicitly, since other threads may still read from it.
    """

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
        """Return the opened file of the current release, or None where there is none that fits."""
        release = self._release()
        # A page asks many times, and text is joined much faster than a path.
        path = f"{self._out}/releases/{release}/{self._name}"
        try:
            written = os.stat(path).st_mtime_ns
        except OSError:
            return None
        with self._lock:
            if self._cached_file[:2] != (release, written):
                self._cached_file = (release, written, self._opener(Path(path)))
            return self._cached_file[2]
