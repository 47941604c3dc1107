"""Releases on disk: complete folders named after their content, and a file naming the current one.

``releases/<sha256 of graph.nq>/`` holds ``graph.nq``, ``store/``, ``search.sqlite``,
``report.json`` and ``changes.json``; the file ``current`` holds that name. Both steps that readers
can see are single renames, so a build that fails at any point leaves the previous release
unchanged.
"""

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from loader.errors import BuildError

UNFINISHED = ".unfinished-"


@dataclass(frozen=True, slots=True)
class Release:
    """One published release: ``name`` is the SHA-256 of its ``graph.nq``, in hex."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def graph(self) -> Path:
        return self.folder / "graph.nq"

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def report(self) -> dict[str, Any]:
        """Return the content of ``report.json``; raise BuildError where it cannot be read."""
        try:
            loaded: dict[str, Any] = json.loads(self._report.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise BuildError(f"the report of the release {self.name} is unreadable") from error
        return loaded

    def changes(self) -> dict[str, Any]:
        """Return the content of ``changes.json``; {} where it cannot be read."""
        try:
            loaded: dict[str, Any] = json.loads((self.folder / "changes.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return loaded

    def report_time(self) -> int:
        """Return when the report was written, in nanoseconds: equal content may be built again."""
        try:
            return self._report.stat().st_mtime_ns
        except OSError as error:
            raise BuildError(f"the release {self.name} has no report") from error

    @property
    def _report(self) -> Path:
        return self.folder / "report.json"


def current_release(out: Path) -> Release:
    """Return the release that the file ``current`` names; raise BuildError without one."""
    pointer = out / "current"
    try:
        name = pointer.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise BuildError(f"no release in {out}: run `concordat-kg build` first") from None
    release = Release(out / "releases" / name)
    if not release.store.is_dir():
        raise BuildError(f"{pointer} names the release {name}, which is not there: build again")
    return release


@contextmanager
def open_build_folder(out: Path) -> Iterator[Path]:
    """Create a folder to build in, under the only lock, and remove those of failed builds.

    Raise BuildError where another build has the lock, or the disk does not allow it.
    """
    releases = out / "releases"
    try:
        releases.mkdir(parents=True, exist_ok=True)
        lock = FileLock(out / ".lock")
        with lock.acquire(timeout=0):
            for left in releases.glob(f"{UNFINISHED}*"):
                shutil.rmtree(left)
            folder = releases / f"{UNFINISHED}{uuid.uuid4().hex}"
            folder.mkdir()
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except Timeout:
        raise BuildError(f"another build is at work in {out}: wait until it has ended") from None
    except OSError as error:
        place = error.filename or out
        raise BuildError(f"{place}: {error.strerror or error}; nothing was changed") from error


def publish(folder: Path, name: str, out: Path) -> Release:
    """Rename the finished folder and make it current: one rename each."""
    target = out / "releases" / name
    if target.exists():
        # The same content was published before; only files derived by this version can be newer.
        for path in filter(Path.is_file, folder.iterdir()):
            os.replace(path, target / path.name)
    else:
        os.rename(folder, target)
    pointer = out / f"{UNFINISHED}current"
    with pointer.open("w", encoding="ascii") as file:
        file.write(f"{name}\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(pointer, out / "current")
    return Release(target)
