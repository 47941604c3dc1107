"""Retrieval of the names of an index that share informative words with a query."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from loader.release.name_index.name_normaliser import STOP_WORDS
from query_ui.graph.name_index import IndexedName, NameIndex

MAX_SIMILAR_NAMES = 40
"""Largest number of names that are compared in detail."""
MAX_NAMES_PER_WORD = 4_000
"""Words in more names than this are ignored for retrieval where a rarer word exists."""


def retrieve_similar_names(name_index: NameIndex, words: Sequence[str]) -> list[IndexedName]:
    """Return the names most similar to ``words``, at most ``MAX_SIMILAR_NAMES``, best first.

    Similarity is a Jaccard index of words weighted by rarity (idf). A word that occurs in no name
    is replaced by the words that it may be a misspelling of.
    """
    telling = [word for word in dict.fromkeys(words) if word not in STOP_WORDS]
    known = sorted(
        (reading for word in telling if (reading := list_readings(name_index, word))),
        key=lambda reading: count_names(name_index, reading),
    )
    few = [
        reading for reading in known if count_names(name_index, reading) <= MAX_NAMES_PER_WORD
    ] or known[:1]
    if not few:
        return []
    # Two parallel arrays: the number of a name and the weight of a word in it, once per posting.
    found_with = [(word, name_index.find_name_numbers(word)) for reading in few for word in reading]
    numbers = np.concatenate([having for _, having in found_with])
    bits = np.concatenate(
        [
            np.full(len(having), name_index.get_word_weight(word), np.float32)
            for word, having in found_with
        ]
    )
    found = select_best_names(name_index, numbers, bits, name_index.sum_word_weights(words))
    return name_index.load_names([int(number) for number in found])


def list_readings(name_index: NameIndex, word: str) -> list[str]:
    """Return the word if any name has it, else the words that it may be a misspelling of."""
    return (
        [word]
        if len(name_index.find_name_numbers(word))
        else list(name_index.spelling_dictionary.find_close_words(word))
    )


def count_names(name_index: NameIndex, words: Sequence[str]) -> int:
    """Return the number of names for all words together; a name with several counts again."""
    return sum(len(name_index.find_name_numbers(word)) for word in words)


def select_best_names(
    name_index: NameIndex,
    numbers: npt.NDArray[np.int32],
    weights: npt.NDArray[np.float32],
    query_weight: float,
) -> npt.NDArray[np.int32]:
    """Return the numbers of the names with the largest weighted Jaccard index, best first.

    ``numbers`` and ``weights`` are parallel; ``query_weight`` is the weight of all query words.
    """
    # |A ∩ B| / |A ∪ B| with |A ∪ B| = |A| + |B| - |A ∩ B|, for all names at once.
    names, places = np.unique(numbers, return_inverse=True)
    shared = np.bincount(places, weights)
    share = shared / np.maximum(query_weight + name_index.name_weights[names] - shared, 0.1)
    return names[np.argsort(-share, kind="stable")[:MAX_SIMILAR_NAMES]]
