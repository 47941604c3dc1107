"""Marks of damaged releases: ``damaged/<name>`` in the build folder says what was found.

Every process that serves a build folder sees the marks, so that all of them leave a damaged release
at the same time. A build that makes the release anew removes its mark, and so does a full check
that finds nothing.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from loader.atomic_write import write_text_atomically
from loader.errors import BuildError

_FOLDER = "damaged"
_SUSPECT = "suspect"


def mark_damaged(out: Path, name: str, damage: Sequence[str]) -> None:
    """Record what is wrong with a release; raise BuildError where the disk does not allow it."""
    folder = out / _FOLDER
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise BuildError(f"{folder}: {error.strerror}") from error
    write_text_atomically(folder / name, "\n".join(damage) + "\n")


def clear_mark(out: Path, name: str) -> None:
    """Remove the mark of a release, if it has one."""
    (out / _FOLDER / name).unlink(missing_ok=True)


def read_mark(out: Path, name: str) -> str:
    """Return what was found wrong with a release; "" where it has no mark."""
    try:
        return (out / _FOLDER / name).read_text("utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        return "it was marked as damaged"


def is_marked(out: Path, name: str) -> bool:
    """Return whether a release is marked as damaged."""
    try:
        os.stat(f"{out}/{_FOLDER}/{name}")  # each request does this, and a Path takes longer
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def report_suspicion(out: Path, name: str) -> None:
    """Ask whoever watches the build folder for a full check of a release that could not be read."""
    folder = out / _SUSPECT
    try:
        folder.mkdir(exist_ok=True)
        (folder / name).touch()
    except OSError:
        return  # the next full check finds it too, only later


def take_suspicions(out: Path) -> bool:
    """Return whether a release is under suspicion, and forget it."""
    taken = False
    for path in (out / _SUSPECT).glob("*"):
        path.unlink(missing_ok=True)
        taken = True
    return taken
