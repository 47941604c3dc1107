"""The memory of queries that took long of late, so that similar ones use the slow lane."""

import threading
import time
from collections import OrderedDict

from loader.queries.syntax.lexer import tokenise_query

_VALUE_KINDS = frozenset({"iri", "string", "var", "number", "integer", "signed"})
"""The kinds of tokens in which queries of one shape may differ."""
_MAX_FINGERPRINTS = 1000
_MEMORY_SECONDS = 60.0


class SlowQueryMemory:
    """Remembers for a minute which queries took long, whatever their names and values are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._expiry_by_fingerprint: OrderedDict[str, float] = OrderedDict()

    def add_query(self, text: str) -> None:
        """Remember that a query like this takes long."""
        shape = compute_query_fingerprint(text)
        with self._lock:
            self._expiry_by_fingerprint[shape] = time.monotonic() + _MEMORY_SECONDS
            self._expiry_by_fingerprint.move_to_end(shape)
            while len(self._expiry_by_fingerprint) > _MAX_FINGERPRINTS:
                self._expiry_by_fingerprint.popitem(last=False)

    def forget_query(self, text: str) -> None:
        """Forget a query that was quick after all, and those like it."""
        with self._lock:
            self._expiry_by_fingerprint.pop(compute_query_fingerprint(text), None)

    def __contains__(self, text: str) -> bool:
        if not self._expiry_by_fingerprint:
            return False
        shape = compute_query_fingerprint(text)
        with self._lock:
            return self._expiry_by_fingerprint.get(shape, 0.0) > time.monotonic()


def compute_query_fingerprint(text: str) -> str:
    """Return a query without variables, texts, IRIs, numbers, comments and spaces."""
    tokens = tokenise_query(text)
    return " ".join(t.kind if t.kind in _VALUE_KINDS else t.text.lower() for t in tokens)
