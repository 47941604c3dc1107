"""The shapes of queries that took long of late, so that the next of their kind keeps aside."""

import re
import threading
import time
from collections import OrderedDict

from loader.queries.evaluate import bare

_VARIABLE = re.compile(r"[?$]\w+")
_NUMBER = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")
_MOST = 1000
_REMEMBERED = 60.0


class Shapes:
    """Remembers for a minute which queries took long, whatever their names and values are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: OrderedDict[str, float] = OrderedDict()

    def add(self, text: str) -> None:
        """Remember that a query like this takes long."""
        shape = shape_of(text)
        with self._lock:
            self._until[shape] = time.monotonic() + _REMEMBERED
            self._until.move_to_end(shape)
            while len(self._until) > _MOST:
                self._until.popitem(last=False)

    def forget(self, text: str) -> None:
        """A query like this was quick after all."""
        with self._lock:
            self._until.pop(shape_of(text), None)

    def __contains__(self, text: str) -> bool:
        if not self._until:
            return False
        shape = shape_of(text)
        with self._lock:
            return self._until.get(shape, 0.0) > time.monotonic()


def shape_of(text: str) -> str:
    """A query without its values: names of variables, texts, IRIs, numbers, comments and spaces."""
    plain = _NUMBER.sub("0", _VARIABLE.sub("?", bare(text)))
    return _SPACE.sub(" ", plain).strip().lower()
