"""The words of a name index with the numbers of the names that have each, and their weights.

The numbers of a word are 32-bit integers, ascending, as the index stores them.
"""

from array import array
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from loader.release.name_index.name_normaliser import STOP_WORDS, compute_word_weight

GONE = -1
"""The new number of a name that is not in the index any more."""
NameNumbers = NDArray[np.int32]


def move_words(rows: Iterable[tuple[str, bytes]], places: NameNumbers) -> dict[str, bytes]:
    """Return the words of an index with other numbers: ``places`` has that of each name, or GONE.

    Words that no name has any more are left out. ``places`` ascends where it is not GONE.
    """
    known = dict(rows)
    moved = places[np.frombuffer(b"".join(known.values()), np.int32)]
    is_kept = moved != GONE
    ends = np.cumsum([len(numbers) // moved.itemsize for numbers in known.values()], dtype=int)
    kept_ends = np.concatenate([[0], np.cumsum(is_kept)])[ends] * moved.itemsize
    data, start = moved[is_kept].tobytes(), 0
    found: dict[str, bytes] = {}
    for word, end in zip(known, kept_ends.tolist(), strict=True):
        if end > start:
            found[word] = data[start:end]
        start = end
    return found


def join_words(old: Mapping[str, bytes], new: Mapping[str, "array[int]"]) -> dict[str, bytes]:
    """Return the words of both, sorted, each with its numbers in both, ascending."""
    words = dict(old)
    for word, more in new.items():
        known = words.get(word)
        numbers = np.sort(np.concatenate([np.frombuffer(known, np.int32), more])) if known else more
        words[word] = numbers.tobytes()
    return dict(sorted(words.items()))


def compute_name_weights(words: Mapping[str, bytes], name_count: int) -> NDArray[np.float32]:
    """Return the sum of the weights of the words of each name, without stop words.

    ``words`` are sorted, so that the same sum is always added up in the same order.
    """
    telling = [numbers for word, numbers in words.items() if word not in STOP_WORDS]
    numbers = np.frombuffer(b"".join(telling), np.int32)
    counts = [len(one) // numbers.itemsize for one in telling]
    weight_by_count = {count: compute_word_weight(name_count, count) for count in set(counts)}
    weights = np.repeat(
        np.array([weight_by_count[count] for count in counts], float), np.array(counts, int)
    )
    return np.bincount(numbers, weights, minlength=name_count).astype(np.float32)
