"""Releases on disk: complete folders named after their content, and a file naming the current one.

``releases/<sha256 of graph.nq>/`` holds ``graph.nq``, ``store/``, ``search.sqlite``,
``names.sqlite``, ``documents.sqlite``, ``report.json``, ``changes.json`` and ``manifest.json``; the
file ``current`` holds that name. Both steps that readers can see are single renames, so a build
that fails at any point leaves the previous release unchanged.
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
from loader.release.damage_marks import clear_mark
from loader.release.release_manifest import (
    FORMAT,
    MANIFEST_FILE,
    NOTHING,
    Entries,
    Manifest,
    build_manifest,
    find_damage,
    read_entry,
    read_manifest,
    sync_folder,
    sync_path,
    write_manifest,
)

UNFINISHED = ".unfinished-"
FINDINGS = ',\n  "findings": ['
"""How the findings begin in a report, as its last part."""


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
        return self._read_report("")

    def summary(self) -> dict[str, Any]:
        """Return ``report.json`` without the findings, which may be many, at its end.

        Raise BuildError where it cannot be read.
        """
        return {k: v for k, v in self._read_report(FINDINGS).items() if k != "findings"}

    def _read_report(self, end: str) -> dict[str, Any]:
        """Return the report, or as much of it as stands before ``end``."""
        try:
            text = self._report.read_text("utf-8")
            head = text.partition(end)[0] if end else text
            loaded: dict[str, Any] = json.loads(text if head == text else f"{head}}}")
        except (OSError, ValueError) as error:
            raise BuildError(f"the report of the release {self.name} is unreadable") from error
        return loaded

    def changes(self) -> dict[str, Any]:
        """Return the content of ``changes.json``, {} where there is none.

        Raise BuildError where it cannot be read.
        """
        try:
            loaded: dict[str, Any] = json.loads((self.folder / "changes.json").read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise BuildError(f"the changes of the release {self.name} are unreadable") from error
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
    with lock_build_folder(out):
        for left in releases.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left)
        folder = releases / f"{UNFINISHED}{uuid.uuid4().hex}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def lock_build_folder(out: Path) -> Iterator[None]:
    """Hold the only lock of a build folder, which is made where it is missing.

    Raise BuildError where another build has the lock, or the disk does not allow it.
    """
    try:
        (out / "releases").mkdir(parents=True, exist_ok=True)
        lock = FileLock(out / ".lock")
        with lock.acquire(timeout=0):
            yield
    except Timeout:
        raise BuildError(f"another build is at work in {out}: wait until it has ended") from None
    except OSError as error:
        place = error.filename or out
        raise BuildError(f"{place}: {error.strerror or error}; nothing was changed") from error


def publish(folder: Path, name: str, out: Path, known: Entries = NOTHING) -> Release:
    """Make the finished folder a release and the current one; everything is on disk before that.

    ``known`` are entries of the manifest that need not be made again.
    A release of the same content stays as it is, with the newer files that this version derives
    from it. One that is damaged, or of an older format, is made anew.
    """
    target = out / "releases" / name
    write_manifest(folder, build_manifest(folder, known))
    sync_folder(folder)
    if target.exists() and is_current_format(target) and not any(find_damage(target, full=True)):
        renew_files(folder, target)
    else:
        before = target.with_name(f"{UNFINISHED}{uuid.uuid4().hex}")
        if target.exists():
            os.rename(target, before)
        os.rename(folder, target)
        sync_path(target.parent)
        shutil.rmtree(before, ignore_errors=True)
    clear_mark(out, name)
    point_to(name, out)
    return Release(target)


def is_current_format(target: Path) -> bool:
    """Return whether a release is of the format that this version makes."""
    try:
        return read_manifest(target).format == FORMAT
    except BuildError:
        return False


def renew_files(folder: Path, target: Path) -> None:
    """Exchange the files of an equal release for newer ones; its store stays, as readers use it.

    Between the first file and the last, the manifest allows the old and the new form of each.
    """
    kept = read_manifest(target)
    names = [
        path.name for path in folder.iterdir() if path.is_file() and path.name != MANIFEST_FILE
    ]
    newer = {name: read_entry(folder / name) for name in names}
    # A file that the release did not have before is right in its new form alone.
    before = {**newer, **kept.files}
    write_manifest(target, Manifest(FORMAT, before, newer))
    for name in names:
        os.replace(folder / name, target / name)
    sync_path(target)
    write_manifest(target, Manifest(FORMAT, {**before, **newer}))


def point_to(name: str, out: Path) -> None:
    """Make a release the current one, in one step that survives a loss of power."""
    pointer = out / f"{UNFINISHED}current"
    with pointer.open("w", encoding="ascii") as file:
        file.write(f"{name}\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(pointer, out / "current")
    sync_path(out)
