"""The statements of a release that is being assembled: in a store, and at last in ``graph.nq``."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Protocol

from pyoxigraph import Quad, Store

from loader.mapping.provenance import Line, format_quads
from loader.queries.contract_check import ContractCheck
from loader.queries.saved_query import SavedQuery
from loader.release.bulk_load import StagingStore
from loader.release.document_cache import compress_lines
from loader.release.nquads_sorter import QuadFile
from loader.release.release_manifest import FileEntry

LINES_AT_ONCE = 50_000
"""The lines of quads that the build makes itself which are held in memory, besides a run."""
STORE = "store"
"""The folder of the store of a release."""


def format_batches(parts: Iterable[Iterable[Quad | Line]]) -> Iterator[list[str]]:
    """Yield the lines of ``graph.nq`` of some quads, ``LINES_AT_ONCE`` at a time."""
    lines = (f"{triple} {graph} .\n" for part in parts for triple, graph in format_quads(part))
    while batch := list(islice(lines, LINES_AT_ONCE)):
        yield batch


class StagingGraph(Protocol):
    """Takes the lines of all documents, then quads that were made from them; ``folder`` is theirs.

    Each query runs on the store that the last call returned.
    """

    folder: Path

    @property
    def is_small(self) -> bool:
        """Whether queries run on a copy in memory."""

    def add_lines(self, lines: Iterable[str]) -> None:
        """Add sorted lines of a document."""

    def open_documents(self) -> Store:
        """Return the store of all documents, once there are no more."""

    def add_quads(self, *parts: Iterable[Quad | Line]) -> Store:
        """Add quads that were made from the documents; return the store of the release."""

    def list_new_runs(self) -> list[Path]:
        """Return the runs since the last call, to be copied into memory; [] if too large."""

    def list_made(self) -> list[bytes]:
        """Return the lines of each call of ``add_quads``, compressed."""

    def write(self, target: Path) -> tuple[str, int]:
        """Write canonical N-Quads; return their SHA-256, in hex, and their number."""

    def list_known_entries(self) -> Mapping[str, FileEntry]:
        """Return the entries of the manifest that need not be made again."""

    def find_known_checks(self, queries: Iterable[SavedQuery]) -> Mapping[str, ContractCheck]:
        """Return the contract checks that need not be made again, by the names of their queries."""

    def remove_runs(self) -> None:
        """Remove the files that ``list_new_runs`` returned."""

    def finish(self) -> None:
        """Wait until everything is in the files of the store, and close it."""

    def close(self) -> None:
        """Close the store; do nothing the second time."""


class FullGraph:
    """Loads every statement; ``documents`` is the folder for a copy of the store of the documents.

    The copy, made of a large release, shares its files; the next build begins with it.
    """

    def __init__(self, folder: Path, documents: Path | None = None) -> None:
        self.folder = folder
        self._documents = documents
        self._store = StagingStore(folder / STORE)
        self._quads = QuadFile(folder)
        self._told = 0
        self._made: list[bytes] = []
        self._filled: Store | None = None

    @property
    def is_small(self) -> bool:
        """Whether queries run on a copy in memory."""
        return self._store.is_small

    def add_lines(self, lines: Iterable[str]) -> None:
        """Add sorted lines of a document."""
        self._store.take(self._quads.add_lines(lines))

    def open_documents(self) -> Store:
        """Return the store of all documents, once there are no more."""
        self._filled = self._store.open_documents(self._quads.close())
        return self._filled

    def add_quads(self, *parts: Iterable[Quad | Line]) -> Store:
        """Add quads that were made from the documents; return the store of the release."""
        self._copy_documents()
        frames: list[bytes] = []
        is_kept = self._documents is not None and not self.is_small
        for batch in format_batches(parts):
            frames += [compress_lines(batch)] if is_kept else []
            self._store.add(self._quads.add_lines(batch))
        self._made.append(b"".join(frames))
        return self._store.add(self._quads.close())

    def _copy_documents(self) -> None:
        """Copy the store of a large release once its files are put together, the first time."""
        filled, self._filled = self._filled, None
        if filled and self._documents and not self.is_small:
            self._store.wait_for_files()
            with suppress(OSError):  # the next build loads everything then
                filled.backup(str(self._documents))

    def list_new_runs(self) -> list[Path]:
        """Return the runs since the last call, to be copied into memory; [] if too large."""
        begun, self._told = self._told, len(self._quads.runs)
        return self._quads.runs[begun:] if self._store.is_small else []

    def list_made(self) -> list[bytes]:
        """Return the lines of each call of ``add_quads``, compressed."""
        return self._made

    def write(self, target: Path) -> tuple[str, int]:
        """Write canonical N-Quads; return their SHA-256, in hex, and their number."""
        return self._quads.write(target)

    def list_known_entries(self) -> Mapping[str, FileEntry]:
        """Return the entries of the manifest that need not be made again."""
        return {}

    def find_known_checks(self, queries: Iterable[SavedQuery]) -> Mapping[str, ContractCheck]:
        """Return {}: nothing is known of a new release."""
        return {}

    def remove_runs(self) -> None:
        """Remove the files that ``list_new_runs`` returned."""
        self._quads.remove_runs()

    def finish(self) -> None:
        """Wait until everything is in the files of the store, and close it."""
        self._store.finish()

    def close(self) -> None:
        """Close the store; do nothing the second time."""
        self._filled = None
        self._store.close()
