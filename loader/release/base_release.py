"""The base of an incremental build: a release, and what the build that made it left in the cache.

The cache has, besides the documents, the store of all documents as a checkpoint, which shares its
files with the release, the lines that the build made itself, and ``base.json``, which says what
they belong to. Whatever is missing, damaged or from other rules is no base: a full build follows.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pyoxigraph import NamedNode

from loader.errors import DataError, Finding
from loader.readers import list_files
from loader.release import document_cache
from loader.release.damage_marks import is_marked
from loader.release.document_cache import (
    LINES_SUFFIX,
    DocumentCache,
    DocumentLines,
    build_digest,
    write_file,
)
from loader.release.file_hash import hash_file
from loader.release.release_folder import Release
from loader.release.release_manifest import (
    FileEntry,
    find_damage,
    list_store_entries,
    read_manifest,
)
from loader.release.void_counts import Partitions, Statistics
from loader.settings import Settings

BASE_FILE = "base.json"
DOCUMENTS_STORE = "documents"
"""The folder of the store of all documents, inside the cache."""
NEXT_STORE = "documents-next"
"""The same while a build makes it."""


@dataclass(frozen=True, slots=True)
class BaseRelease:
    """What a build may begin with.

    ``store`` is the folder of the store of all documents, ``documents`` their lines by their names,
    ``names`` the name of each by its path. ``made`` are the files of the lines that the build made
    itself, in the order in which it made them. ``findings`` are those of the shapes.
    """

    release: Release
    store: Path
    documents: Mapping[str, DocumentLines]
    names: Mapping[str, str]
    made: Sequence[Path]
    statistics: Statistics
    findings: Sequence[Finding]
    quads: int
    entries: Mapping[str, FileEntry] = field(default_factory=dict)


def digest_rules(settings: Settings) -> str:
    """Return the digest of what a build depends on besides data, in hex; "" where it is unreadable.

    That is the program, the ontology with its schemes and shapes, and all queries.
    """
    try:
        files = [
            (str(path), hash_file(path))
            for folder in (settings.ontology, settings.root / "sparql")
            for path in sorted(list_files(folder))
        ]
    except (OSError, DataError):
        return ""
    return build_digest(document_cache.hash_program(), settings.max_bytes, files)


def find_base(settings: Settings, cache: Path, rules: str) -> BaseRelease | None:
    """Return the base that the last build left, None where there is none of the same ``rules``."""
    try:
        checksum, _, text = (cache / BASE_FILE).read_text("utf-8").partition("\n")
        if not rules or checksum != build_digest(rules, text):
            return None
        base = _read(json.loads(text), settings, cache)
        is_usable = base.release.folder.is_dir() and not is_marked(settings.out, base.release.name)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return base if is_usable else None


def is_sound(base: BaseRelease) -> bool:
    """Return whether all files of a base are as they were written; every one is read."""
    needed = [*base.made, *(one.file for one in base.documents.values())]
    try:
        return (
            not any(find_damage(base.release.folder, full=True))
            and read_store_entries(base.store, base.release) == base.entries
            and all(map(_is_whole, needed))
        )
    except OSError:
        return False


def read_store_entries(
    store: Path, release: Release, base: BaseRelease | None = None
) -> dict[str, FileEntry]:
    """Return the entries of a store, those of files that a sound release shares by its manifest.

    With a sound ``base``, those of files that it shares with the store of that are known too.
    """
    start = f"{release.store.name}/"
    files = read_manifest(release.folder).files.items()
    known = {path.removeprefix(start): one for path, one in files if path.startswith(start)}
    others = [(base.store, base.entries)] if base else []
    return list_store_entries(store, [(release.store, known), *others])


def _is_whole(path: Path) -> bool:
    """Return whether a file has the content that its name says."""
    try:
        return hash_file(path) == path.name.removesuffix(LINES_SUFFIX)
    except OSError:
        return False


def _read(content: Any, settings: Settings, cache: Path) -> BaseRelease:
    return BaseRelease(
        Release(settings.out / "releases" / content["release"]),
        cache / DOCUMENTS_STORE,
        {
            name: DocumentLines(cache / file, tuple(graphs))
            for name, (file, graphs) in content["documents"].items()
        },
        content["names"],
        [cache / file for file in content["made"]],
        _read_statistics(content["statistics"]),
        [*map(Finding.from_fields, content["findings"])],
        content["quads"],
        {path: FileEntry(*entry) for path, entry in content["entries"].items()},
    )


class BuildRecord(NamedTuple):
    """What a build leaves for the next one: its release and what it knows of it.

    ``made`` are the lines of each call of ``add_quads``, compressed; ``names`` the name of each
    document by its path; ``findings`` those of the shapes.
    """

    release: Release
    quads: int
    names: Mapping[str, str]
    made: Sequence[bytes]
    statistics: Statistics
    findings: Sequence[Finding]


class BaseCache:
    """Reads the base that the last build left and writes that of the next one.

    ``next_store`` is where the build puts the store of all documents. A problem of the disk leaves
    no base.
    """

    def __init__(self, cache: DocumentCache, settings: Settings) -> None:
        self.next_store = cache.folder / NEXT_STORE
        self._cache = cache
        self._settings = settings
        self._rules = digest_rules(settings)
        self._base: BaseRelease | None = None
        shutil.rmtree(self.next_store, ignore_errors=True)

    def find(self) -> BaseRelease | None:
        """Return the base, if there is one; its files stay until it is replaced."""
        base = find_base(self._settings, self._cache.folder, self._rules)
        if base:
            files = [*base.made, *(one.file for one in base.documents.values())]
            self._cache.keep([BASE_FILE, *(path.name for path in files)])
        self._base = base
        return base

    def replace(self, record: BuildRecord) -> None:
        """Replace the base of the last build, or remove it where this one made none.

        A base that was found must be sound, as the release that began as it is published.
        """
        folder, used = self._cache.folder, self._cache.used
        with suppress(OSError):
            (folder / BASE_FILE).unlink(missing_ok=True)
            entries = read_store_entries(self.next_store, record.release, self._base)
            shutil.rmtree(folder / DOCUMENTS_STORE, ignore_errors=True)
            self._cache.keep([])
            documents = {name: one for name, one in used.items() if one}
            if self._rules and self.next_store.is_dir() and len(documents) == len(used):
                self.next_store.rename(folder / DOCUMENTS_STORE)
                self._write(record, documents, entries)
            self._cache.prune()
        shutil.rmtree(self.next_store, ignore_errors=True)

    def _write(
        self,
        record: BuildRecord,
        documents: Mapping[str, DocumentLines],
        entries: Mapping[str, FileEntry],
    ) -> None:
        folder = self._cache.folder
        files = [_write_part(folder, data) for data in record.made]
        content = {
            "release": record.release.name,
            "quads": record.quads,
            "documents": {name: (one.file.name, one.graphs) for name, one in documents.items()},
            "names": dict(record.names),
            "made": files,
            "statistics": _list_statistics(record.statistics),
            "findings": [asdict(finding) for finding in record.findings],
            "entries": {path: (entry.sha256, entry.size) for path, entry in entries.items()},
        }
        text = json.dumps(content)
        write_file(folder / BASE_FILE, f"{build_digest(self._rules, text)}\n{text}".encode())
        self._cache.keep([BASE_FILE, *files])


def _write_part(folder: Path, data: bytes) -> str:
    """Write data under the hash of their content; return the name of the file."""
    name = f"{hashlib.sha256(data).hexdigest()}{LINES_SUFFIX}"
    write_file(folder / name, data)
    return name


def _list_statistics(found: Statistics) -> dict[str, Any]:
    """Return the statistics that a change adds to; the rest is asked for in each build."""
    whole = found.whole
    return {
        "properties": [(one.value, n) for one, n in whole.properties.items()],
        "classes": [(one.value, n) for one, n in whole.classes.items()],
        "pairs": [(kind.value, prop.value, n) for (kind, prop), n in whole.pairs.items()],
        "graphs": [(one.value, n) for one, n in found.graphs.items()],
        "subjects": found.subjects,
        "objects": found.objects,
    }


def _read_statistics(content: Any) -> Statistics:
    return Statistics(
        Partitions(
            {NamedNode(one): n for one, n in content["properties"]},
            {NamedNode(one): n for one, n in content["classes"]},
            {(NamedNode(kind), NamedNode(prop)): n for kind, prop, n in content["pairs"]},
        ),
        {NamedNode(one): n for one, n in content["graphs"]},
        content["subjects"],
        content["objects"],
    )
