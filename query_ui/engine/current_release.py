"""The release that is served: the current one, or the newest sound one while that is damaged."""

import os
import re
from pathlib import Path

from loader.errors import BuildError
from loader.release.damage_marks import is_marked, read_mark
from loader.release.kept_releases import find_newest_sound

_NAME = re.compile(r"[0-9A-Za-z_-]+")
Mark = tuple[int, int, int]
"""Inode, time and size of a file, which show when it was replaced."""


class CurrentRelease:
    """The hash in the file ``current`` of a build folder, read again only when it has changed."""

    def __init__(self, out: Path) -> None:
        self._path = out / "current"
        self._cached_hash: tuple[Mark, str] = ((0, 0, 0), "")

    def release(self) -> str:
        """Return the hash in the file; raise BuildError where it is missing or unreadable."""
        try:
            mark = read_file_mark(self._path)
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

    @property
    def mark(self) -> Mark:
        """The mark of the file ``current``; a build that makes a release anew changes it."""
        return self._cached_hash[0]

    @property
    def degradation(self) -> str:
        """What is wrong with the current release, as a sentence; "" where it is served."""
        return ""


class ServedRelease(CurrentRelease):
    """The current release, or the newest sound one while that is damaged or missing.

    The marks of damaged releases decide, so that all processes serve the same one.
    """

    def __init__(self, out: Path) -> None:
        super().__init__(out)
        self._out = out
        self._cached_substitute: tuple[tuple[object, ...], str] = ((), "")

    def release(self) -> str:
        """Return the hash of the release to serve; raise BuildError where no sound one is left."""
        current, problem = self._read_pointer()
        return self._find_substitute(current, problem) if problem else current

    @property
    def degradation(self) -> str:
        """See ``CurrentRelease.degradation``."""
        current, problem = self._read_pointer()
        if not problem:
            return ""
        try:
            release = self._find_substitute(current, problem)
        except BuildError as error:
            return str(error)
        return f"{problem}. What you see is the release {release[:12]}, the newest that is sound."

    def _read_pointer(self) -> tuple[str, str]:
        """Return the hash in the file ``current``, and what is wrong with that release or ""."""
        try:
            current = super().release()
        except BuildError:
            return "", "The name of the current release cannot be read"
        if not _NAME.fullmatch(current):
            return "", "The name of the current release is damaged"
        if is_marked(self._out, current):
            damage = read_mark(self._out, current).splitlines()[0]
            return current, f"The current release is damaged ({damage})"
        if not os.path.isdir(f"{self._out}/releases/{current}/store"):  # as in ``is_marked``
            return current, "The current release is missing or incomplete"
        return current, ""

    def _find_substitute(self, current: str, problem: str) -> str:
        folders = (self._out / "releases", self._out / "damaged")
        key = (current, *(read_mark_or_none(folder) for folder in folders))
        known, release = self._cached_substitute
        # Two marks within one tick of the clock look like one, so the mark itself is asked for too.
        if key != known or not release or is_marked(self._out, release):
            release = find_newest_sound(self._out)
            self._cached_substitute = (key, release)
        if not release:
            raise BuildError(f"{problem}, and no other is sound: run `concordat-kg build`.")
        return release


def read_file_mark(path: str | Path) -> Mark:
    """Return the mark of a file; raise OSError where there is none."""
    status = os.stat(path)
    return status.st_ino, status.st_mtime_ns, status.st_size


def read_mark_or_none(path: str | Path) -> Mark | None:
    """Return the mark of a file or folder, or None where it cannot be read."""
    try:
        return read_file_mark(path)
    except OSError:
        return None
