"""Similarity of two entities by the information content of the keywords that they share.

The score is the information content of the keywords of both entities over that of the keywords of
either, broader concepts included: a weighted Jaccard index known as simGIC.
https://doi.org/10.1186/1471-2105-9-S5-S4

Keywords that are not shared count in the denominator, so an entity tagged with everything is
similar to nothing. A constant is added to the denominator, so that few or common keywords give a
low score even where all of them are shared: two entities with one common keyword in common are not
alike. The score is symmetric and depends on no third entity, other than by the
information content.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from loader.namespaces import scheme
from query_ui.graph.search_index.index_reader import Mask, SearchIndex

KEYWORD_SCHEME = scheme("keywords").value
WORK_KINDS = ("case-study", "initiative", "commitment")
"""The kinds that are compared with each other; organisations are compared only with each other."""
MAX_REASONS = 5
"""The number of shared concepts to show; one more is returned if there are others."""
INFORMATION_CONTENT_UNIT = 10_000
"""Units per bit. A release states information content with four decimal places, so that integers
are exact: sums do not depend on their order, and scores equal those of SPARQL's decimals."""
DAMPING = 5 * INFORMATION_CONTENT_UNIT
"""What is added to the denominator: five bits, about as much as one rare keyword has."""


@dataclass(frozen=True, slots=True)
class SimilarEntity:
    """An entity similar to another one; both sums are in ten-thousandths of a bit.

    ``total_information`` is that of the keywords of either, with ``DAMPING`` added.
    ``shared_concepts`` are keywords of both in descending order of information content, without
    those that are broader than another, and at most ``MAX_REASONS`` + 1.
    """

    number: int
    shared_information: int
    total_information: int
    shared_concepts: tuple[str, ...]

    @property
    def score(self) -> int:
        """The score in hundredths, rounded half up as in ``sparql/pages/relatedness.rq``."""
        return (200 * self.shared_information + self.total_information) // (
            2 * self.total_information
        )


