"""Suggestions of keywords for a text, from the works whose texts are nearest to it.

Texts are compared by the cosine of their TF-IDF vectors, and the nearest vote for their keywords:
Introduction to Information Retrieval, 6.3 and 14.3 (https://nlp.stanford.edu/IR-book/). A keyword
whose own words are all in the text gets a bonus. ``docs/figures.md`` has the precision and recall.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 10
"""Works that vote for their keywords."""
LABEL_BONUS = 0.5
"""Added to the votes, 0 to 1, for a keyword whose words are all in the text."""
MIN_SCORE = 0.15
"""The lowest score of a keyword that is suggested."""
_STOP_WORDS = frozenset(
    "the a an of and in for to by on with at is are from as its it their who which that or be was "
    "were has have one all into not other this they".split()
)
_ENDINGS = ("ings", "ing", "ships", "ship", "ments", "ment", "ers", "er", "ies", "es", "ed", "s")
_MIN_STEM = 4


@dataclass(frozen=True, slots=True)
class TaggedText:
    """The text of a work and the IRIs of its keywords."""

    text: str
    keywords: frozenset[str]


class KeywordSuggester:
    """Suggests keywords from tagged texts; ``labels`` are those of all keywords by IRI."""

    def __init__(self, texts: Sequence[TaggedText], labels: Mapping[str, str]) -> None:
        self._keywords = sorted(labels)
        self._label_stems = [frozenset(list_stems(labels[iri])) for iri in self._keywords]
        counts = [Counter(list_stems(one.text)) for one in texts]
        frequency = Counter(stem for count in counts for stem in count)
        self._position = {stem: position for position, stem in enumerate(sorted(frequency))}
        totals = [frequency[stem] for stem in self._position]
        self._weights = np.log((len(texts) + 1) / np.array(totals or [1], dtype=np.float32))
        self._vectors = np.array([self._vectorise(count) for count in counts], dtype=np.float32)
        self._has = np.array(
            [[iri in one.keywords for iri in self._keywords] for one in texts], dtype=np.float32
        )

    def suggest(self, text: str, most: int = 5) -> list[str]:
        """Return the IRIs of at most ``most`` keywords, the likeliest first."""
        ranked = self.rank(text)
        return [iri for iri, score in ranked[:most] if score >= MIN_SCORE]

    def rank(self, text: str, without: int | None = None) -> list[tuple[str, float]]:
        """Return all keywords with their scores; leave out the work at index ``without``."""
        stems = Counter(list_stems(text))
        votes = self._count_votes(self._vectorise(stems), without)
        scores = [
            vote + LABEL_BONUS * bool(label and label <= stems.keys())
            for vote, label in zip(votes, self._label_stems, strict=True)
        ]
        ranked = sorted(zip(self._keywords, scores, strict=True), key=lambda pair: -pair[1])
        return [(iri, float(score)) for iri, score in ranked]

    def _count_votes(self, vector: NDArray[np.float32], without: int | None) -> NDArray[np.float32]:
        """Return the share of the votes of the nearest works that each keyword gets."""
        if not len(self._vectors):
            return np.zeros(len(self._keywords), dtype=np.float32)
        nearness = np.maximum(self._vectors @ vector, 0)
        if without is not None:
            nearness[without] = 0
        nearest = np.argsort(-nearness, kind="stable")[:NEIGHBOURS]
        total = float(nearness[nearest].sum())
        votes: NDArray[np.float32] = nearness[nearest] @ self._has[nearest]
        return votes / total if total else votes

    def _vectorise(self, counts: Counter[str]) -> NDArray[np.float32]:
        """Return the TF-IDF vector of length 1 of a text; 0 for one without a known word."""
        vector = np.zeros(max(len(self._position), 1), dtype=np.float32)
        for stem, count in counts.items():
            if stem in self._position:
                position = self._position[stem]
                vector[position] = (1 + np.log(count)) * self._weights[position]
        length = float(np.linalg.norm(vector))
        return vector / length if length else vector


def list_stems(text: str) -> list[str]:
    """Return the words of a text in order, without stop words and the commonest endings."""
    words = (word for word in re.findall(r"[a-z]+", text.lower()) if word not in _STOP_WORDS)
    return [to_stem(word) for word in words]


def to_stem(word: str) -> str:
    """Return a word without its ending, if four letters or more are left."""
    endings = (end for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= _MIN_STEM)
    return word.removesuffix(next(endings, ""))
