"""Which names of a gazetteer are worth a look: those that share words that tell something."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from loader.release.name_index.name_normaliser import IDLE
from query_ui.graph.name_index import Gazetteer, Named

MOST = 40
"""Names that are looked at closely."""
COMMON = 4_000
"""A word that more names have leads to no candidate where a rarer word does."""


def similar(gazetteer: Gazetteer, words: Sequence[str]) -> list[Named]:
    """The names that share most with these words, measured by what each word tells.

    A word that no name has is read as the words that it may be a slip for.
    """
    telling = [word for word in dict.fromkeys(words) if word not in IDLE]
    known = sorted(
        (reading for word in telling if (reading := readings(gazetteer, word))),
        key=lambda reading: total(gazetteer, reading),
    )
    few = [reading for reading in known if total(gazetteer, reading) <= COMMON] or known[:1]
    if not few:
        return []
    found_with = [(word, gazetteer.names_with(word)) for reading in few for word in reading]
    numbers = np.concatenate([having for _, having in found_with])
    bits = np.concatenate(
        [np.full(len(having), gazetteer.bits(word), np.float32) for word, having in found_with]
    )
    found = best(gazetteer, numbers, bits, gazetteer.sum_of(words))
    return gazetteer.names_numbered([int(number) for number in found])


def readings(gazetteer: Gazetteer, word: str) -> list[str]:
    """A word that names have, or those that an unknown one may stand for."""
    return [word] if len(gazetteer.names_with(word)) else list(gazetteer.vocabulary.near(word))


def total(gazetteer: Gazetteer, words: Sequence[str]) -> int:
    """How many names have one of the words."""
    return sum(len(gazetteer.names_with(word)) for word in words)


def best(
    gazetteer: Gazetteer,
    numbers: npt.NDArray[np.int32],
    bits: npt.NDArray[np.float32],
    asked: float,
) -> npt.NDArray[np.int32]:
    """The names with the largest share of what they and the question tell together."""
    names, places = np.unique(numbers, return_inverse=True)
    shared = np.bincount(places, bits)
    share = shared / np.maximum(asked + gazetteer.weights[names] - shared, 0.1)
    return names[np.argsort(-share, kind="stable")[:MOST]]
