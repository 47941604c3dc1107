"""Indexes the release of a build folder once more, into a folder of its own, to be timed."""

import sys
from pathlib import Path

from pyoxigraph import Store

from loader.release.release_folder import current_release
from loader.release.search_index import collect_index_contents, write_search_index
from loader.settings import Settings


def main(out: str, root: str, target: str) -> None:
    store = Store.read_only(str(current_release(Path(out)).store))
    path = Path(target)
    path.unlink(missing_ok=True)
    write_search_index(path, collect_index_contents(store, Settings(root=Path(root))))


if __name__ == "__main__":
    main(*sys.argv[1:])
