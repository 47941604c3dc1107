"""The file ``current`` of a build folder, read again only when it has changed."""

import os
from pathlib import Path

from loader.errors import BuildError


class CurrentRelease:
    """The hash of the current release; inode, time and size show when a build replaced the file."""

    def __init__(self, out: Path) -> None:
        self._path = out / "current"
        self._cached_hash: tuple[tuple[int, int, int], str] = ((0, 0, 0), "")

    def release(self) -> str:
        """Return the hash in the file; raise BuildError where it is missing or unreadable."""
        try:
            status = os.stat(self._path)
            mark = (status.st_ino, status.st_mtime_ns, status.st_size)
            known, release = self._cached_hash
            if mark != known:
                release = self._path.read_text(encoding="ascii").strip()
                self._cached_hash = (mark, release)
            return release
        except FileNotFoundError:
            out = self._path.parent
            raise BuildError(f"no release in {out}: run `concordat-kg build` first") from None
        except (OSError, UnicodeDecodeError) as error:
            raise BuildError(f"the pointer {self._path} cannot be read: {error}") from error
