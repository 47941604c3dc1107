"""The search index of a release made from that of its base and the entities that changed.

Entities are numbered in the order of their kinds and names, so the numbers of those that stay only
move up or down. What the base has of them is taken over under their new numbers.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import accumulate, compress, pairwise
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import Literal, NamedNode, Store

from loader.namespaces import DCTERMS, SKOS
from loader.release.search_index.base_index import BaseIndex
from loader.release.search_index.collect import SearchIndexContents
from loader.release.search_index.index_tables import (
    IndexedText,
    IndexTables,
    TitledPostings,
    build_tables,
)
from loader.release.search_index.indexed_entities import (
    EntityNumbering,
    NumberRange,
    build_sort_key,
)
from loader.release.search_index.information_content import compute_concept_weights
from loader.release.search_index.list_cells import ListRow
from loader.release.search_index.postings import Postings, sort_postings
from loader.release.search_index.search_schema import ENTITY_KINDS
from loader.release.statement_changes import UNION

GONE = -1
"""In place of the number of an entity that is not taken over."""
SortKey: TypeAlias = tuple[bool, str, str]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Renumbering:
    """The numbers of entities in the new index, by those in the base and in the changed part.

    Those that are not taken over from there have ``GONE``. ``kinds`` are the new ranges.
    """

    by_base: NDArray[np.int32]
    by_part: NDArray[np.int32]
    kinds: Mapping[str, NumberRange]

    def interleave(self, base: Iterable[Row], part: Iterable[Row]) -> Iterator[Row]:
        """Yield the rows of all entities in their new order, given those of the old numbers."""
        kept = compress(base, (self.by_base != GONE).tolist())
        new = dict(zip(self.by_part.tolist(), part, strict=True))
        for number in range(self.kinds[ENTITY_KINDS[-1]][1]):
            yield new[number] if number in new else next(kept)


def merge_index(
    base: BaseIndex, part: SearchIndexContents, changed: set[str], store: Store
) -> IndexTables | None:
    """Return the index of a release; None where the base and the part do not have the same tables.

    ``part`` is what was collected about the entities in ``changed``, given by their IRIs, and some
    around them; ``store`` is that of the release.
    """
    own = build_tables(part)
    parts = {**own.facets, **own.list_facets}
    if base.facets.keys() != parts.keys() or base.list_query_hash != own.list_query_hash:
        return None
    numbers = renumber_entities(base, part.entities, changed, store)
    things = [*numbers.interleave(base.things, own.things)]
    titled = part.postings_by_facet.keys()
    facets = {
        name: merge_facet(
            facet,
            parts[name].postings,
            numbers,
            choose_title(facet, part.entities, changed) if name in titled else leave_empty,
        )
        for name, facet in base.facets.items()
    }
    numbering = EntityNumbering(
        [iri for iri, _ in things], {}, numbers.kinds, facets["kind"].postings, {}
    )
    concepts = facets["concept"].postings
    return IndexTables(
        things,
        numbers.kinds,
        own.properties,
        own.scheme_pairs,
        own.broader_pairs,
        compute_concept_weights(concepts, numbering, own.scheme_pairs),
        {name: facet for name, facet in facets.items() if name not in own.list_facets},
        {name: facet for name, facet in facets.items() if name in own.list_facets},
        [*merge_list_rows(base, own, numbers)],
        own.list_query_hash,
        merge_texts(base, own.texts, numbers),
        [*numbers.interleave(base.labels, own.labels)],
    )


def renumber_entities(
    base: BaseIndex, part: EntityNumbering, changed: set[str], store: Store
) -> Renumbering:
    """Return the numbers in the new index of the entities of the base and of those that changed."""
    is_kept = np.array([iri not in changed for iri, _ in base.things], bool)
    kept = np.flatnonzero(is_kept)
    new: list[int] = []
    places: list[int] = []
    counts = []
    for kind in ENTITY_KINDS:
        first, after = np.searchsorted(kept, base.kinds[kind])
        numbers = [n for n in range(*part.kinds[kind]) if part.iris[n] in changed]
        new += numbers
        staying = kept[first:after].tolist()
        for number in numbers:
            iri = part.iris[number]
            key = (*build_sort_key(part.labels_by_iri.get(iri, ())), iri)
            found = bisect_left(staying, key, key=lambda one: build_base_key(base, one, store))
            places.append(int(first) + found)
        counts.append(len(staying) + len(numbers))
    by_base = np.full(len(is_kept), GONE, np.int32)
    staying_places = np.arange(len(kept))
    by_base[kept] = staying_places + np.searchsorted(places, staying_places, "right")
    by_part = np.full(len(part.iris), GONE, np.int32)
    by_part[new] = np.array(places, np.int32) + np.arange(len(new), dtype=np.int32)
    ends = [0, *accumulate(counts)]
    return Renumbering(by_base, by_part, dict(zip(ENTITY_KINDS, pairwise(ends), strict=True)))


def build_base_key(base: BaseIndex, number: int, store: Store) -> SortKey:
    """Return the sort key of an entity that is as in the base, as ``build_sort_key`` gives it."""
    iri, title = base.things[number]
    # Without a title it has no name that the index knows, whatever the store says.
    named = read_first_name(store, iri) if title else ""
    return not named, named.lower(), iri


def read_first_name(store: Store, iri: str) -> str:
    """Return the first of the names of an entity, in the order of characters."""
    names = (
        quad.object.value
        for naming in (SKOS.prefLabel, DCTERMS.title)
        for quad in store.quads_for_pattern(NamedNode(iri), naming, None, UNION)
        if isinstance(quad.object, Literal)
    )
    return min(names, default="")


def merge_facet(
    base: TitledPostings,
    part: Postings,
    numbers: Renumbering,
    choose: Callable[[str], str],
) -> TitledPostings:
    """Return the postings of a facet under the new numbers; ``choose`` gives the titles."""
    places = {value: place for place, value in enumerate(base.postings.values)}
    for value in part.values:
        places.setdefault(value, len(places))
    moved = np.array([places[value] for value in part.values], np.int64)
    keys = [
        build_keys(base.postings, np.arange(len(base.postings.values)), numbers.by_base),
        build_keys(part, moved, numbers.by_part),
    ]
    merged = sort_postings(list(places), np.concatenate(keys))
    return TitledPostings(merged, [*map(choose, merged.values)])


def build_keys(
    postings: Postings, places: NDArray[np.int64], numbers: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Return the keys of postings for ``sort_postings``, without entities that are ``GONE``."""
    values = np.repeat(places, np.diff(postings.starts))
    entities = numbers[postings.entities].astype(np.int64)
    is_kept = entities != GONE
    keys: NDArray[np.int64] = values[is_kept] << 32 | entities[is_kept]
    return keys


