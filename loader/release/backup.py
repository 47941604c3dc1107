"""Backup and restore of a build folder: releases, permalinks, pins and citations in one archive.

An archive is a tar file, compressed with gzip: each release as its manifest lists it, the
permalinks, the pins, and last ``current``, the name of the release that is current. A release never
changes and a permalink is written in one step, so a backup can be taken while a server runs.
"""

import gzip
import hashlib
import io
import os
import re
import shutil
import tarfile
import uuid
import zlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from loader.errors import BuildError, DataError, UsageError
from loader.release.cited_releases import CITED, list_recorded
from loader.release.damage_marks import clear_mark
from loader.release.kept_releases import (
    KeptRelease,
    list_releases,
    read_build_time,
    read_pointer,
    verify_release,
)
from loader.release.release_folder import (
    UNFINISHED,
    lock_build_folder,
    open_build_folder,
    point_to,
)
from loader.release.release_manifest import (
    MANIFEST_FILE,
    find_damage,
    list_files,
    sync_folder,
    sync_path,
)

_POINTER = "current"
_PERMALINK = re.compile(r"[0-9a-f]{10,64}")
_MEMBER = re.compile(
    r"releases/[0-9A-Za-z]+/(?:store/)?[0-9A-Za-z_-][0-9A-Za-z._-]*"
    r"|permalinks/[0-9a-f]{10,64}|pinned/[0-9A-Za-z]+|current"
    r"|cited/[0-9A-Za-z]+/(?:recorded|[0-9a-f]{64}\.rq)"
)
"""All that an archive may hold: no path can lead out of the folder it is unpacked in."""
_COMPRESSION = 3
_PRIVATE = 0o600
"""Permalinks are queries of users, so nobody else may read a backup."""


@dataclass(frozen=True, slots=True)
class BackupSummary:
    """What a backup holds or a restore put in place; ``left_out`` are damaged releases."""

    current: str
    releases: int
    permalinks: int
    left_out: tuple[str, ...] = ()


def back_up(out: Path, archive: Path) -> BackupSummary:
    """Write all sound releases of a build folder and its permalinks into an archive.

    An archive of that name is replaced once the new one is complete and on disk. Meanwhile no
    build can begin. Raise BuildError where a build is at work, no release is sound, or the disk
    does not allow it; UsageError where there is no build folder.
    """
    if not (out / "releases").is_dir():
        raise UsageError(f"There is no build folder {out}.")
    with lock_build_folder(out):
        kept = list_releases(out)
        left_out = tuple(one.name for one in kept if verify_release(out, one.name))
        sound = [one for one in kept if one.name not in left_out]
        if not sound:
            raise BuildError(f"there is no sound release in {out} to back up")
        current = read_pointer(out)
        if current not in {one.name for one in sound}:
            current = sound[0].name  # the newest, as a server chooses too
        draft = archive.with_name(f"{archive.name}.draft")
        try:
            with open(draft, "wb", opener=_open_private) as file:
                permalinks = _write_archive(file, out, sound, current)
            os.replace(draft, archive)
        finally:
            draft.unlink(missing_ok=True)
        sync_path(archive.parent)
    return BackupSummary(current, len(sound), permalinks, left_out)


def restore(archive: Path, out: Path, max_bytes: int | None = None) -> BackupSummary:
    """Put what an archive holds into a build folder, and make its current release the current one.

    Everything is unpacked and verified beside the folder first: a damaged archive changes nothing.
    Releases and permalinks that are there already stay, damaged releases are replaced. Raise
    DataError for a damaged archive, and for one whose files have more than ``max_bytes`` together;
    UsageError where the folder has a newer release than the archive, BuildError where the disk does
    not allow it.
    """
    if not archive.is_file():
        raise UsageError(f'There is no file "{archive}".')
    with open_build_folder(out) as staging:
        _unpack(archive, staging, max_bytes)
        current = _check_unpacked(archive, staging)
        releases = sorted((staging / "releases").iterdir())
        _refuse_newer(out, max(read_build_time(folder) for folder in releases))
        sync_folder(staging)
        for folder in releases:
            _place_release(folder, out)
        permalinks = _place_files(staging / "permalinks", out / "permalinks")
        _place_files(staging / "pinned", out / "pinned")
        for folder in releases:
            _place_files(staging / CITED / folder.name, out / CITED / folder.name)
        sync_path(out / "releases")
        point_to(current, out)
    return BackupSummary(current, len(releases), permalinks)


