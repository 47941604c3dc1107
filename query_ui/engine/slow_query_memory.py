"""Memory of recent slow queries, so that similar ones start in the heavy lane."""

import threading
import time
from collections import OrderedDict

from loader.queries.syntax.lexer import tokenise_query

_VALUE_KINDS = frozenset({"iri", "string", "var", "number", "integer", "signed"})
"""The kinds of tokens in which queries of one shape may differ."""
_MAX_FINGERPRINTS = 1000
_MEMORY_SECONDS = 60.0


class SlowQueryMemory:
    """A record of the fingerprints of slow queries, kept for a minute each. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._expiry_by_fingerprint: OrderedDict[str, float] = OrderedDict()

    def add_query(self, text: str) -> None:
        """Remember that queries with the fingerprint of ``text`` are slow."""
        shape = compute_query_fingerprint(text)
        with self._lock:
            self._expiry_by_fingerprint[shape] = time.monotonic() + _MEMORY_SECONDS
            self._expiry_by_fingerprint.move_to_end(shape)
            while len(self._expiry_by_fingerprint) > _MAX_FINGERPRINTS:
                self._expiry_by_fingerprint.popitem(last=False)

    def forget_query(self, text: str) -> None:
        """Forget the fingerprint of ``text``, which turned out to be quick."""
        with self._lock:
            self._expiry_by_fingerprint.pop(compute_query_fingerprint(text), None)

    def __bool__(self) -> bool:
        return bool(self._expiry_by_fingerprint)

    def __contains__(self, text: str) -> bool:
        if not self._expiry_by_fingerprint:
            return False
        shape = compute_query_fingerprint(text)
        with self._lock:
            return self._expiry_by_fingerprint.get(shape, 0.0) > time.monotonic()


def compute_query_fingerprint(text: str) -> str:
    """Return the query with the kind of token for each variable and value, without comments."""
    tokens = tokenise_query(text)
    return " ".join(t.kind if t.kind in _VALUE_KINDS else t.text.lower() for t in tokens)
