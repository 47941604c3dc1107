"""Correction of misspelt words by the words of a name index."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

MIN_WORD_LENGTH = 4
"""Shorter words are not corrected."""


class SpellingDictionary:
    """The words of a name index, grouped by length."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words_by_length: dict[int, list[str]] = defaultdict(list)
        for word in words:
            if len(word) >= MIN_WORD_LENGTH and word.isalpha():
                self.words_by_length[len(word)].append(word)
        self.find_close_words = lru_cache(10_000)(self._find_close_words)

    def _find_close_words(self, word: str) -> tuple[str, ...]:
        """Return at most five words within edit distance 1, or 2 for eight letters or more.

        An edit inserts, deletes or replaces a letter, or transposes two neighbours:
        https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance
        """
        if len(word) < MIN_WORD_LENGTH:
            return ()
        slips = 2 if len(word) > 7 else 1
        # Words whose lengths differ by more than the distance cannot be close.
        choices = [
            near
            for size in range(len(word) - slips, len(word) + slips + 1)
            for near in self.words_by_length.get(size, ())
        ]
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=slips, limit=5)
        return tuple(near for near, _, _ in sorted(found, key=lambda item: (item[1], item[0])))
