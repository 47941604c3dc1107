"""Weights of words by inverse document frequency: the rarer a word, the higher."""

from math import log


def compute_word_weight(name_count: int, names_with_word: int) -> float:
    """Return the weight of a word that ``names_with_word`` of ``name_count`` names have.

    It is the natural logarithm as in tf-idf, never below 0.1:
    https://en.wikipedia.org/wiki/Tf%E2%80%93idf
    """
    return max(0.1, log((name_count + 1) / (names_with_word + 0.5)))
