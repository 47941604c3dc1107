"""Give memory that is free back to the system where the C library is glibc, and tune Python.

https://www.gnu.org/software/libc/manual/html_node/Malloc-Tunable-Parameters.html
"""

import ctypes
import gc
import sys
from collections.abc import Callable
from typing import Any

_M_ARENA_MAX = -8
_SWITCH_SECONDS = 0.0005
"""How long a thread may keep the others waiting.

The event loop gives way at each wait, and then has to wait for as long before it goes on: with the
default of 5 ms, two busy threads keep every other client waiting.
"""
_COLLECTION_OBJECTS = 10_000
"""New objects after which the youngest generation is searched for cycles; Python's own is 700.

A page makes some ten thousand objects, nearly all of which end without a collection, and each of
fifteen collections would look at what the page still needs.
https://docs.python.org/3/library/gc.html#gc.set_threshold
"""


def tune_threads() -> None:
    """Let threads that work give way to others often."""
    sys.setswitchinterval(_SWITCH_SECONDS)


def tune_collector() -> None:
    """Let the garbage collector look at the program's own objects no more, and at new ones rarely.

    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECTION_OBJECTS)


def use_one_memory_arena() -> None:
    """Let all threads that begin from now on take memory from one place.

    By itself glibc gives threads up to eight arenas a processor, and each keeps what the largest
    request on one of its threads left in pieces: a hundred requests with the same table raised the
    memory of the server from 90 to 390 MB, and with one arena not at all.
    """
    mallopt = _find_function("mallopt")
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


def return_free_memory() -> None:
    """Give memory that is free back to the system.

    https://man7.org/linux/man-pages/man3/malloc_trim.3.html
    """
    trim = _find_function("malloc_trim")
    if trim is not None:
        trim(0)


def _find_function(name: str) -> Callable[..., Any] | None:
    """Return a function of the C library, or None where it has no such function."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
