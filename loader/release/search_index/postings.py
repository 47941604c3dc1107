"""Postings: the entities that have each value of a facet, as arrays that are fast to count."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import Literal, NamedNode, Store

from loader.queries.build_queries import FACET_COLUMNS, require_columns
from loader.queries.evaluate import evaluate_query
from loader.queries.rewrite import apply_edits, remove_pattern
from loader.queries.saved_query import SavedQuery

NumberArray = NDArray[np.int32]
Number = TypeVar("Number", np.int32, np.int64)
ENTITY_BITS = 0xFFFFFFFF
"""The half of a 64-bit key that has the number of an entity."""


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
    answer = evaluate_query(store, remove_value_filter(query))
    solutions = require_columns(answer, query.path, FACET_COLUMNS)
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
    # Place of the value and entity number in one 64-bit key, as millions of tuples fill the memory.
    keys = np.fromiter(
        (places.setdefault(value, len(places)) << 32 | entity for entity, value in pairs), np.int64
    )
    return sort_postings(list(places), keys)


def sort_postings(values: Sequence[str], keys: NDArray[np.int64]) -> Postings:
    """Return the postings of keys: the place of a value, shifted by 32 bits, and an entity number.

    A key may be repeated; values that no key has are left out.
    """
    used = np.flatnonzero(np.bincount(keys >> 32, minlength=len(values)))
    names = [values[place] for place in used.tolist()]
    order = sorted(range(len(names)), key=names.__getitem__)
    ranks = np.empty(len(values), np.int64)
    ranks[used[order]] = np.arange(len(names))
    # One sort orders values and entities and removes duplicates.
    keys = sort_distinct(ranks[keys >> 32] << 32 | keys & ENTITY_BITS)
    starts = np.searchsorted(keys, np.arange(len(names) + 1) << 32)
    texts = tuple(names[place] for place in order)
    return Postings(texts, starts.astype(np.int32), (keys & ENTITY_BITS).astype(np.int32))


def sort_distinct(numbers: NDArray[Number]) -> NDArray[Number]:
    """Return the numbers in ascending order, each once.

    ``np.unique`` of NumPy 2.4 looks for equal numbers with a hash table, which takes five to thirty
    times as long.
    """
    found = np.sort(numbers)
    return found[np.concatenate(([True], found[1:] != found[:-1]))[: len(found)]]


def rename_values(postings: Postings, texts_by_value: Mapping[str, Iterable[str]]) -> Postings:
    """Return the postings of the texts that stand for each value, such as its labels."""
    return build_postings(
        (entity, text)
        for place, value in enumerate(postings.values)
        for text in texts_by_value.get(value, ())
        for entity in postings.entities[
            postings.starts[place] : postings.starts[place + 1]
        ].tolist()
    )


def remove_value_filter(query: SavedQuery) -> str:
    """Return the query of a facet without the VALUES block that names one value."""
    (parameter,) = query.parameters
    values = next(node for node in query.syntax.root.find_all("Values") if node.end > parameter.end)
    return apply_edits(query.text, remove_pattern(query.syntax, values))
