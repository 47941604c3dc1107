"""Which concepts go together: carried by the same things more often than chance would have it.

A thing that carries k concepts counts for 1000 / k, cut to a whole number, so that what is tagged
with everything says little about any two. The lift of two concepts is the weight of the things
that carry both, times that of all, over the product of the weights of those that carry each. At 1
the two have nothing to do with each other.
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
"""Fewer than one thing in so many are looked at one by one."""
FULL_WEIGHT = 1_000
"""What a thing with one concept counts for."""


@dataclass(frozen=True, slots=True)
class CoOccurrence:
    """Another concept: how many things carry both, and the lift in tenths, rounded half up."""

    concept: str
    things: int
    lift_tenths: int


class CoOccurrenceCalculator:
    """Compares the concepts of one index."""

    def __init__(self, search_index: SearchIndex) -> None:
        self.index = search_index
        self.column = search_index.facet("concept")

    @cached_property
    def entity_weights(self) -> NDArray[np.int64]:
        """What each thing counts for: 0 for all but case studies, initiatives, commitments."""
        carried = np.bincount(self.column.things, minlength=self.index.entity_count)
        counted = self.index.select_entities("kind", *WORK_KINDS) & (carried > 0)
        return np.where(counted, FULL_WEIGHT // np.maximum(carried, 1), 0)

    @cached_property
    def pair_weights(self) -> NDArray[np.int32]:
        """What the thing of each pair counts for."""
        return self.entity_weights[self.column.things].astype(np.int32)

    @cached_property
    def concept_weights(self) -> NDArray[np.int64]:
        """The weight of the things that carry each concept."""
        return self.sum_by_concept(self.pair_weights)

    def sum_by_concept(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """The sum of what stands at the pairs of each concept."""
        return np.add.reduceat(values, self.column.starts[:-1], dtype=np.int64)

    def find_co_occurring(self, concept: str, limit: int = 12) -> list[CoOccurrence]:
        """The concepts that go most with one, of those that two things or more carry with it."""
        place = self.column.position_by_value.get(concept)
        if place is None:
            return []
        things, both = self.count_co_occurrences(concept)
        one, whole = int(self.concept_weights[place]), int(self.entity_weights.sum())
        kin = self.find_relatives(concept)
        found = []
        for other in np.flatnonzero(things > 1):
            name = self.column.values[other]
            if name not in kin:
                times, over = int(both[other]) * whole, one * int(self.concept_weights[other])
                tenths = (20 * times + over) // (2 * over) if over else 0
                found.append(CoOccurrence(name, int(things[other]), tenths))
        found.sort(key=lambda pair: (-pair.lift_tenths, -pair.things, pair.concept))
        return found[:limit]

    def count_co_occurrences(self, concept: str) -> tuple[Counts, Counts]:
        """Of the things that carry a concept how many carry each one, and their weight.

        Where these are few it is quicker to look at each than at all pairs.
        """
        inside = self.column.find_entities(concept)
        inside = inside[self.entity_weights[inside] > 0]
        if len(inside) * SPARSE_DIVISOR < self.index.entity_count:
            places, whose = self.column.list_position_pairs(inside)
            size = len(self.column.values)
            weights = np.bincount(places, weights=self.entity_weights[whose], minlength=size)
            return np.bincount(places, minlength=size), weights.astype(np.int64)
        mask = np.zeros(self.index.entity_count, bool)
        mask[inside] = True
        pairs = mask[self.column.things]
        return self.sum_by_concept(pairs), self.sum_by_concept(self.pair_weights * pairs)

    def find_relatives(self, concept: str) -> set[str]:
        """A concept, those above it and those below: that they go together says nothing."""
        above = self.index.get_or_compute(SimilarityCalculator).find_broader_concepts(concept)
        return {concept, *above, *(one for _, one in walk_concepts(self.index, [concept]))}
