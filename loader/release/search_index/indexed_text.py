"""The searchable text of each entity."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from loader.release.search_index.collect import SearchIndexContents
from loader.release.search_index.postings import Postings


@dataclass(frozen=True, slots=True)
class IndexedText:
    """The texts of one entity: its names, other labels, descriptions and tags."""

    number: int
    name: str
    other: str
    text: str
    tags: str


def read_indexed_texts(contents: SearchIndexContents) -> Iterator[IndexedText]:
    """Yield the texts of each entity, in the order of their numbers.

    The tags of an organisation's entities are not its own, so it is not found by them.
    """
    things = contents.things
    first, after = things.kinds["organisation"]
    concepts, organisations = (
        list_values_by_entity(facet, len(things.iris))
        for facet in (contents.tags, contents.postings_by_facet["organisation"])
    )
    for number, iri in enumerate(things.iris):
        names = things.labels_by_iri.get(iri, ())
        tags = [*next(concepts), *next(organisations)]
        values = [] if first <= number < after else tags
        yield IndexedText(
            number,
            " · ".join(sorted(name.text for name in names if name.rank == 1)),
            " · ".join(sorted(name.text for name in names if name.rank > 1)),
            "\n".join(contents.texts.get(iri, ())),
            " · ".join(sorted({things.title(value) for value in values} - {""})),
        )


def list_values_by_entity(facet: Postings, entity_count: int) -> Iterator[list[str]]:
    """Yield the values of each entity in turn."""
    # Invert the postings: a stable sort by entity keeps the values of each one in order.
    which = np.repeat(np.arange(len(facet.values)), np.diff(facet.starts))
    order = np.argsort(facet.things, kind="stable")
    ends = np.searchsorted(facet.things[order], np.arange(entity_count + 1))
    places = which[order]
    for number in range(entity_count):
        yield [facet.values[place] for place in places[ends[number] : ends[number + 1]]]
