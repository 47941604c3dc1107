"""Rendering of list pages: narrowed by facets, sorted, in pages, as HTML or JSON."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flask import Response, render_template, request
from numpy.typing import NDArray

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.entity_types import ENTITY_TYPE_LABELS
from query_ui.graph.facets import FACET_BY_NAME
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.entity_filter import filter_entities, sort_entities
from query_ui.graph.urls import Link, LinkedCount, to_query_path
from query_ui.http.negotiation import prefers_json
from query_ui.http.response import build_json_response
from query_ui.http.spreadsheet_csv import SPREADSHEET_FIELD, parse_spreadsheet_option
from query_ui.site.lists.facet_panels import build_facet_panels
from query_ui.site.lists.list_definitions import LIST_DEFINITION_BY_PATH, ListDefinition
from query_ui.site.lists.list_items import (
    ListItem,
    build_list_page,
    collect_column_iris,
    fetch_facts,
    parse_page_number,
    parse_page_size,
    serialise_list_page,
)
from query_ui.site.lists.list_request import SORT_ORDERS, ListRequest, parse_list_request

COUNT_COLUMN_BY_LIST = {
    "/organisations": ("organisation", LIST_DEFINITION_BY_PATH["/case-studies"])
}
"""For each item of a list, the facet by which entities of another list are counted."""


@dataclass(frozen=True, slots=True)
class FilterChip:
    """One selected facet value, and the address of the list without it."""

    word: str
    name: str
    address: str


def render_list(graph: GraphContext, path: str, as_data: bool = False) -> Response:
    """Return the list with this path, as a page or as JSON."""
    parse_spreadsheet_option(request.args.get(SPREADSHEET_FIELD, ""), is_csv=False)
    index = graph.index
    list_request = parse_list_request(LIST_DEFINITION_BY_PATH[path], index)
    page, size = parse_page_number(), parse_page_size()
    total, entities = fetch_list_entities(graph, index, list_request, page, size)
    names = EntityLabels(graph)
    names.load([*entities, *list_request.facet_filter.list_iris()])
    items = build_list_items(graph, names, list_request.list_definition, entities)
    shown = build_list_page(
        items, total, page, lambda number: build_list_page_url(list_request, number, size), size
    )
    if as_data or prefers_json():
        return build_json_response(serialise_list_page(shown), shown.headers)
    text = render_template(
        "list.html",
        definition=list_request.list_definition,
        single=ENTITY_TYPE_LABELS[list_request.list_definition.kind][0].lower(),
        listing=shown,
        panels=build_facet_panels(graph, index, names, list_request, total.value) if index else [],
        chips=build_filter_chips(names, list_request),
        sorts=build_sort_links(list_request),
        query=to_query_path(
            graph.narrow_page_query(
                SORT_ORDERS[list_request.sort_order][1], list_request.facet_filter, page=None
            )
        ),
        downloads=build_download_links(list_request, total.value),
    )
    return Response(text, mimetype="text/html", headers=shown.headers)


def fetch_list_entities(
    graph: GraphContext,
    search_index: SearchIndex | None,
    list_request: ListRequest,
    page: int,
    page_size: int,
) -> tuple[LinkedCount, Sequence[str]]:
    """Return the total of a list and the IRIs of one page; without an index by SPARQL."""
    selection = list_request.facet_filter
    # A remote endpoint has no index: SPARQL filters, sorts and counts, with fifty rows a page.
    if search_index is None:
        rows = graph.select_rows_of(
            graph.narrow_page_query(
                SORT_ORDERS[list_request.sort_order][1], list_request.facet_filter, page
            )
        )
        return graph.count_narrowed("count-of-class", selection), collect_column_iris(rows)
    mask = filter_entities(search_index, selection)
    numbers = sort_entities(search_index, mask, list_request.sort_order)[
        (page - 1) * page_size : page * page_size
    ]
    total = LinkedCount(
        int(np.count_nonzero(mask)), graph.narrowed_query_path("count-of-class", selection)
    )
    return total, list_entity_iris(search_index, numbers)


def list_entity_iris(search_index: SearchIndex, entity_numbers: NDArray[np.int64]) -> list[str]:
    """Return the IRIs of entity numbers of the index."""
    return [search_index.iri(number) for number in entity_numbers]


def build_list_items(
    graph: GraphContext,
    labels: EntityLabels,
    list_definition: ListDefinition,
    entity_iris: Sequence[str],
) -> list[ListItem]:
    """Return the items of a list with their facts, and counts where the list has them."""
    generic = list_definition.classes[0]
    facts = fetch_facts(graph, labels, entity_iris, list_definition.label_by_property, generic)
    if list_definition.path not in COUNT_COLUMN_BY_LIST:
        return [ListItem(labels.build_page_link(entity), facts[entity]) for entity in entity_iris]
    facet, other = COUNT_COLUMN_BY_LIST[list_definition.path]
    return [
        ListItem(
            labels.build_page_link(entity),
            facts[entity],
            count_facet_value(graph, other, facet, entity),
            other.noun,
        )
        for entity in entity_iris
    ]


def count_facet_value(
    graph: GraphContext, list_definition: ListDefinition, facet: str, value: str
) -> LinkedCount:
    """Return the number of entities of a list with a value of a facet."""
    selection = list_definition.full_selection.add_value(facet, value)
    address = ListRequest(list_definition, selection).address()
    index = graph.index
    if index is None:
        return graph.count_narrowed("count-of-class", selection, address)
    return LinkedCount(
        int(np.count_nonzero(filter_entities(index, selection))),
        graph.narrowed_query_path("count-of-class", selection),
        address,
    )


def build_list_page_url(list_request: ListRequest, page: int, page_size: int) -> str:
    """Return the address of another page of a list."""
    return list_request.address(
        size=page_size if page_size != 50 else "", page=page if page > 1 else ""
    )


def build_filter_chips(labels: EntityLabels, list_request: ListRequest) -> list[FilterChip]:
    """Return the selected facet values, each with the address that removes it."""
    return [
        FilterChip(
            FACET_BY_NAME[facet].word,
            labels.name(value) if ":" in value else value,
            list_request.address(list_request.facet_filter.remove_value(facet, value)),
        )
        for facet, values in list_request.facet_filter.chosen.items()
        for value in values
    ]


def build_sort_links(list_request: ListRequest) -> list[tuple[Link, bool]]:
    """Return the sort orders of a list, and whether each is the current one."""
    return [
        (
            Link(word, list_request.address(sort=name if name != "title" else "")),
            name == list_request.sort_order,
        )
        for name, (word, _) in SORT_ORDERS.items()
    ]


def build_download_links(list_request: ListRequest, total: int) -> list[Link]:
    """Return links to the complete list as CSV, exact and for Excel, as JSON and as Turtle."""
    forms = (
        ("CSV", "csv", list_request.address()),
        ("CSV for Excel", "csv", list_request.address(spreadsheet=1)),
        ("JSON", "json", list_request.address(size=max(total, 1))),
        ("Turtle", "ttl", list_request.address()),
    )
    path = list_request.list_definition.path
    return [Link(word, address.replace(path, f"{path}.{form}", 1)) for word, form, address in forms]
