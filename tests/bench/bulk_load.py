"""The peer: the engine's own bulk load of one file into an empty store, and nothing else."""

import sys

from pyoxigraph import RdfFormat, Store

if __name__ == "__main__":
    store = Store(sys.argv[1])
    store.bulk_load(path=sys.argv[2], format=RdfFormat.N_QUADS)
    store.flush()
