"""Numbers of case studies and initiatives tagged with a concept or a narrower one.

Each entity counts once: https://www.w3.org/TR/skos-reference/#semantic-relations
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from query_ui.graph.facets import find_facet
from query_ui.graph.page_queries import GraphContext, get_cell_text
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.urls import LinkedCount
from query_ui.site.lists.list_definitions import LIST_DEFINITION_BY_PATH, ListDefinition
from query_ui.site.lists.list_request import ListRequest

CASE_STUDY_LIST, INITIATIVE_LIST = (
    LIST_DEFINITION_BY_PATH["/case-studies"],
    LIST_DEFINITION_BY_PATH["/initiatives"],
)


@dataclass(frozen=True, slots=True)
class ConceptCounts:
    """Both counts of one concept with their queries, and the address of its case studies."""

    studies: LinkedCount
    initiatives: LinkedCount
    address: str


def count_tagged_entities(
    graph: GraphContext, concept_iris: Iterable[str]
) -> Mapping[str, ConceptCounts]:
    """Return the counts of many concepts by IRI."""
    known = list(concept_iris)
    index = graph.index
    count = create_index_counter(index) if index else create_query_counter(graph, known)

    def number(iri: str, definition: ListDefinition) -> LinkedCount:
        selection = definition.full_selection.add_value(find_facet(iri).name, iri)
        return LinkedCount(
            count(iri, definition),
            graph.narrowed_query_path("count-of-class", selection),
            ListRequest(definition, selection).address(),
        )

    return {
        iri: ConceptCounts(
            number(iri, CASE_STUDY_LIST),
            number(iri, INITIATIVE_LIST),
            build_concept_list_url(CASE_STUDY_LIST, iri),
        )
        for iri in known
    }


def build_concept_list_url(list_definition: ListDefinition, concept: str) -> str:
    """Return the address of a list narrowed to a concept."""
    return ListRequest(
        list_definition, list_definition.full_selection.add_value(find_facet(concept).name, concept)
    ).address()


def create_index_counter(search_index: SearchIndex) -> Callable[[str, ListDefinition], int]:
    """Return a function that counts by the search index."""
    column = search_index.facet("concept")
    counts = {
        s.path: search_index.count_values_of_kind(s.kind, "concept")
        for s in (CASE_STUDY_LIST, INITIATIVE_LIST)
    }
    places = column.position_by_value
    return lambda iri, definition: int(counts[definition.path][places[iri]]) if iri in places else 0


def create_query_counter(
    graph: GraphContext, concept_iris: list[str]
) -> Callable[[str, ListDefinition], int]:
    """Return a function that looks counts up in one SPARQL result, for use without an index."""
    found = {
        (get_cell_text(row, "concept"), get_cell_text(row, "class")): int(
            get_cell_text(row, "total")
        )
        for row in graph.select_rows("tagged-counts", concept=concept_iris)
    }
    return lambda iri, definition: found.get((iri, definition.classes[0]), 0)
