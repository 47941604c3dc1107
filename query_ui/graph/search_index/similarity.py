"""How related things are: the keywords that two of them share, weighed by how much each tells.

The score of two things is the information content of the keywords that both carry over that of the
keywords that either carries, those above them included: a weighted Jaccard index, known as simGIC.
https://doi.org/10.1186/1471-2105-9-S5-S4

What a thing carries besides counts in the denominator, so whoever is tagged with everything is
related to nothing much. The score is the same from both sides, and a thing that shares nothing
with others changes no order among them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from loader.namespaces import scheme
from query_ui.graph.search_index.index_reader import Index, Mask

KEYWORDS = scheme("keywords").value
WORKS = ("case-study", "initiative", "commitment")
"""The kinds that are compared with each other; organisations are compared among themselves."""
REASONS = 5
"""So many reasons are given in full; there may be one more, to tell that there are others."""
UNIT = 10_000
"""Information content is reckoned in ten-thousandths of a bit, which is how a release states it."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Another thing; ``shared`` over ``either`` is the score, both in ten-thousandths of a bit.

    ``concepts`` are keywords that both carry, the one that tells most first; of those that stand
    above another only the lowest, and no more than six.
    """

    number: int
    shared: int
    either: int
    concepts: tuple[str, ...]

    @property
    def score(self) -> int:
        """The score in hundredths, rounded half up, as ``sparql/pages/relatedness.rq`` gives it."""
        return (200 * self.shared + self.either) // (2 * self.either)


class Relatedness:
    """Compares the things of one index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.column = index.facet("concept")

    @cached_property
    def weights(self) -> NDArray[np.int64]:
        """What each value of the column tells; 0 for all that are no keywords."""
        keywords = frozenset(self.index.members.get(KEYWORDS, ()))
        bits = self.index.bits
        return np.array(
            [round(bits.get(v, 0) * UNIT) if v in keywords else 0 for v in self.column.values],
            np.int64,
        )

    @cached_property
    def totals(self) -> NDArray[np.int64]:
        """What the keywords of each thing tell together."""
        each = np.repeat(self.weights, np.diff(self.column.starts))
        summed = np.bincount(self.column.things, weights=each, minlength=self.index.size)
        return summed.astype(np.int64)

    def candidates(self, number: int) -> Mask:
        """The things that a thing is compared with; none for one of a kind that is not compared."""
        works = self.index.having("kind", *WORKS)
        organisations = self.index.having("kind", "organisation")
        mask = works if works[number] else organisations if organisations[number] else works & False
        mask[number] = False
        return mask

    def carried(self, number: int) -> list[int]:
        """The places of the keywords that a thing carries."""
        return [int(place) for place in self.column.places_of(number) if self.weights[place]]

    def to(self, number: int, most: int = 8) -> list[Relation]:
        """The things most related to one, the most related first; equal ones by kind and name."""
        own, candidates = self.carried(number), self.candidates(number)
        shared = self.shared(own, np.flatnonzero(candidates))
        either = self.totals[number] + self.totals - shared
        numbers = np.flatnonzero(candidates & (shared > 0))
        scores = shared[numbers] / either[numbers]
        best = highest(scores, numbers, most)
        return [Relation(n, int(shared[n]), int(either[n]), self.reasons(own, n)) for n in best]

    def shared(self, own: Iterable[int], candidates: NDArray[np.int64]) -> NDArray[np.int64]:
        """What the keywords at some places tell that each candidate carries too."""
        found = np.zeros(self.index.size, np.int64)
        if not len(candidates):
            return found
        bounds = (candidates[0], candidates[-1] + 1)
        for place in own:
            start, end = self.column.starts[place : place + 2]
            things = self.column.things[start:end]
            first, after = np.searchsorted(things, bounds)
            found[things[first:after]] += self.weights[place]
        return found

    def reasons(self, own: Sequence[int], other: int) -> tuple[str, ...]:
        """The first few of the lowest keywords that both carry, the one that tells most first."""
        theirs = set(self.carried(other))
        both = [(-int(self.weights[p]), self.column.values[p]) for p in own if p in theirs]
        found: list[str] = []
        for _, concept in sorted(both):
            # What stands above another tells no more than that, so it comes later or beside it.
            if not any(concept in self.above(lower) for lower in found):
                higher = self.above(concept)
                found = [*(name for name in found if name not in higher), concept]
            if len(found) > REASONS:
                break
        return tuple(found)

    def has(self, place: int, number: int) -> bool:
        """Whether a thing has the value at a place."""
        start, end = self.column.starts[place : place + 2]
        at = start + np.searchsorted(self.column.things[start:end], number)
        return bool(at < end and self.column.things[at] == number)

    def above(self, concept: str) -> set[str]:
        """All concepts above one; not itself, unless it stands in a circle with others."""
        seen: set[str] = set()
        waiting = list(self.index.broader.get(concept, ()))
        while waiting:
            one = waiting.pop()
            if one not in seen and one != concept:
                seen.add(one)
                waiting += self.index.broader.get(one, ())
        return seen

    def exactly(self, concept: str, number: int) -> bool:
        """Whether a thing carries a concept and none below it: then it carries it itself."""
        below = self.index.narrower.get(concept, ())
        places = (self.column.places[c] for c in below if c in self.column.places and c != concept)
        return not any(self.has(place, number) for place in places)


def highest(scores: NDArray[np.float64], numbers: NDArray[np.int64], most: int) -> Sequence[int]:
    """The numbers with the highest scores; of equal ones the lower number comes first."""
    if len(scores) > most:
        least = np.partition(scores, -most)[-most]
        kept = scores >= least
        scores, numbers = scores[kept], numbers[kept]
    order = np.lexsort((numbers, -scores))[:most]
    return [int(number) for number in numbers[order]]
