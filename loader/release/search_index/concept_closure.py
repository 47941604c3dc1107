"""The concept closure: the concepts of entities and all that are broader, each once.

The result is that of ``sparql/facets/concept.rq`` for all concepts, in a fraction of the time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyoxigraph import NamedNode

from loader.namespaces import CKG, DCTERMS
from loader.release.search_index.postings import (
    NumberArray,
    Postings,
    build_postings,
    sort_distinct,
    sort_postings,
)
from loader.release.search_index.tag_rows import TagRows

UNNUMBERED = -1
"""In place of the number of an entity that the index does not have."""


@dataclass(frozen=True, slots=True)
class StatedTags:
    """What entities are tagged with directly, as postings.

    ``concepts`` has the tags of all properties, those of an organisation's entities with the
    organisation too. ``subjects`` has those of ``dcterms:subject`` alone, ``beneficiaries`` those
    of ``ckg:beneficiary``, ``organisations`` the organisations of each entity.
    """

    concepts: Postings
    subjects: Postings
    beneficiaries: Postings
    organisations: Postings


def build_stated_tags(
    rows: TagRows, owners: Iterable[Any], number_by_iri: Mapping[str, int]
) -> StatedTags:
    """Return the direct tags of each entity, and of each organisation through its entities.

    ``owners`` are rows of an entity and its organisation.
    """
    places = {iri: place for place, iri in enumerate(rows.entities)}
    organisations: list[tuple[int, str]] = []
    owned: list[tuple[int, int]] = []
    for entity, organisation in owners:
        if organisation.value in number_by_iri and entity.value in places:
            owned.append((places[entity.value], number_by_iri[organisation.value]))
        if entity.value in number_by_iri:
            organisations.append((number_by_iri[entity.value], organisation.value))
    numbers = np.array([number_by_iri.get(iri, UNNUMBERED) for iri in rows.entities], np.int64)
    entities, properties, concepts = rows.places.T.astype(np.int64)
    numbers = numbers[entities] if len(entities) else entities
    keys = concepts << 32 | numbers
    is_own = numbers != UNNUMBERED

    def select(stated_property: NamedNode) -> Postings:
        is_it = np.array([one == stated_property.value for one in rows.properties], bool)
        return sort_postings(rows.concepts, keys[is_own & is_it[properties]] if len(keys) else keys)

    passed = pass_to_owners(entities, concepts, owned)
    return StatedTags(
        sort_postings(rows.concepts, np.concatenate([keys[is_own], passed])),
        select(DCTERMS.subject),
        select(CKG.beneficiary),
        build_postings(organisations),
    )


def pass_to_owners(
    entities: NDArray[np.int64], concepts: NDArray[np.int64], owned: Iterable[tuple[int, int]]
) -> NDArray[np.int64]:
    """Return the keys of the tags of entities for those who own them.

    ``owned`` are the places of entities, each with the number of an owner.
    """
    pairs = np.array(sorted(owned), np.int64).reshape(-1, 2)
    first = np.searchsorted(pairs[:, 0], entities, "left")
    counts = np.searchsorted(pairs[:, 0], entities, "right") - first
    # The owners of a row are the pairs from its first one on.
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    owners: NDArray[np.int64] = pairs[np.repeat(first, counts) + offsets, 1]
    return owners | np.repeat(concepts, counts) << 32


def compute_concept_postings(
    tags: Postings, broader_pairs: Iterable[tuple[str, str]], concepts: Iterable[str]
) -> Postings:
    """Return the postings of each known concept: entities tagged with it or a narrower one."""
    above = find_ancestors(tags.values, broader_pairs)
    wanted = sorted(set(concepts) & set(chain.from_iterable(above.values())))
    # Merge the direct postings of all narrower concepts once, instead of one query per concept.
    below: dict[str, list[int]] = {concept: [] for concept in wanted}
    for place, concept in enumerate(tags.values):
        for higher in above[concept] & below.keys():
            below[higher].append(place)
    parts: list[NumberArray] = [merge_postings(tags, below[concept]) for concept in wanted]
    starts = np.cumsum([0, *(len(part) for part in parts)])
    entities = np.concatenate(parts) if parts else np.empty(0, np.int32)
    return Postings(tuple(wanted), starts.astype(np.int32), entities)


def merge_postings(tags: Postings, positions: Iterable[int]) -> NumberArray:
    """Return the entities that have any of some values, each once."""
    parts = [tags.entities[tags.starts[place] : tags.starts[place + 1]] for place in positions]
    return sort_distinct(np.concatenate(parts))


def find_ancestors(
    concepts: Iterable[str], broader_pairs: Iterable[tuple[str, str]]
) -> Mapping[str, frozenset[str]]:
    """Return, for each concept, itself and all that are broader at any distance; cycles end."""
    up: dict[str, list[str]] = {}
    for lower, higher in broader_pairs:
        up.setdefault(lower, []).append(higher)

    def climb(start: str) -> frozenset[str]:
        seen, waiting = {start}, [start]
        while waiting:
            new = set(up.get(waiting.pop(), ())) - seen
            seen |= new
            waiting += new
        return frozenset(seen)

    return {concept: climb(concept) for concept in concepts}
