"""Co-occurrence of concepts: pairs that tag the same entities more often than by chance.

An entity with k concepts has the weight 1000 / k, rounded down, so that one tagged with everything
says little about any pair. The lift of two concepts is the weight of the entities with both, times
that of all, over the product of the weights of those with each. At 1 the two are independent.
https://doi.org/10.1145/253262.253325 (Brin and others, on lift, there called interest)
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from query_ui.graph.search_index.concept_tree import walk_concepts
from query_ui.graph.search_index.index_reader import Counts, SearchIndex
from query_ui.graph.search_index.similarity import WORK_KINDS, SimilarityCalculator

SPARSE_DIVISOR = 10
"""A concept of fewer than one entity in this number is counted by its entities one by one."""
FULL_WEIGHT = 1_000
"""The weight of an entity with one concept; weights are integers, so that sums are exact."""


@dataclass(frozen=True, slots=True)
class CoOccurrence:
    """A co-occurring concept: number of entities with both, and lift in tenths, rounded half up."""

    concept: str
    entities: int
    lift_tenths: int


class CoOccurrenceCalculator:
    """Comparison of the concepts of one index.

    A pair is one entry of the postings: an entity and a concept of its concept closure.
    """

    def __init__(self, search_index: SearchIndex) -> None:
        self.index = search_index
        self.column = search_index.facet("concept")

    @cached_property
    def entity_weights(self) -> NDArray[np.int64]:
        """The weight of each entity; 0 for all but case studies, initiatives and commitments."""
        carried = np.bincount(self.column.entities, minlength=self.index.entity_count)
        # ``maximum`` only avoids a division by zero, as ``where`` computes both branches.
        counted = self.index.select_kinds(*WORK_KINDS) & (carried > 0)
        return np.where(counted, FULL_WEIGHT // np.maximum(carried, 1), 0)

    @cached_property
    def pair_weights(self) -> NDArray[np.int32]:
        """The weight of the entity of each pair; 32 bits, as there are as many as postings."""
        return self.entity_weights[self.column.entities].astype(np.int32)

    @cached_property
    def concept_weights(self) -> NDArray[np.int64]:
        """The weight of the entities with each concept."""
        return self.sum_by_concept(self.pair_weights)

    def sum_by_concept(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """Return the sum of the values of the pairs of each concept."""
        # reduceat is wrong for an empty segment; a value that no entity has is not in the column.
        return np.add.reduceat(values, self.column.starts[:-1], dtype=np.int64)

    def find_co_occurring(self, concept: str, limit: int = 12) -> list[CoOccurrence]:
        """Return the concepts of highest lift with one, of those that share two entities or more.

        The order is descending lift, then number of entities, then IRI.
        """
        place = self.column.position_by_value.get(concept)
        if place is None:
            return []
        entities, both = self.count_co_occurrences(concept)
        one, whole = int(self.concept_weights[place]), int(self.entity_weights.sum())
        kin = self.find_relatives(concept)
        found = []
        for other in np.flatnonzero(entities > 1):
            name = self.column.values[other]
            if name not in kin:
                # Python's integers, as the products may exceed 64 bits in a large release.
                times, over = int(both[other]) * whole, one * int(self.concept_weights[other])
                tenths = (20 * times + over) // (2 * over) if over else 0
                found.append(CoOccurrence(name, int(entities[other]), tenths))
        found.sort(key=lambda pair: (-pair.lift_tenths, -pair.entities, pair.concept))
        return found[:limit]

    def count_co_occurrences(self, concept: str) -> tuple[Counts, Counts]:
        """Return, for each concept, the number and weight of the entities with ``concept``."""
        inside = self.column.find_entities(concept)
        inside = inside[self.entity_weights[inside] > 0]
        # Few entities: collecting the concepts of each is faster than a pass over all pairs.
        # Many: the pass is faster, as it reads the postings in order and sorts nothing.
        if len(inside) * SPARSE_DIVISOR < self.index.entity_count:
            places, whose = self.column.list_position_pairs(inside)
            size = len(self.column.values)
            weights = np.bincount(places, weights=self.entity_weights[whose], minlength=size)
            return np.bincount(places, minlength=size), weights.astype(np.int64)
        mask = np.zeros(self.index.entity_count, bool)
        mask[inside] = True
        pairs = mask[self.column.entities]
        return self.sum_by_concept(pairs), self.sum_by_concept(self.pair_weights * pairs)

    def find_relatives(self, concept: str) -> set[str]:
        """Return a concept with all broader and narrower ones, which co-occur by definition."""
        above = self.index.get_or_compute(SimilarityCalculator).find_broader_concepts(concept)
        return {concept, *above, *(one for _, one in walk_concepts(self.index, [concept]))}