def _write_archive(file: BinaryIO, out: Path, kept: list[KeptRelease], current: str) -> int:
    """Write the members, the pointer last, and put them on disk; return how many permalinks."""
    permalinks = 0
    with (
        gzip.GzipFile(fileobj=file, mode="wb", compresslevel=_COMPRESSION, filename="") as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        for one in kept:
            folder = one.release.folder
            names = list_files(folder)
            names += [MANIFEST_FILE] if (folder / MANIFEST_FILE).exists() else []
            for name in names:
                with (folder / name).open("rb") as source:
                    _add_member(tar, f"releases/{one.name}/{name}", source)
            if one.is_pinned:
                _add_member(tar, f"pinned/{one.name}", io.BytesIO())
            for path in list_recorded(out, one.name):
                with path.open("rb") as source:
                    _add_member(tar, f"{CITED}/{one.name}/{path.name}", source)
        for path in sorted((out / "permalinks").glob("*")):
            # A permalink may grow too old at any time, and is then gone here too.
            with suppress(FileNotFoundError):
                if _PERMALINK.fullmatch(path.name):
                    with path.open("rb") as source:
                        _add_member(tar, f"permalinks/{path.name}", source)
                    permalinks += 1
        _add_member(tar, _POINTER, io.BytesIO(f"{current}\n".encode("ascii")))
    file.flush()
    os.fsync(file.fileno())
    return permalinks


def _add_member(tar: tarfile.TarFile, name: str, source: BinaryIO) -> None:
    """Add the content of an open file, with its time, which tells the age of a permalink."""
    member = tarfile.TarInfo(name)
    if isinstance(source, io.BytesIO):
        member.size = len(source.getvalue())
    else:
        status = os.fstat(source.fileno())
        member.size, member.mtime = status.st_size, int(status.st_mtime)
    tar.addfile(member, source)


def _unpack(archive: Path, folder: Path, max_bytes: int | None) -> None:
    """Write the members of an archive below ``folder``; raise DataError where it is damaged.

    Read to the end of the compressed file, whose check sum covers all of it.
    """
    size = 0
    try:
        with gzip.open(archive) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            for member in tar:
                if not (member.isreg() and _MEMBER.fullmatch(member.name)):
                    raise DataError(f"{archive} is no backup: it holds {member.name!r}")
                size += member.size
                if max_bytes is not None and size > max_bytes:
                    raise DataError(
                        f"{archive} is too large: its files have more than {max_bytes:,} bytes"
                    )
                content = tar.extractfile(member)
                assert content is not None, "a regular file has content"
                path = folder / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                with content, path.open("xb") as file:
                    shutil.copyfileobj(content, file)
                os.utime(path, (member.mtime, member.mtime))
            while packed.read(1 << 20):
                pass
    except FileExistsError as error:
        raise DataError(f"{archive} is no backup: it holds a file twice") from error
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError) as error:
        raise DataError(f"{archive} is damaged, and nothing was changed: {error}") from error


def _check_unpacked(archive: Path, folder: Path) -> str:
    """Return the name of the current release; raise DataError where not all is as it was."""
    current = read_pointer(folder)
    if not current or not (folder / "releases" / current).is_dir():
        raise DataError(f"{archive} is damaged, and nothing was changed: it has no current release")
    for release in (folder / "releases").iterdir():
        for damage in find_damage(release, full=True):
            raise DataError(
                f"{archive} is damaged, and nothing was changed: "
                f"release {release.name[:12]}: {damage}"
            )
    for path in (folder / "permalinks").glob("*"):
        if not hashlib.sha256(path.read_bytes()).hexdigest().startswith(path.name):
            raise DataError(f"{archive} is damaged, and nothing was changed: permalink {path.name}")
    for path in (folder / CITED).glob("*/*.rq"):
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem:
            raise DataError(
                f"{archive} is damaged, and nothing was changed: query {path.stem[:12]}"
            )
    return current


def _refuse_newer(out: Path, newest: datetime) -> None:
    """Raise UsageError where the build folder has a release newer than ``newest``."""
    for one in list_releases(out):
        if one.built > newest:
            raise UsageError(
                f"{out} has the release {one.name[:12]} of {one.built:%Y-%m-%d %H:%M} UTC, which "
                "is newer than the backup: restore into an empty folder with --out"
            )


def _place_release(folder: Path, out: Path) -> None:
    """Move a verified release into place, unless a sound one of that name is there."""
    target = out / "releases" / folder.name
    if target.exists():
        if not any(find_damage(target, full=True)):
            return
        damaged = target.with_name(f"{UNFINISHED}{uuid.uuid4().hex}")
        os.rename(target, damaged)
        shutil.rmtree(damaged, ignore_errors=True)
    os.rename(folder, target)
    clear_mark(out, folder.name)


def _place_files(folder: Path, target: Path) -> int:
    """Move files into place where there are none of their names; return how many there were."""
    if not folder.is_dir():
        return 0
    target.mkdir(parents=True, exist_ok=True)
    names = sorted(os.listdir(folder))
    for name in names:
        with suppress(FileExistsError):
            os.link(folder / name, target / name)
    sync_path(target)
    return len(names)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, _PRIVATE)
