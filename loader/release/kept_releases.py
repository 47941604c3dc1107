"""The releases that a build folder keeps: found, verified, switched to, pinned and removed."""

import os
import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from loader.errors import BuildError, UsageError
from loader.release.cited_releases import forget_citations, is_cited
from loader.release.damage_marks import clear_mark, is_marked, mark_damaged
from loader.release.release_folder import UNFINISHED, Release, lock_build_folder, point_to
from loader.release.release_manifest import find_damage

_PINNED = "pinned"
_NAME = re.compile(r"[0-9A-Za-z]+")
_BUILT = re.compile(rb'^  "built": "([^"\\]+)"', re.MULTILINE)
"""The time in a report as a build writes it, before its findings."""
_HEAD_BYTES = 1000


@dataclass(frozen=True, slots=True)
class KeptRelease:
    """One release of a build folder; ``built`` is when it was built, in UTC."""

    release: Release
    built: datetime
    is_current: bool
    is_pinned: bool
    is_marked: bool
    is_cited: bool = False

    @property
    def name(self) -> str:
        return self.release.name

    def measure(self) -> int:
        """Return the size of the release in bytes."""
        return sum(path.stat().st_size for path in self.release.folder.rglob("*") if path.is_file())


@dataclass(frozen=True, slots=True)
class Retention:
    """Which releases are kept: the newest ``number``, of at most ``max_bytes`` together.

    With ``max_age`` none is older than that. ``least`` of them stay whatever the rest says, and so
    do the current release, every pinned one, and the newest ``cited`` that citations name.
    """

    number: int = 10
    max_bytes: int = 10 * 1000**3
    max_age: timedelta | None = None
    least: int = 2
    cited: int = 20


def list_releases(out: Path) -> list[KeptRelease]:
    """Return the releases of a build folder, the newest first.

    Reports have whole seconds; of two releases of one second the current one is the newer, else the
    one whose report was written later.
    """
    current = read_pointer(out)
    folders = (p for p in (out / "releases").glob("*") if _NAME.fullmatch(p.name) and p.is_dir())
    found = [
        KeptRelease(
            Release(folder),
            read_build_time(folder),
            folder.name == current,
            (out / _PINNED / folder.name).exists(),
            is_marked(out, folder.name),
            is_cited(out, folder.name),
        )
        for folder in folders
    ]
    return sorted(
        found,
        key=lambda kept: (kept.built, kept.is_current, get_report_time(kept.release), kept.name),
        reverse=True,
    )


def read_pointer(out: Path) -> str:
    """Return the name in the file ``current``; "" where it cannot be read."""
    try:
        return (out / "current").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def read_build_time(folder: Path) -> datetime:
    """Return when a release was built, from its report, else from its folder."""
    try:
        # Read whole, the report of a large release with its findings takes more than a second.
        with (folder / "report.json").open("rb") as file:
            found = _BUILT.search(file.read(_HEAD_BYTES))
        built = found[1].decode() if found else Release(folder).report()["built"]
        return datetime.fromisoformat(built)
    except (OSError, BuildError, KeyError, TypeError, ValueError):
        return datetime.fromtimestamp(folder.stat().st_mtime, UTC)


def get_report_time(release: Release) -> int:
    """Return when the report of a release was written, in nanoseconds; 0 without a report."""
    try:
        return (release.folder / "report.json").stat().st_mtime_ns
    except OSError:
        return 0


def find_release(out: Path, text: str) -> KeptRelease:
    """Return the release whose name begins with ``text``, or the one before the current.

    ``text`` may be "current" or "previous". Raise UsageError where there is none, or several.
    """
    kept = list_releases(out)
    if text == "current":
        found = [one for one in kept if one.is_current]
    elif text == "previous":
        found = [one for one in kept if not one.is_current][:1]
    else:
        found = [one for one in kept if one.name.startswith(text)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.name[:12] for one in found or kept) or "none"
    which = "several releases" if found else "no release"
    raise UsageError(f'"{text}" names {which} of {out}. There are: {names}.')


def verify_release(out: Path, name: str, full: bool = True) -> list[str]:
    """Check a release and mark it as damaged, or as sound again; return what is wrong with it.

    A release may be renewed while it is read, so damage counts only if it is found twice. Only a
    full check removes a mark.
    """
    folder = out / "releases" / name
    damage = list(find_damage(folder, full))
    if damage:
        damage = list(find_damage(folder, full))
    if damage:
        mark_damaged(out, name, damage)
    elif full:
        clear_mark(out, name)
    return damage


def find_newest_sound(out: Path) -> str:
    """Return the newest release without a mark that passes the quick check; "" without any."""
    for kept in list_releases(out):
        if not kept.is_marked and not any(find_damage(kept.release.folder, full=False)):
            return kept.name
    return ""


def use_release(out: Path, name: str) -> None:
    """Make a kept release the current one; raise BuildError where it is damaged."""
    with lock_build_folder(out):
        damage = verify_release(out, name)
        if damage:
            raise BuildError(
                f"the release {name[:12]} is damaged: {'; '.join(damage)}. "
                "The current release stays. Choose another, or run `concordat-kg build`"
            )
        point_to(name, out)


def pin_release(out: Path, name: str, is_pinned: bool) -> None:
    """Keep a release whatever is pruned, or no longer; raise BuildError on failure."""
    pin = out / _PINNED / name
    try:
        pin.parent.mkdir(exist_ok=True)
        if is_pinned:
            pin.touch()
        else:
            pin.unlink(missing_ok=True)
    except OSError as error:
        raise BuildError(f"{pin}: {error.strerror}") from error


def prune_releases(out: Path, retention: Retention) -> list[KeptRelease]:
    """Remove the releases that ``retention`` does not keep, and return them.

    The caller has the lock of the build folder.
    """
    surplus = list(find_surplus(list_releases(out), retention, datetime.now(UTC)))
    for kept in surplus:
        going = kept.release.folder.with_name(f"{UNFINISHED}{uuid.uuid4().hex}")
        # Renamed first: a release is there whole or not at all.
        os.rename(kept.release.folder, going)
        shutil.rmtree(going, ignore_errors=True)
        clear_mark(out, kept.name)
        forget_citations(out, kept.name)
    return surplus


def find_surplus(
    releases: Sequence[KeptRelease], retention: Retention, now: datetime
) -> Iterator[KeptRelease]:
    """Yield the releases, given newest first, that need not be kept."""
    number = total = cited = 0
    for kept in releases:
        cited += kept.is_cited
        is_needed = kept.is_current or kept.is_pinned
        is_needed = is_needed or (kept.is_cited and cited <= retention.cited)
        total += kept.measure()
        too_old = retention.max_age is not None and now - kept.built > retention.max_age
        beyond = number >= retention.number or total > retention.max_bytes or too_old
        if beyond and number >= retention.least and not is_needed:
            total -= kept.measure()
            yield kept
        else:
            number += 1
