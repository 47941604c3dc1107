"""Seconds in which the engine itself writes a CSV: ``python -m tests.bench.to_file out path``."""

import sys
import time
from pathlib import Path

from pyoxigraph import QueryResultsFormat, QuerySolutions, Store

from loader.release.release_folder import current_release

if __name__ == "__main__":
    store = Store.read_only(str(current_release(Path(sys.argv[1])).store))
    query = (Path(__file__).parent / "million.rq").read_text("utf-8")
    start = time.perf_counter()
    rows = store.query(query)
    assert isinstance(rows, QuerySolutions)
    rows.serialize(sys.argv[2], format=QueryResultsFormat.CSV)
    print(time.perf_counter() - start)
