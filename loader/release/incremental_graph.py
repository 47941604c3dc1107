"""The statements of a release that begins as the one before: only what changed is loaded.

Its store begins as a checkpoint of the store of that release, which shares its files, and its
``graph.nq`` is patched. Checks and shapes run on the store of the documents alone, as in a full
build, which is a checkpoint too.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pyoxigraph import Quad, Store

from loader.mapping.provenance import Line
from loader.queries.contract_check import ContractCheck
from loader.queries.saved_query import SavedQuery
from loader.release.base_release import BaseRelease, is_sound
from loader.release.document_cache import DocumentLines, compress_lines, read_lines
from loader.release.graph_patch import write_patched_lines
from loader.release.release_diff import Change, group_changes
from loader.release.release_manifest import FileEntry, read_manifest
from loader.release.staging_graph import STORE, format_batches
from loader.release.statement_changes import (
    IncrementalBuildError,
    StatementChanges,
    UnionChanges,
    apply_changes,
    compare_documents,
    compare_lines,
    find_missing,
)
from loader.release.unaffected_contracts import find_unaffected_checks

MOST_CHANGED = 0.05
"""The share of the statements of the base up to which a change is cheaper than a full build."""


class IncrementalGraph:
    """Changes a checkpoint of ``base``; ``documents`` is the folder for the store of the documents.

    ``list_documents`` returns the lines of all documents once they are in the cache, None for one
    that has none. ``changes`` are those of the documents, and ``union_changes`` what changed in the
    union of all graphs.
    """

    def __init__(
        self,
        base: BaseRelease,
        folder: Path,
        documents: Path,
        list_documents: Callable[[], Mapping[str, DocumentLines | None]],
    ) -> None:
        self.folder = folder
        self.base = base
        self.changes = StatementChanges()
        self.union_changes = UnionChanges()
        self.indexed_changes = StatementChanges()
        """What differs from the base in the store that the indexes are made of, graphs included.

        It has the statements of the first call of ``add_quads``, and none of later ones.
        """

        self.entity_changes: list[Change] = []
        """The changes of entities, once the graph is finished."""

        self._list_documents = list_documents
        self._stores: dict[str, Store] = {}
        self._documents = documents
        self._made: list[bytes] = []
        self._made_changes = StatementChanges()
        self._threads = ThreadPoolExecutor(max_workers=1)
        # All files are read meanwhile, which takes seconds: nothing is published before it ends.
        self._is_sound = self._threads.submit(is_sound, base)

    @property
    def before(self) -> Store:
        """The store of the documents of the base."""
        return self._stores["before"]

    @property
    def is_small(self) -> bool:
        """False: queries never run on a copy in memory."""
        return False

    def add_lines(self, lines: Iterable[str]) -> None:
        """Do nothing: the lines of a document are in the cache."""

    def open_documents(self) -> Store:
        """Return the store of all documents; raise IncrementalBuildError where too much changed."""
        documents = {name: one for name, one in self._list_documents().items() if one}
        if len(documents) < len(self._list_documents()):
            raise IncrementalBuildError("a document is not in the cache")
        limit = int(MOST_CHANGED * self.base.quads)
        self.changes = compare_documents(self.base.documents, documents, limit)
        before = Store.read_only(str(self.base.store))
        before.backup(str(self._documents))
        Store.read_only(str(self.base.release.store)).backup(str(self.folder / STORE))
        opened = Store(str(self._documents))
        self._stores = {
            "before": before,
            "documents": opened,
            STORE: Store(str(self.folder / STORE)),
        }
        self.union_changes = apply_changes(opened, self.changes)
        self._change_store(self.changes)
        return opened

    def add_quads(self, *parts: Iterable[Quad | Line]) -> Store:
        """Add quads that were made from the documents; return the store of the release.

        The first call removes what the base had made of later ones.
        """
        lines: set[str] = set()
        frames: list[bytes] = []
        for batch in format_batches(parts):
            frames.append(compress_lines(batch))
            lines.update(batch)
        if self._made:
            self._add_made(lines)
        else:
            self._replace_made(lines)
        self._made.append(b"".join(frames))
        return self._stores[STORE]

    def _replace_made(self, lines: set[str]) -> None:
        """Replace all that the base had made by the lines of the first call."""
        first, *later = self.base.made
        made = compare_lines(read_lines(first), lines)
        others = {line for path in later for batch in read_lines(path) for line in batch}
        self.indexed_changes = self.changes.with_others(made)
        removed, added = {*made.removed, *(others - lines)}, {*made.added} - others
        self._made_changes = StatementChanges(sorted(removed), sorted(added))
        self._change_store(self._made_changes)

    def _add_made(self, lines: set[str]) -> None:
        """Add the lines of a later call to what was made."""
        new = find_missing(self._stores[STORE], lines)
        removed, added = set(self._made_changes.removed), set(self._made_changes.added)
        self._made_changes = StatementChanges(
            sorted(removed - new), sorted(added | (new - removed))
        )
        self._change_store(StatementChanges((), sorted(new)))

    def refuse_damaged_base(self) -> None:
        """Raise IncrementalBuildError where a file of the base is not as it was written."""
        if not self._is_sound.result():
            raise IncrementalBuildError("the base is damaged")

    def _change_store(self, changes: StatementChanges) -> None:
        apply_changes(self._stores[STORE], changes)

    def list_new_runs(self) -> list[Path]:
        """Return []: a copy in memory would be too large."""
        return []

    def list_made(self) -> list[bytes]:
        """Return the lines of each call of ``add_quads``, compressed."""
        return self._made

    def write(self, target: Path) -> tuple[str, int]:
        """Write canonical N-Quads; return their SHA-256, in hex, and their number.

        Raise IncrementalBuildError where the changes do not fit the base.
        """
        changes = self._all_changes
        digest = write_patched_lines(self.base.release.graph, target, changes)
        return digest, self.base.quads + len(changes.added) - len(changes.removed)

    @property
    def _all_changes(self) -> StatementChanges:
        """All that differs from the base, once every call of ``add_quads`` is made."""
        return self.changes.with_others(self._made_changes)

    def find_known_checks(self, queries: Iterable[SavedQuery]) -> dict[str, ContractCheck]:
        """Return the checks of the base that no change matters to, by the names of their queries.

        Raise BuildError where its report cannot be read.
        """
        proofs = map(ContractCheck.from_fields, self.base.release.summary()["proofs"])
        return find_unaffected_checks(queries, proofs, self._all_changes)

    def remove_runs(self) -> None:
        """Do nothing: there are no runs."""

    def finish(self) -> None:
        """Put everything into the files of the stores, and close them."""
        changed = (self.changes.removed, self.changes.added)
        self.entity_changes = group_changes(*changed, self.before, self._stores["documents"])
        for name in ("documents", STORE):
            self._stores[name].flush()
        self._stores.clear()

    def list_known_entries(self) -> dict[str, FileEntry]:
        """Return the entries of the files that the new release shares with the base."""
        old = self.base.release.folder
        return {
            path: entry
            for path, entry in read_manifest(old).files.items()
            if (self.folder / path).is_file() and (self.folder / path).samefile(old / path)
        }

    def close(self) -> None:
        """Close the stores; do nothing the second time."""
        self._stores.clear()
        self._threads.shutdown(cancel_futures=True)
