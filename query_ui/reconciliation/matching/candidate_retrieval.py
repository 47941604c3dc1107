"""Which names of a gazetteer are worth a look: those that share words that tell something."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from loader.release.name_index.name_normaliser import STOP_WORDS
from query_ui.graph.name_index import IndexedName, NameIndex

MAX_SIMILAR_NAMES = 40
"""Names that are looked at closely."""
MAX_NAMES_PER_WORD = 4_000
"""A word that more names have leads to no candidate where a rarer word does."""


def retrieve_similar_names(name_index: NameIndex, words: Sequence[str]) -> list[IndexedName]:
    """The names that share most with these words, measured by what each word tells.

    A word that no name has is read as the words that it may be a slip for.
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
    """A word that names have, or those that an unknown one may stand for."""
    return (
        [word]
        if len(name_index.find_name_numbers(word))
        else list(name_index.spelling_dictionary.find_close_words(word))
    )


def count_names(name_index: NameIndex, words: Sequence[str]) -> int:
    """How many names have one of the words."""
    return sum(len(name_index.find_name_numbers(word)) for word in words)


def select_best_names(
    name_index: NameIndex,
    numbers: npt.NDArray[np.int32],
    weights: npt.NDArray[np.float32],
    query_weight: float,
) -> npt.NDArray[np.int32]:
    """The names with the largest share of what they and the question tell together."""
    names, places = np.unique(numbers, return_inverse=True)
    shared = np.bincount(places, weights)
    share = shared / np.maximum(query_weight + name_index.name_weights[names] - shared, 0.1)
    return names[np.argsort(-share, kind="stable")[:MAX_SIMILAR_NAMES]]
