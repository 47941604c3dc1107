"""Sections of a page: the entities that have one value of a facet, by entity type."""

from collections.abc import Iterator
from dataclasses import dataclass

from loader.release.search_index.search_schema import ENTITY_KINDS as ORDER
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.entity_types import CLASSES_BY_ENTITY_TYPE, ENTITY_TYPE_LABELS
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.facets import Facet
from query_ui.graph.page_queries import PAGE_SIZE, GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.site.lists.list_definitions import LIST_DEFINITION_BY_PATH, ListDefinition
from query_ui.site.lists.list_items import ListItem, ListPage, build_list_page
from query_ui.site.lists.list_page import fetch_list_entities
from query_ui.site.lists.list_request import ListRequest

REQUIRED_TYPES = ("case-study", "initiative")
"""Types that have a section even when it is empty."""
EXCLUDED_TYPES = ("organisation", "concept", "source")
"""Types without a section: an organisation has the values of its own entities."""


@dataclass(frozen=True, slots=True)
class EntitySection:
    """The entities of one type; ``address`` leads to their list, or is "" without one."""

    kind: str
    single: str
    noun: str
    listing: ListPage
    address: str


def get_list_definition(kind: str) -> ListDefinition:
    """Return the list of an entity type; its path is "" where the site has no such list."""
    known = next(
        (definition for definition in LIST_DEFINITION_BY_PATH.values() if definition.kind == kind),
        None,
    )
    return known or ListDefinition(
        "",
        kind,
        CLASSES_BY_ENTITY_TYPE[kind],
        ENTITY_TYPE_LABELS[kind][1],
        "",
        ENTITY_TYPE_LABELS[kind][1].lower(),
    )


def build_sections(
    graph: GraphContext, facet: Facet, value: str, page: int
) -> Iterator[EntitySection]:
    """Yield a section for each entity type with the value; ``page`` applies to the first.

    Without an index there are only those of ``REQUIRED_TYPES``.
    """
    for place, kind in enumerate(list_section_types(graph.index, facet, value)):
        definition = get_list_definition(kind)
        list_request = ListRequest(
            definition, FacetFilter(kind, definition.classes).add_value(facet.name, value)
        )
        number = page if place == 0 else 1
        total, entities = fetch_list_entities(graph, graph.index, list_request, number, PAGE_SIZE)
        names = EntityLabels(graph)
        names.load(entities)
        shown = build_list_page(
            [ListItem(names.build_page_link(entity)) for entity in entities], total, number
        )
        yield EntitySection(
            kind,
            ENTITY_TYPE_LABELS[kind][0].lower(),
            definition.noun,
            shown,
            list_request.address() if definition.path else "",
        )


def list_section_types(index: SearchIndex | None, facet: Facet, value: str) -> list[str]:
    """Return the entity types with a section: the required ones, then others with the value."""
    if index is None:
        return list(REQUIRED_TYPES)
    column = index.facet("kind")
    counts = column.count_values(index.select_entities(facet.query_name, value))
    having = {kind for kind, count in zip(column.values, counts, strict=True) if count}
    return [
        *REQUIRED_TYPES,
        *(kind for kind in ORDER if kind in having - {*REQUIRED_TYPES, *EXCLUDED_TYPES}),
    ]
