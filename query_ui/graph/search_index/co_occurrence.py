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

from query_ui.graph.search_index.concept_tree import walked
from query_ui.graph.search_index.index_reader import Counts, Index
from query_ui.graph.search_index.similarity import WORKS, Relatedness

FEW = 10
"""Fewer than one thing in so many are looked at one by one."""
WHOLE = 1_000
"""What a thing with one concept counts for."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Another concept: how many things carry both, and the lift in tenths, rounded half up."""

    concept: str
    things: int
    tenths: int


class Together:
    """Compares the concepts of one index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.column = index.facet("concept")

    @cached_property
    def weights(self) -> NDArray[np.int64]:
        """What each thing counts for: 0 for all but case studies, initiatives, commitments."""
        carried = np.bincount(self.column.things, minlength=self.index.size)
        counted = self.index.having("kind", *WORKS) & (carried > 0)
        return np.where(counted, WHOLE // np.maximum(carried, 1), 0)

    @cached_property
    def each(self) -> NDArray[np.int32]:
        """What the thing of each pair counts for."""
        return self.weights[self.column.things].astype(np.int32)

    @cached_property
    def totals(self) -> NDArray[np.int64]:
        """The weight of the things that carry each concept."""
        return self.summed(self.each)

    def summed(self, pairs: NDArray[Any]) -> NDArray[np.int64]:
        """The sum of what stands at the pairs of each concept."""
        return np.add.reduceat(pairs, self.column.starts[:-1], dtype=np.int64)

    def with_(self, concept: str, most: int = 12) -> list[Pair]:
        """The concepts that go most with one, of those that two things or more carry with it."""
        place = self.column.places.get(concept)
        if place is None:
            return []
        things, both = self.carrying(concept)
        one, whole = int(self.totals[place]), int(self.weights.sum())
        kin = self.kin(concept)
        found = []
        for other in np.flatnonzero(things > 1):
            name = self.column.values[other]
            if name not in kin:
                times, over = int(both[other]) * whole, one * int(self.totals[other])
                tenths = (20 * times + over) // (2 * over) if over else 0
                found.append(Pair(name, int(things[other]), tenths))
        found.sort(key=lambda pair: (-pair.tenths, -pair.things, pair.concept))
        return found[:most]

    def carrying(self, concept: str) -> tuple[Counts, Counts]:
        """Of the things that carry a concept how many carry each one, and their weight.

        Where these are few it is quicker to look at each than at all pairs.
        """
        inside = self.column.having(concept)
        inside = inside[self.weights[inside] > 0]
        if len(inside) * FEW < self.index.size:
            places, whose = self.column.pairs_of(inside)
            size = len(self.column.values)
            weights = np.bincount(places, weights=self.weights[whose], minlength=size)
            return np.bincount(places, minlength=size), weights.astype(np.int64)
        mask = np.zeros(self.index.size, bool)
        mask[inside] = True
        pairs = mask[self.column.things]
        return self.summed(pairs), self.summed(self.each * pairs)

    def kin(self, concept: str) -> set[str]:
        """A concept, those above it and those below: that they go together says nothing."""
        above = self.index.made(Relatedness).above(concept)
        return {concept, *above, *(one for _, one in walked(self.index, [concept]))}
