"""Bulk load of runs of quads into the store of a release, and into a copy in memory for queries.

Queries of a copy in memory take about a third of the time that they take on disk
(``docs/decisions/0026-small-releases-in-memory.md``). A release whose documents fill more than two
runs has no copy: its size in memory would have no bound.
"""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from loader.release.nquads_sorter import Run, read_triples

MAX_RUNS_IN_MEMORY = 2
"""The most runs of documents of which a copy is made in memory."""


class StagingStore:
    """The store of a release that is being assembled, in the folder ``path``.

    It loads on a thread of its own, because the engine releases the GIL to load: one, as each run
    that is loaded takes 400 MB. ``is_small`` says whether queries run on a copy in memory, so that
    another process may make one too.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_small = False
        self._stores = [Store(str(path))]
        self._threads = ThreadPoolExecutor(max_workers=1)
        self._begun: list[Future[None]] = []
        self._copied: list[Run] = []

    def take(self, runs: Iterable[Run]) -> None:
        """Start to load; wait for the run before the last, so that few are held in memory."""
        for run in runs:
            if len(self._begun) > 1:
                self._begun[-2].result()
            self._copied = [*self._copied, run] if self._has_room() else []
            self._begun.append(self._threads.submit(load_run, self._stores[0], run))

    def open_documents(self, last: list[Run]) -> Store:
        """Load the last runs of the documents; return the store to query, on disk or in memory.

        Its files are put together meanwhile, see ``wait_for_files``.
        """
        self.take(last)
        self.is_small = len(self._begun) <= MAX_RUNS_IN_MEMORY
        copied, self._copied = self._copied, []
        loads = [*self._begun]
        self._begun.append(self._threads.submit(self._optimise, loads))
        if self.is_small:
            self._stores.append(Store())
            for run in copied:
                load_run(self._stores[-1], run)
        else:
            wait_for(loads)
        return self._stores[-1]

    def wait_for_files(self) -> None:
        """Wait until everything that was begun is in the files; raise the first error."""
        wait_for(self._begun)

    def add(self, runs: Iterable[Run]) -> Store:
        """Load runs that were made from the documents; return the store to query."""
        for run in runs:
            for store in self._stores:
                load_run(store, run)
        return self._stores[-1]

    def finish(self) -> None:
        """Wait until everything is in the files, raise the first error, and close the store."""
        self.wait_for_files()
        self._stores[0].flush()
        self.close()

    def close(self) -> None:
        """Close the store, without what nobody has begun to load; do nothing the second time."""
        self._threads.shutdown(cancel_futures=True)
        self._stores.clear()

    def _has_room(self) -> bool:
        """Return whether a copy of the runs so far and of one more is still small."""
        return len(self._begun) < MAX_RUNS_IN_MEMORY

    def _optimise(self, begun: list[Future[None]]) -> None:
        """Make few large files of many small ones, which are faster to read."""
        wait_for(begun)
        self._stores[0].optimize()
        self._stores[0].flush()


def wait_for(begun: Iterable[Future[None]]) -> None:
    """Wait for each of some futures; raise the first error."""
    for one in begun:
        one.result()


def load_run(store: Store, run: Run) -> None:
    """Load one run into the named graphs and once more into the default graph, their union.

    Every term of these lines was written by the engine, so parsing is lenient.
    """
    store.bulk_load(path=str(run.quads), format=RdfFormat.N_QUADS, lenient=True)
    store.bulk_load(run.triples, format=RdfFormat.N_TRIPLES, lenient=True)


def open_release_graph(path: Path, store: Store | None = None) -> Store:
    """Open the store in a folder, or load canonical N-Quads into memory, into ``store`` if given.

    Raise OSError where it cannot be read.
    """
    if path.is_dir():
        return Store.read_only(str(path))
    store = Store() if store is None else store
    load_run(store, Run(path, read_triples(path)))
    return store
