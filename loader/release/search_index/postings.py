"""Postings: the entities that have each value of a facet, as arrays that are fast to count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from loader.queries.evaluate import evaluate_query
from loader.queries.rewrite import apply_edits, remove_pattern
from loader.queries.saved_query import SavedQuery

NumberArray = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Postings:
    """The values of one facet, sorted, and for each the numbers of the entities that have it.

    The entities of ``values[i]`` are ``entities[starts[i]:starts[i + 1]]``, in ascending order.
    """

    values: tuple[str, ...]
    starts: NumberArray
    entities: NumberArray

    def find_entities(self, value: str) -> NumberArray:
        """Return the numbers of the entities that have a value; empty for an unused value."""
        if value not in self.values:
            return self.entities[:0]
        place = self.values.index(value)
        return self.entities[self.starts[place] : self.starts[place + 1]]


def read_postings(store: Store, query: SavedQuery, number_by_iri: Mapping[str, int]) -> Postings:
    """Return the postings of a facet's query; entities without a number are left out."""
    solutions = evaluate_query(store, remove_value_filter(query))
    assert isinstance(solutions, QuerySolutions)
    return build_postings(
        (number_by_iri[entity.value], value.value)
        for entity, value in solutions
        if isinstance(entity, NamedNode)
        and isinstance(value, NamedNode | Literal)
        and entity.value in number_by_iri
    )


def build_postings(pairs: Iterable[tuple[int, str]]) -> Postings:
    """Return the postings of (entity number, value) pairs; a pair may be repeated."""
    places: dict[str, int] = {}
    found = [(places.setdefault(value, len(places)), entity) for entity, value in pairs]
    values = sorted(places)
    ranks = np.empty(len(places), np.int64)
    ranks[[places[value] for value in values]] = np.arange(len(places))
    columns = np.array(found, np.int64).reshape(-1, 2)
    # Value rank and entity number in one 64-bit key: one sort orders both and removes duplicates.
    keys = np.unique(ranks[columns[:, 0]] << 32 | columns[:, 1])
    starts = np.searchsorted(keys, np.arange(len(values) + 1) << 32)
    return Postings(tuple(values), starts.astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32))


def remove_value_filter(query: SavedQuery) -> str:
    """Return the query of a facet without the VALUES block that names one value."""
    (parameter,) = query.parameters
    values = next(node for node in query.syntax.root.find_all("Values") if node.end > parameter.end)
    return apply_edits(query.text, remove_pattern(query.syntax, values))
