"""How much a word tells: little where many names have it, much where few do."""

from math import log


def compute_word_weight(name_count: int, names_with_word: int) -> float:
    """The bits of a word that ``having`` of ``names`` names have, as in tf-idf, never below 0.1.

    https://en.wikipedia.org/wiki/Tf%E2%80%93idf
    """
    return max(0.1, log((name_count + 1) / (names_with_word + 0.5)))
