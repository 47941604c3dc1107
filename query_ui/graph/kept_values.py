"""Values of few releases that are kept within a bound on memory, so that they are found once."""

import threading
from collections.abc import Callable, Hashable, Iterable
from typing import TypeAlias, TypeVar, cast

from cachetools import LRUCache

KeptValue = TypeVar("KeptValue")
_Entry: TypeAlias = tuple[object, int]

DEFAULT_BYTES = 64 * 1024 * 1024
LARGEST_SHARE = 4
"""A value larger than this part of the bound is not kept, so that one cannot empty it."""


class KeptValues:
    """Values of releases by key; the least recently used ones are dropped. Thread-safe.

    ``max_bytes`` bounds the estimated memory of all values; 0 keeps none. Without a release, which
    means that another endpoint holds the data, nothing is kept, since that data may change at any
    time.
    """

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._entries: LRUCache[Hashable, _Entry] = LRUCache(max_bytes, getsizeof=_get_size)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        """The estimated bytes of all values."""
        return int(self._entries.currsize)

    def get_or_compute(
        self, release: str, key: Hashable, compute: Callable[[], tuple[KeptValue, int]]
    ) -> KeptValue:
        """Return a value of a release; ``compute`` gives the value and its estimated bytes."""
        found = self.get_many(release, [key])
        if key in found:
            return cast(KeptValue, found[key])
        value, size = compute()
        self.put_many(release, [(key, value, size)])
        return value

    def get_many(self, release: str, keys: Iterable[Hashable]) -> dict[Hashable, object]:
        """Return the kept values of a release by those of the keys that have one."""
        with self._lock:
            if not release:
                return {}
            entries = ((key, self._entries.get((release, key))) for key in keys)
            return {key: entry[0] for key, entry in entries if entry is not None}

    def put_many(self, release: str, values: Iterable[tuple[Hashable, object, int]]) -> None:
        """Keep values of a release, each with its key and its estimated bytes."""
        with self._lock:
            if not release:
                return
            for key, value, size in values:
                if size * LARGEST_SHARE <= self._max_bytes:
                    self._entries[release, key] = value, size


def _get_size(entry: _Entry) -> int:
    return entry[1]
