"""A process that writes the name index of a large release, while the search index is made.

Both are made of Python's own steps, of which one process runs one at a time.
"""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import Store

from loader.release.name_index.graph_names import collect_release_entities
from loader.release.name_index.name_writer import write_name_index
from loader.release.search_index import build_query_runner

CHECKPOINT = "names-store"
"""The folder, beside the index, of the checkpoint of the store that the process reads."""


def write_names(store: Store, queries: Path, target: Path) -> None:
    """Write the name index of a store, with the queries of a folder."""
    write_name_index(target, collect_release_entities(build_query_runner(store, queries)), {})


@contextmanager
def write_names_meanwhile(store: Store, queries: Path, target: Path) -> Iterator[None]:
    """Write the name index of a store in a process of its own; it is there after the block.

    Where the process fails the index is written here, which raises the error, if there is one. The
    store may be closed before that.
    """
    checkpoint = target.with_name(CHECKPOINT)
    # The process must not read files that the engine may replace meanwhile.
    store.flush()
    store.backup(str(checkpoint))
    del store
    command = (sys.executable, "-m", "loader.release.name_index.name_process")
    with subprocess.Popen(
        [*command, checkpoint, queries, target], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield
            failed = process.wait()
        finally:
            process.kill()
    if failed:
        target.unlink(missing_ok=True)
        write_names(Store.read_only(str(checkpoint)), queries, target)
    shutil.rmtree(checkpoint)


def main(store: str, queries: str, target: str) -> None:
    """Write the name index ``target`` of the store in a folder."""
    # An interrupt is for the build, which ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    write_names(Store.read_only(store), Path(queries), Path(target))


if __name__ == "__main__":
    main(*sys.argv[1:])
