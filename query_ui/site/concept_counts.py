"""Numbers of practices, case studies and initiatives tagged with a concept or a narrower one.

Each entity counts once: https://www.w3.org/TR/skos-reference/#semantic-relations
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.facets import FACET_BY_NAME, Facet, find_facet
from query_ui.graph.page_queries import GraphContext, get_cell_text
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.entity_filter import filter_entities
from query_ui.graph.search_index.index_reader import Counts
from query_ui.graph.urls import LinkedCount
from query_ui.site.lists.list_definitions import LIST_DEFINITION_BY_PATH
from query_ui.site.practice_counts import (
    PRACTICE_CLASS,
    PRACTICE_FILTER,
    PRACTICE_LIST,
    link_count,
)

CASE_STUDY_LIST = LIST_DEFINITION_BY_PATH["/case-studies"]
INITIATIVE_LIST = LIST_DEFINITION_BY_PATH["/initiatives"]
COUNTED = (
    (PRACTICE_LIST, PRACTICE_FILTER, PRACTICE_CLASS),
    (CASE_STUDY_LIST, CASE_STUDY_LIST.full_selection, CASE_STUDY_LIST.classes[0]),
    (INITIATIVE_LIST, INITIATIVE_LIST.full_selection, INITIATIVE_LIST.classes[0]),
)
"""The list, the filter and the class of each count of ``ConceptCounts``, in its order."""

COUNTS_BYTES = 2000
"""About what the counts of a concept take in memory, with their addresses."""


@dataclass(frozen=True, slots=True)
class ConceptCounts:
    """The counts of one concept, each with its query and its list; practices are initiatives."""

    practices: LinkedCount
    studies: LinkedCount
    initiatives: LinkedCount

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is tagged with the concept or a narrower one."""
        return not self.studies.value and not self.initiatives.value


def find_tagging_facet(graph: GraphContext, concept_iri: str) -> Facet:
    """Return the facet by which entities have a concept: that of its scheme, or the general one."""
    for name in ("kind", "evidence"):
        if concept_iri.startswith(FACET_BY_NAME[name].namespace):
            return FACET_BY_NAME[name]
    element, index = FACET_BY_NAME["element"], graph.index
    if index and concept_iri in index.facet(element.query_name).position_by_value:
        return element
    return find_facet(concept_iri)


def count_tagged_entities(
    graph: GraphContext, concept_iris: Iterable[str]
) -> Mapping[str, ConceptCounts]:
    """Return the counts of many concepts by IRI; they are kept for the release."""
    iris = list(dict.fromkeys(concept_iris))
    release = graph.engine.release
    kept = graph.kept_values.get_many(release, [("concept counts", iri) for iri in iris])
    missing = [iri for iri in iris if ("concept counts", iri) not in kept]
    found = dict(count_missing(graph, missing)) if missing else {}
    graph.kept_values.put_many(
        release,
        [(("concept counts", iri), counts, COUNTS_BYTES) for iri, counts in found.items()],
    )
    return {
        iri: found[iri] if iri in found else cast(ConceptCounts, kept["concept counts", iri])
        for iri in iris
    }


def count_missing(
    graph: GraphContext, concept_iris: Sequence[str]
) -> Iterator[tuple[str, ConceptCounts]]:
    """Yield concepts with their counts, which are not kept yet."""
    facets = {iri: find_tagging_facet(graph, iri) for iri in concept_iris}
    index = graph.index
    count = create_index_counter(index) if index else create_query_counter(graph, list(facets))

    def link(iri: str, place: int) -> LinkedCount:
        definition, selection, _ = COUNTED[place]
        narrowed = selection.add_value(facets[iri].name, iri)
        return link_count(graph, count(iri, facets[iri], place), narrowed, definition)

    for iri in facets:
        yield iri, ConceptCounts(link(iri, 0), link(iri, 1), link(iri, 2))


def narrow_to_concept(graph: GraphContext, selection: FacetFilter, concept_iri: str) -> FacetFilter:
    """Return a filter narrowed to the entities that have a concept or a narrower one."""
    return selection.add_value(find_tagging_facet(graph, concept_iri).name, concept_iri)


def create_index_counter(search_index: SearchIndex) -> Callable[[str, Facet, int], int]:
    """Return a function that counts by the search index, from concept, facet and place."""
    counter = search_index.get_or_compute(ConceptCounter)

    def count(iri: str, facet: Facet, place: int) -> int:
        position = search_index.facet(facet.query_name).position_by_value.get(iri)
        return 0 if position is None else int(counter.count(facet.query_name)[place][position])

    return count


class ConceptCounter:
    """The counts of all values of a facet, which are few numbers and the same for every page."""

    def __init__(self, search_index: SearchIndex) -> None:
        self.index = search_index
        self.count = lru_cache(maxsize=None)(self._count)

    def _count(self, query_name: str) -> Sequence[Counts]:
        column = self.index.facet(query_name)
        return [
            column.count_values(filter_entities(self.index, selection))
            for _, selection, _ in COUNTED
        ]


def create_query_counter(
    graph: GraphContext, concept_iris: list[str]
) -> Callable[[str, Facet, int], int]:
    """Return a function that looks counts up in one SPARQL result, for use without an index."""
    found = {
        (get_cell_text(row, "concept"), get_cell_text(row, "class")): int(
            get_cell_text(row, "total")
        )
        for row in graph.select_rows("tagged-counts", concept=concept_iris)
    }
    return lambda iri, _, place: found.get((iri, COUNTED[place][2]), 0)
