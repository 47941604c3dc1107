"""How much a word tells: little where many names have it, much where few do."""

from math import log


def weight(names: int, having: int) -> float:
    """The bits of a word that ``having`` of ``names`` names have, as in tf-idf, never below 0.1.

    https://en.wikipedia.org/wiki/Tf%E2%80%93idf
    """
    return max(0.1, log((names + 1) / (having + 0.5)))
