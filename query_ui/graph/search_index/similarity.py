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
from query_ui.graph.search_index.index_reader import Mask, SearchIndex

KEYWORD_SCHEME = scheme("keywords").value
WORK_KINDS = ("case-study", "initiative", "commitment")
"""The kinds that are compared with each other; organisations are compared among themselves."""
MAX_REASONS = 5
"""So many reasons are given in full; there may be one more, to tell that there are others."""
INFORMATION_CONTENT_UNIT = 10_000
"""Information content is reckoned in ten-thousandths of a bit, which is how a release states it."""


@dataclass(frozen=True, slots=True)
class SimilarEntity:
    """Another thing; ``shared_information`` over ``union_information`` is the score, both in
    ten-thousandths of a bit.

    ``shared_concepts`` are keywords that both carry, the one that tells most first; of those that
    stand above another only the lowest, and no more than six.
    """

    number: int
    shared_information: int
    union_information: int
    shared_concepts: tuple[str, ...]

    @property
    def score(self) -> int:
        """The score in hundredths, rounded half up, as ``sparql/pages/relatedness.rq`` gives it."""
        return (200 * self.shared_information + self.union_information) // (
            2 * self.union_information
        )


class SimilarityCalculator:
    """Compares the things of one index."""

    def __init__(self, search_index: SearchIndex) -> None:
        self.index = search_index
        self.column = search_index.facet("concept")

    @cached_property
    def value_weights(self) -> NDArray[np.int64]:
        """What each value of the column tells; 0 for all that are no keywords."""
        keywords = frozenset(self.index.concepts_by_scheme.get(KEYWORD_SCHEME, ()))
        bits = self.index.information_content_by_concept
        return np.array(
            [
                round(bits.get(v, 0) * INFORMATION_CONTENT_UNIT) if v in keywords else 0
                for v in self.column.values
            ],
            np.int64,
        )

    @cached_property
    def entity_totals(self) -> NDArray[np.int64]:
        """What the keywords of each thing tell together."""
        each = np.repeat(self.value_weights, np.diff(self.column.starts))
        summed = np.bincount(self.column.things, weights=each, minlength=self.index.entity_count)
        return summed.astype(np.int64)

    def select_candidates(self, number: int) -> Mask:
        """The things that a thing is compared with; none for one of a kind that is not compared."""
        works = self.index.select_entities("kind", *WORK_KINDS)
        organisations = self.index.select_entities("kind", "organisation")
        mask = works if works[number] else organisations if organisations[number] else works & False
        mask[number] = False
        return mask

    def list_keyword_positions(self, number: int) -> list[int]:
        """The places of the keywords that a thing carries."""
        return [
            int(place) for place in self.column.list_positions(number) if self.value_weights[place]
        ]

    def find_similar_entities(self, number: int, limit: int = 8) -> list[SimilarEntity]:
        """The things most related to one, the most related first; equal ones by kind and name."""
        own, candidates = self.list_keyword_positions(number), self.select_candidates(number)
        shared = self.sum_shared_weights(own, np.flatnonzero(candidates))
        either = self.entity_totals[number] + self.entity_totals - shared
        numbers = np.flatnonzero(candidates & (shared > 0))
        scores = shared[numbers] / either[numbers]
        best = select_highest(scores, numbers, limit)
        return [
            SimilarEntity(n, int(shared[n]), int(either[n]), self.reasons(own, n)) for n in best
        ]

    def sum_shared_weights(
        self, positions: Iterable[int], candidates: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """What the keywords at some places tell that each candidate carries too."""
        found = np.zeros(self.index.entity_count, np.int64)
        if not len(candidates):
            return found
        bounds = (candidates[0], candidates[-1] + 1)
        for place in positions:
            start, end = self.column.starts[place : place + 2]
            things = self.column.things[start:end]
            first, after = np.searchsorted(things, bounds)
            found[things[first:after]] += self.value_weights[place]
        return found

    def reasons(self, positions: Sequence[int], other: int) -> tuple[str, ...]:
        """The first few of the lowest keywords that both carry, the one that tells most first."""
        theirs = set(self.list_keyword_positions(other))
        both = [
            (-int(self.value_weights[p]), self.column.values[p]) for p in positions if p in theirs
        ]
        found: list[str] = []
        for _, concept in sorted(both):
            # What stands above another tells no more than that, so it comes later or beside it.
            if not any(concept in self.find_broader_concepts(lower) for lower in found):
                higher = self.find_broader_concepts(concept)
                found = [*(name for name in found if name not in higher), concept]
            if len(found) > MAX_REASONS:
                break
        return tuple(found)

    def has_value(self, position: int, number: int) -> bool:
        """Whether a thing has the value at a place."""
        start, end = self.column.starts[position : position + 2]
        at = start + np.searchsorted(self.column.things[start:end], number)
        return bool(at < end and self.column.things[at] == number)

    def find_broader_concepts(self, concept: str) -> set[str]:
        """All concepts above one; not itself, unless it stands in a circle with others."""
        seen: set[str] = set()
        waiting = list(self.index.broader_by_concept.get(concept, ()))
        while waiting:
            one = waiting.pop()
            if one not in seen and one != concept:
                seen.add(one)
                waiting += self.index.broader_by_concept.get(one, ())
        return seen

    def is_tagged_directly(self, concept: str, number: int) -> bool:
        """Whether a thing carries a concept and none below it: then it carries it itself."""
        below = self.index.narrower_by_concept.get(concept, ())
        places = (
            self.column.position_by_value[c]
            for c in below
            if c in self.column.position_by_value and c != concept
        )
        return not any(self.has_value(place, number) for place in places)


def select_highest(
    scores: NDArray[np.float64], numbers: NDArray[np.int64], limit: int
) -> Sequence[int]:
    """The numbers with the highest scores; of equal ones the lower number comes first."""
    if len(scores) > limit:
        least = np.partition(scores, -limit)[-limit]
        kept = scores >= least
        scores, numbers = scores[kept], numbers[kept]
    order = np.lexsort((numbers, -scores))[:limit]
    return [int(number) for number in numbers[order]]