def choose_title(
    base: TitledPostings, part: EntityNumbering, changed: set[str]
) -> Callable[[str], str]:
    """Return a function that returns the title of a value of a facet."""
    known = dict(zip(base.postings.values, base.titles, strict=True))

    def choose(value: str) -> str:
        return part.title(value) if value in changed or value not in known else known[value]

    return choose


def leave_empty(_: str) -> str:
    """Return no title."""
    return ""


def merge_list_rows(base: BaseIndex, part: IndexTables, numbers: Renumbering) -> Iterator[ListRow]:
    """Yield the rows of all lists in their order under the new numbers."""

    def take(
        rows: Iterable[ListRow], new: NDArray[np.int32], things: Sequence[tuple[str, str]]
    ) -> Iterator[tuple[SortKey, ListRow]]:
        moved = new.tolist()
        for row in rows:
            if (number := moved[row.number]) != GONE:
                key = (row.title is None, (row.title or "").lower(), things[row.number][0])
                yield key, ListRow(row.position, number, row.title, row.source)

    kept = take(base.list_rows, numbers.by_base, base.things)
    new = take(part.list_rows, numbers.by_part, part.things)
    for position, (_, row) in enumerate(merge(kept, new, key=lambda one: one[0])):
        yield ListRow(position, row.number, row.title, row.source)


def merge_texts(
    base: BaseIndex, part: Iterable[IndexedText], numbers: Renumbering
) -> Iterator[IndexedText]:
    """Yield the texts of all entities under the new numbers."""
    for number, one in enumerate(numbers.interleave(base.read_texts(), part)):
        yield IndexedText(number, one.name, one.other, one.text, one.tags)
