"""Loading of runs of quads into a store while the documents are still being read."""

from concurrent.futures import Future, ThreadPoolExecutor

from pyoxigraph import RdfFormat, Store

from loader.release.nquads_sorter import Run


class BulkLoader:
    """Loads runs on two threads of its own, because the engine releases the GIL to load."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._threads = ThreadPoolExecutor(max_workers=2)
        self._begun: list[Future[None]] = []

    def take(self, runs: list[Run]) -> None:
        """Start to load; wait for the run before the last, so that few are held in memory."""
        for run in runs:
            if len(self._begun) > 1:
                self._begun[-2].result()
            self._begun.append(self._threads.submit(load_run, self.store, run))

    def __enter__(self) -> "BulkLoader":
        return self

    def __exit__(self, *error: object) -> None:
        try:
            if error == (None, None, None):
                for begun in self._begun:
                    begun.result()
        finally:
            self._threads.shutdown(cancel_futures=True)


def load_run(store: Store, run: Run) -> None:
    """Load one run into the named graphs and once more into the default graph, their union.

    Every term of these lines was written by the engine, so parsing is lenient.
    """
    store.bulk_load(path=str(run.quads), format=RdfFormat.N_QUADS, lenient=True)
    store.bulk_load(run.triples, format=RdfFormat.N_TRIPLES, lenient=True)
