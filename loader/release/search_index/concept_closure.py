"""What things carry: their concepts and all that are above these, each once.

The same as ``sparql/facets/concept.rq`` gives for all concepts, found in a fraction of the time.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

import numpy as np

from loader.release.search_index.indexed_entities import Ask
from loader.release.search_index.postings import Numbers, Postings, postings


def tagged(ask: Ask, numbers: Mapping[str, int]) -> Postings:
    """The concepts that each thing carries itself, and each organisation through its things."""
    owners: dict[str, list[int]] = {}
    for thing, organisation in ask("owners"):
        if organisation.value in numbers:
            owners.setdefault(thing.value, []).append(numbers[organisation.value])

    def pairs() -> Iterator[tuple[int, str]]:
        for thing, concept in ask("tags"):
            iri = thing.value
            if iri in numbers:
                yield numbers[iri], concept.value
            for owner in owners.get(iri, ()):
                yield owner, concept.value

    return postings(pairs())


def carried(tags: Postings, broader: Iterable[tuple[str, str]], known: Iterable[str]) -> Postings:
    """The postings of each known concept: what carries it or one below it."""
    above = ancestors(tags.values, broader)
    wanted = sorted(set(known) & set(chain.from_iterable(above.values())))
    below: dict[str, list[int]] = {concept: [] for concept in wanted}
    for place, concept in enumerate(tags.values):
        for higher in above[concept] & below.keys():
            below[higher].append(place)
    parts: list[Numbers] = [union(tags, below[concept]) for concept in wanted]
    starts = np.cumsum([0, *(len(part) for part in parts)])
    things = np.concatenate(parts) if parts else np.empty(0, np.int32)
    return Postings(tuple(wanted), starts.astype(np.int32), things)


def union(tags: Postings, places: Iterable[int]) -> Numbers:
    """The things that have any of some values, each once."""
    parts = [tags.things[tags.starts[place] : tags.starts[place + 1]] for place in places]
    return np.unique(np.concatenate(parts))


def ancestors(
    concepts: Iterable[str], broader: Iterable[tuple[str, str]]
) -> Mapping[str, frozenset[str]]:
    """For each concept itself and all that are above it, by however many steps; circles end."""
    up: dict[str, list[str]] = {}
    for lower, higher in broader:
        up.setdefault(lower, []).append(higher)

    def climb(start: str) -> frozenset[str]:
        seen, waiting = {start}, [start]
        while waiting:
            new = set(up.get(waiting.pop(), ())) - seen
            seen |= new
            waiting += new
        return frozenset(seen)

    return {concept: climb(concept) for concept in concepts}
