"""Cache of a file of few releases, such as an index, opened once for each release."""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from query_ui.engine.embedded_engine import OPEN_RELEASES

OpenedFile = TypeVar("OpenedFile")


class ReleaseCache(Generic[OpenedFile]):
    """A cache of one opened file of each of the releases in use. Thread-safe.

    ``open_file`` returns None for a file of another version. Of more than ``OPEN_RELEASES`` the
    one used longest ago is dropped; it is not closed explicitly, since other threads may still
    read from it.
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
        self._cached: OrderedDict[tuple[str, int], OpenedFile | None] = OrderedDict()

    def get_current(self) -> OpenedFile | None:
        """Return the opened file of the release, or None where there is none that fits."""
        release = self._release()
        # A page asks many times, and text is joined much faster than a path.
        path = f"{self._out}/releases/{release}/{self._name}"
        try:
            written = os.stat(path).st_mtime_ns
        except OSError:
            return None
        with self._lock:
            key = release, written
            if key not in self._cached:
                self._cached[key] = self._opener(Path(path))
                if len(self._cached) > OPEN_RELEASES:
                    self._cached.popitem(last=False)
            self._cached.move_to_end(key)
            return self._cached[key]