class SimilarityCalculator:
    """Comparison of the entities of one index.

    The postings of the facet ``concept`` are closed upwards: an entity tagged with a concept is
    listed for every broader concept as well, so no hierarchy is walked while comparing.
    """

    def __init__(self, search_index: SearchIndex) -> None:
        self.index = search_index
        self.column = search_index.facet("concept")
        self._bounds_by_span: dict[
            tuple[int, int], tuple[NDArray[np.int64], NDArray[np.int64]]
        ] = {}

    @cached_property
    def value_weights(self) -> NDArray[np.int64]:
        """The information content of each value of the column; 0 for those that are no keywords."""
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
        """The sum of the information content of the keywords of each entity."""
        each = np.repeat(self.value_weights, np.diff(self.column.starts))
        # bincount adds in float64, which is exact for integers of this size.
        summed = np.bincount(self.column.entities, weights=each, minlength=self.index.entity_count)
        return summed.astype(np.int64)

    def select_candidates(self, number: int) -> Mask:
        """Return the entities to compare with one; none if its kind is not compared."""
        of_kinds = (self.index.select_kinds(*WORK_KINDS), self.index.select_kinds("organisation"))
        found = next((mask for mask in of_kinds if mask[number]), None)
        mask = np.zeros(self.index.entity_count, bool) if found is None else found.copy()
        mask[number] = False
        return mask

    def list_keyword_positions(self, number: int) -> NDArray[np.int32]:
        """Return the positions in the column of the keywords of an entity, ascending."""
        places = self.column.list_positions(number)
        return places[self.value_weights[places] > 0]

    def find_similar_entities(self, number: int, limit: int = 8) -> list[SimilarEntity]:
        """Return the entities most similar to one, the best first; equal ones by kind and name."""
        own, candidates = self.list_keyword_positions(number), self.select_candidates(number)
        span = find_span(candidates)
        shared = self.sum_shared_weights(own, span)
        # The size of the union follows from the totals, so only shared keywords are looked up.
        places = np.flatnonzero(candidates[slice(*span)] & (shared > 0))
        both, numbers = shared[places], places + span[0]
        either = self.entity_totals[number] + self.entity_totals[numbers] - both + DAMPING
        best = select_highest(both / either, numbers, limit)
        at = np.searchsorted(numbers, best)
        sums = zip(best, both[at].tolist(), either[at].tolist(), strict=True)
        return [SimilarEntity(n, part, whole, self.reasons(own, n)) for n, part, whole in sums]

    def sum_shared_weights(
        self, positions: NDArray[np.int32], span: tuple[int, int]
    ) -> NDArray[np.int64]:
        """Return the information content of the keywords at ``positions`` that each entity has.

        The entities are those of a range of numbers, which is that of a kind or of several.
        """
        first, after = span
        found = np.zeros(after, np.int64)
        starts, ends = self.find_bounds(span)
        weights = self.value_weights
        for start, end, weight in zip(
            starts[positions], ends[positions], weights[positions], strict=True
        ):
            # With indices of this type ``add.at`` takes a third of the time of ``found[...] +=``.
            np.add.at(found, self.column.entities[start:end].astype(np.intp), weight)
        return found[first:]

    def find_bounds(self, span: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the postings of each value within a range of numbers begin and end.

        Entities are numbered by kind and postings are ascending, so the other kinds are left out,
        which are most of the postings of a general keyword. Few ranges are compared.
        """
        if span not in self._bounds_by_span:
            begins = self.column.starts[:-1]
            entities = self.column.entities
            parts = [np.searchsorted(entities[a:b], span) for a, b in pairwise(self.column.starts)]
            bounds = begins[:, None] + np.array(parts, np.int64).reshape(-1, 2)
            self._bounds_by_span[span] = bounds[:, 0], bounds[:, 1]
        return self._bounds_by_span[span]

    def reasons(self, positions: NDArray[np.int32], other: int) -> tuple[str, ...]:
        """Return the narrowest shared keywords, those of highest information content first."""
        theirs = self.list_keyword_positions(other)
        shared = np.intersect1d(positions, theirs, assume_unique=True)
        both = [
            (-weight, self.column.values[place])
            for place, weight in zip(shared, self.value_weights[shared].tolist(), strict=True)
        ]
        found: list[str] = []
        for _, concept in sorted(both):
            # A broader concept is used at least as often as a narrower one, so its information
            # content is at most equal: it comes later and is skipped, or, where they are equal,
            # may come first and is then replaced.
            if not any(concept in self.find_broader_concepts(lower) for lower in found):
                higher = self.find_broader_concepts(concept)
                found = [*(name for name in found if name not in higher), concept]
            if len(found) > MAX_REASONS:
                break
        return tuple(found)

    def has_value(self, position: int, number: int) -> bool:
        """Return whether an entity has the value at a position, by binary search."""
        start, end = self.column.starts[position : position + 2]
        at = start + np.searchsorted(self.column.entities[start:end], number)
        return bool(at < end and self.column.entities[at] == number)

    def find_broader_concepts(self, concept: str) -> set[str]:
        """Return all concepts broader than ``concept``, transitively and without itself."""
        seen: set[str] = set()
        waiting = list(self.index.broader_by_concept.get(concept, ()))
        while waiting:
            one = waiting.pop()
            if one not in seen and one != concept:
                seen.add(one)
                waiting += self.index.broader_by_concept.get(one, ())
        return seen

    def is_tagged_directly(self, concept: str, number: int) -> bool:
        """Return whether an entity with a concept has none narrower: it is then tagged directly."""
        below = self.index.narrower_by_concept.get(concept, ())
        places = (
            self.column.position_by_value[c]
            for c in below
            if c in self.column.position_by_value and c != concept
        )
        return not any(self.has_value(place, number) for place in places)


def find_span(mask: Mask) -> tuple[int, int]:
    """Return the first entity of a mask and the one after the last; (0, 0) for an empty one."""
    if not mask.any():
        return 0, 0
    return int(mask.argmax()), len(mask) - int(mask[::-1].argmax())


def select_highest(
    scores: NDArray[np.float64], numbers: NDArray[np.int64], limit: int
) -> Sequence[int]:
    """Return the numbers with the highest scores; of equal scores the lower number comes first."""
    if len(scores) > limit:
        # A partition is linear. Those equal to the lowest score stay, or chance would choose.
        least = np.partition(scores, -limit)[-limit]
        kept = scores >= least
        scores, numbers = scores[kept], numbers[kept]
    order = np.lexsort((numbers, -scores))[:limit]
    return [int(number) for number in numbers[order]]
