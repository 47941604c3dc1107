"""The manifest of a release: its format and the SHA-256 of each of its files.

``manifest.json`` is the last file of a release to be written. A release of format 0 has none: it
was made before there were manifests, and only its ``graph.nq`` can be checked, against its name.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from pyoxigraph import Store

from loader.errors import BuildError
from loader.release.file_hash import read_file_hash

MANIFEST_FILE = "manifest.json"
FORMAT = 1
"""The format of the releases that this version makes; it reads those of lower formats too."""
_SMALL = 1024 * 1024
"""Files of at most so many bytes are read by the quick check too."""
_NEVER_READ = ("LOCK", "LOG")
_STORE = "store/CURRENT"
"""The file of the store that says which of the others count; a release of any format has it."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """The SHA-256, in hex, and the size in bytes of one file."""

    sha256: str
    size: int


Entries: TypeAlias = Mapping[str, FileEntry]
NOTHING: Entries = {}


@dataclass(frozen=True, slots=True)
class Manifest:
    """The format of a release and its files, by their path within the release.

    ``replacing`` has the files that are being exchanged for newer ones: either form of them is
    right until the manifest is written again.
    """

    format: int
    files: Mapping[str, FileEntry] = field(default_factory=dict)
    replacing: Mapping[str, FileEntry] = field(default_factory=dict)


def build_manifest(folder: Path, known: Entries = NOTHING) -> Manifest:
    """Return the manifest of the files in ``folder``; those of ``known`` are not read."""
    files = {path: known.get(path) or read_entry(folder / path) for path in list_files(folder)}
    return Manifest(FORMAT, files)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write ``manifest.json`` in one step, on disk when this returns; raise OSError on failure."""
    content: dict[str, Any] = {
        "format": manifest.format,
        "files": {p: [e.sha256, e.size] for p, e in sorted(manifest.files.items())},
        "replacing": {p: [e.sha256, e.size] for p, e in sorted(manifest.replacing.items())},
    }
    draft = folder / f"{MANIFEST_FILE}.draft"
    draft.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    sync_path(draft)
    os.replace(draft, folder / MANIFEST_FILE)
    sync_path(folder)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a release, one of format 0 where there is none.

    Raise BuildError where it is damaged, or of a format that this version does not know.
    """
    try:
        content = json.loads((folder / MANIFEST_FILE).read_text("utf-8"))
        found = content["format"]
        if isinstance(found, int) and found > FORMAT:
            raise BuildError(
                f"the release has format {found}, and this version reads formats up to {FORMAT}: "
                "install a newer version, or run `concordat-kg build`"
            )
        lists = (content["files"], content["replacing"])
        files, new = ({p: FileEntry(*entry) for p, entry in part.items()} for part in lists)
    except FileNotFoundError:
        refuse_lost_manifest(folder)
        return Manifest(0)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BuildError(f"{MANIFEST_FILE} cannot be read") from error
    return Manifest(found, files, new)


def refuse_lost_manifest(folder: Path) -> None:
    """Raise BuildError where the report of a release says that there was a manifest."""
    try:
        report = json.loads((folder / "report.json").read_text("utf-8"))
    except (OSError, ValueError):
        return
    if report.get("format", 0):
        raise BuildError(f"{MANIFEST_FILE} is missing")


def find_damage(folder: Path, full: bool) -> Iterator[str]:
    """Yield a sentence for each file of a release that is missing or not as it was written.

    The quick check compares sizes and reads small files alone; the ``full`` one reads everything.
    """
    if not folder.is_dir():
        yield "the folder of the release is missing"
        return
    try:
        manifest = read_manifest(folder)
    except BuildError as error:
        yield str(error)
        return
    if not manifest.files:
        yield from find_graph_damage(folder, full)
        return
    for path, entry in manifest.files.items():
        allowed = {entry, manifest.replacing.get(path, entry)}
        yield from find_file_damage(folder, path, allowed, full)
    if manifest.files.get("graph.nq", FileEntry("", 0)).sha256 != folder.name:
        yield "the manifest is not that of this release"


def find_graph_damage(folder: Path, full: bool) -> Iterator[str]:
    """Yield what is wrong with a release of format 0, as far as that can be known."""
    if not (folder / _STORE).is_file():
        yield f"{_STORE} is missing"
    graph = folder / "graph.nq"
    if full and graph.is_file() and read_entry(graph).sha256 != folder.name:
        yield "graph.nq does not match the name of the release"
    try:
        Store.read_only(str(folder / "store"))
    except (OSError, RuntimeError):
        yield "the store cannot be opened"


def is_graph_intact(folder: Path) -> bool:
    """Return whether ``graph.nq`` of a release has the hash that is the name of its folder."""
    try:
        return read_entry(folder / "graph.nq").sha256 == folder.name
    except OSError:
        return False


def find_file_damage(folder: Path, path: str, allowed: set[FileEntry], full: bool) -> Iterator[str]:
    """Yield what is wrong with one file, which must be one of ``allowed``."""
    try:
        size = (folder / path).stat().st_size
        if size not in {entry.size for entry in allowed}:
            yield f"{path} has {size:,} bytes, not {min(allowed, key=repr).size:,}"
        elif (full or size <= _SMALL) and read_entry(folder / path) not in allowed:
            yield f"{path} is not as it was written"
    except FileNotFoundError:
        yield f"{path} is missing"
    except OSError as error:
        yield f"{path} cannot be read: {error.strerror or error}"


def list_files(folder: Path) -> list[str]:
    """Return the paths of the files of a release that are ever read, except the manifest."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    names = (path.relative_to(folder).as_posix() for path in paths)
    skipped = (MANIFEST_FILE, f"{MANIFEST_FILE}.draft")
    return sorted(n for n in names if n not in skipped and not _is_never_read(n))


def list_store_entries(store: Path, twins: Sequence[tuple[Path, Entries]]) -> dict[str, FileEntry]:
    """Return the entries of the files of a store that are ever read, by name; {} without one.

    ``twins`` are other stores with what is known of them: a file that is also theirs is not read.
    """
    return {
        path.name: find_shared_entry(path, twins) or read_entry(path)
        for path in sorted(store.glob("*"))
        if not path.name.startswith(_NEVER_READ)
    }


def find_shared_entry(path: Path, twins: Iterable[tuple[Path, Entries]]) -> FileEntry | None:
    """Return the entry of the same file in one of some stores, None where there is none."""
    for folder, known in twins:
        other = folder / path.name
        if path.name in known and other.is_file() and other.samefile(path):
            return known[path.name]
    return None


def read_entry(path: Path) -> FileEntry:
    """Return the hash and the size of a file; raise OSError where it cannot be read."""
    return FileEntry(*read_file_hash(path))


def sync_folder(folder: Path) -> None:
    """Put every file of a folder and the folders themselves on disk.

    https://pubs.opengroup.org/onlinepubs/9799919799/functions/fsync.html
    """
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            sync_path(Path(parent, name))
        sync_path(Path(parent))


def sync_path(path: Path) -> None:
    """Put a file or folder on disk; on systems that cannot open folders, files only."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_never_read(path: str) -> bool:
    """Return whether a file is a lock or a log of the store, which nothing reads."""
    folder, _, name = path.rpartition("/")
    return folder == "store" and name.startswith(_NEVER_READ)
