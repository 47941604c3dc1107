"""The rows of the search index, as they are written, whether they are new or those of a base."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from loader.release.search_index.collect import SearchIndexContents
from loader.release.search_index.indexed_entities import NumberRange
from loader.release.search_index.information_content import ConceptWeight
from loader.release.search_index.list_cells import ListRow, list_facet_name
from loader.release.search_index.postings import Postings
from loader.release.search_index.search_schema import ENTITY_KINDS

SUGGESTED_RANKS = 3
"""Labels of a lower rank are suggested."""

TAG_SEPARATOR = " · "
"""What is between the tags of an entity, which search results take apart."""


@dataclass(frozen=True, slots=True)
class IndexedText:
    """The texts of one entity: its names, other labels, descriptions and tags."""

    number: int
    name: str
    other: str
    text: str
    tags: str


@dataclass(frozen=True, slots=True)
class TitledPostings:
    """The postings of a facet, with a title for each of its values."""

    postings: Postings
    titles: Sequence[str]


@dataclass(frozen=True, slots=True)
class IndexTables:
    """The rows of all tables.

    ``things`` are pairs of IRI and title in the order of numbers, ``labels`` the suggested labels
    of each entity in the same order. ``texts`` are read once, while they are written.
    ``list_query_hash`` is what ``check_list_cells`` returns. ``facets`` include what pages read in
    place of queries.
    """

    things: Sequence[tuple[str, str]]
    kinds: Mapping[str, NumberRange]
    properties: Sequence[str]
    scheme_pairs: Sequence[tuple[str, str]]
    broader_pairs: Sequence[tuple[str, str]]
    weight_by_concept: Mapping[str, ConceptWeight]
    facets: Mapping[str, TitledPostings]
    list_facets: Mapping[str, TitledPostings]
    list_rows: Iterable[ListRow]
    list_query_hash: str | None
    texts: Iterable[IndexedText]
    labels: Sequence[Sequence[str]]

    def list_broadly_tagged(self) -> list[str]:
        """Return the IRIs of the entities with too many keywords."""
        broad = self.facets["broad-tagging"].postings.find_entities("true")
        return [self.things[number][0] for number in broad.tolist()]


def build_tables(contents: SearchIndexContents) -> IndexTables:
    """Return the rows of what was collected from a store."""
    entities = contents.entities
    facets = {
        name: TitledPostings(facet, [*map(entities.title, facet.values)])
        for name, facet in contents.postings_by_facet.items()
    }
    parts = {name: leave_untitled(part) for name, part in contents.page_parts.items()}
    columns = contents.list_cells.postings_by_column.items()
    return IndexTables(
        [(iri, entities.title(iri)) for iri in entities.iris],
        entities.kinds,
        contents.properties,
        contents.scheme_pairs,
        contents.broader_pairs,
        contents.weight_by_concept,
        {**facets, **parts},
        {list_facet_name(column): leave_untitled(part) for column, part in columns},
        contents.list_cells.rows,
        contents.list_query_hash,
        read_indexed_texts(contents),
        [list_suggested_labels(contents, iri) for iri in entities.iris],
    )


def leave_untitled(postings: Postings) -> TitledPostings:
    """Return postings whose values are not displayed."""
    return TitledPostings(postings, [*repeat("", len(postings.values))])


def list_suggested_labels(contents: SearchIndexContents, iri: str) -> Sequence[str]:
    """Return the labels of an entity that are suggested."""
    labels = contents.entities.labels_by_iri.get(iri, ())
    return [label.text for label in labels if label.rank < SUGGESTED_RANKS]


def read_indexed_texts(contents: SearchIndexContents) -> Iterator[IndexedText]:
    """Yield the texts of each entity, in the order of their numbers.

    The tags of an organisation's entities are not its own, so it is not found by them.
    """
    entities = contents.entities
    first, after = entities.kinds["organisation"]
    concepts, organisations = (
        list_values_by_entity(facet, len(entities.iris))
        for facet in (contents.tags, contents.postings_by_facet["organisation"])
    )
    for number, iri in enumerate(entities.iris):
        names = entities.labels_by_iri.get(iri, ())
        tags = [*next(concepts), *next(organisations)]
        values = [] if first <= number < after else tags
        yield IndexedText(
            number,
            " · ".join(sorted(name.text for name in names if name.rank == 1)),
            " · ".join(sorted(name.text for name in names if name.rank > 1)),
            "\n".join(contents.texts.get(iri, ())),
            TAG_SEPARATOR.join(sorted({entities.title(value) for value in values} - {""})),
        )


def list_values_by_entity(facet: Postings, entity_count: int) -> Iterator[list[str]]:
    """Yield the values of each entity in turn."""
    # Invert the postings: a stable sort by entity keeps the values of each one in order.
    which = np.repeat(np.arange(len(facet.values)), np.diff(facet.starts))
    order = np.argsort(facet.entities, kind="stable")
    ends = np.searchsorted(facet.entities[order], np.arange(entity_count + 1)).tolist()
    places = which[order].tolist()
    for number in range(entity_count):
        yield [facet.values[place] for place in places[ends[number] : ends[number + 1]]]


def rank_labels(tables: IndexTables) -> Iterator[tuple[int, str]]:
    """Yield (entity number, label) in the order of suggestion: commonest concepts first."""
    weights = tables.weight_by_concept
    counts = {
        number: weights[iri].carriers
        for number, (iri, _) in enumerate(tables.things)
        if iri in weights
    }
    for kind in ENTITY_KINDS:
        for number in sorted(range(*tables.kinds[kind]), key=lambda n: -counts.get(n, 0)):
            for label in tables.labels[number]:
                yield number, label
