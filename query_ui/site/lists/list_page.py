"""Rendering of list pages: narrowed by facets, sorted, in pages, as HTML or JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from flask import Response, render_template, request
from numpy.typing import NDArray

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facet_filter import MAX_NAME_TEXT, NAME_FIELD, FacetFilter
from query_ui.graph.facets import FACET_BY_NAME
from query_ui.graph.page_queries import PAGE_SIZE, GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.entity_filter import (
    count_practices,
    filter_entities,
    find_last_years,
    rank_evidence,
    sort_entities,
)
from query_ui.graph.urls import Link, LinkedCount, to_page_path, to_query_path
from query_ui.http.negotiation import prefers_json
from query_ui.http.response import build_json_response
from query_ui.http.spreadsheet_csv import SPREADSHEET_FIELD, parse_spreadsheet_option
from query_ui.site.lists.facet_panels import build_facet_panels
from query_ui.site.lists.list_definitions import (
    INITIATIVE_TABS,
    ListDefinition,
    get_list_definition,
)
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
from query_ui.site.navigation import list_data_tabs, list_institution_tabs
from query_ui.site.record_cards import Card, load_cards

COUNTED_LISTS_BY_PATH: Mapping[str, tuple[str, tuple[ListDefinition, ...]]] = {
    "/organisations": (
        "organisation",
        (get_list_definition("/practices"), get_list_definition("/case-studies")),
    )
}
"""For the items of a list, the facet by which entities of other lists are counted."""


LOW_TRUST = "low trust"
"""The badge of links to what a document of low trust says."""


@dataclass(frozen=True, slots=True)
class FilterChip:
    """One selected value, and the address of the list without it.

    ``join`` is the word between it and the value before of the same facet, or "".
    """

    word: str
    name: str
    address: str
    join: str = ""


def render_list(graph: GraphContext, path: str, as_data: bool = False) -> Response:
    """Return the list with this path, as a page or as JSON."""
    parse_spreadsheet_option(request.args.get(SPREADSHEET_FIELD, ""), is_csv=False)
    index = graph.index
    list_request = parse_list_request(get_list_definition(path), index)
    is_json = as_data or prefers_json()
    page = parse_page_number()
    size = parse_page_size(PAGE_SIZE if is_json else list_request.list_definition.shown)
    total, entities = fetch_list_entities(graph, index, list_request, page, size)
    names = EntityLabels(graph)
    names.load([*entities, *list_request.facet_filter.list_iris()])
    items = build_list_items(graph, names, list_request.list_definition, entities)
    total = replace(total, list_href=list_request.address())
    shown = build_list_page(
        items, total, page, lambda number: build_list_page_url(list_request, number, size), size
    )
    if is_json:
        return build_json_response(serialise_list_page(shown), shown.headers)
    panels = build_facet_panels(graph, index, names, list_request, total.value) if index else []
    text = render_template(
        "list.html",
        definition=list_request.list_definition,
        listing=shown,
        complete=count_complete_list(graph, list_request),
        tabs=build_tabs(list_request.list_definition),
        can_compare=list_request.list_definition.path == "/organisations",
        panels=panels,
        name_text=list_request.facet_filter.text,
        max_name_text=MAX_NAME_TEXT,
        chips=build_filter_chips(names, list_request),
        selected=frozenset(list_request.facet_filter.list_iris()),
        hidden=build_hidden_fields(list_request, bool(panels)),
        sorts=build_sort_links(graph, list_request, index),
        query=to_query_path(
            graph.narrow_page_query(
                SORT_ORDERS[list_request.sort_order][1], list_request.facet_filter, page=None
            )
        ),
        downloads=build_download_links(list_request, total.value),
    )
    return Response(text, mimetype="text/html", headers=shown.headers)


def count_complete_list(graph: GraphContext, list_request: ListRequest) -> LinkedCount | None:
    """Return the number of entities without filters; None where the list has no filter."""
    definition = list_request.list_definition
    if list_request.facet_filter == definition.full_selection:
        return None
    return count_selection(graph, definition.full_selection, definition.path)


def build_tabs(list_definition: ListDefinition) -> list[tuple[Link, bool]]:
    """Return the lists beside this one, and whether each is the current one."""
    if list_definition.path in ("/organisations", "/registers"):
        return list_institution_tabs()
    if list_definition.path == "/graphs":
        return list_data_tabs()
    if list_definition.path not in INITIATIVE_TABS:
        return []
    lists = [get_list_definition(path) for path in INITIATIVE_TABS]
    return [(Link(one.title, one.path), one.path == list_definition.path) for one in lists]


def build_hidden_fields(list_request: ListRequest, has_panels: bool) -> list[tuple[str, str]]:
    """Return the fields that the form of filters keeps: the order, and filters without a panel."""
    fields = [
        (name, value)
        for name, value in list_request.facet_filter.list_fields()
        if name not in (*list_request.list_definition.fixed, NAME_FIELD)
        and not (has_panels and FACET_BY_NAME[name.removesuffix("-match")].is_offered)
    ]
    if list_request.sort_order != list_request.list_definition.default_sort:
        fields.append(("sort", list_request.sort_order))
    return fields


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
    """Return the items of a list with their cards, or with facts and counts."""
    if list_definition.has_cards:
        cards = load_cards(graph, labels, entity_iris)
        return [ListItem(card.link, card=mark_low_trust(card)) for card in cards]
    generic = list_definition.classes[0]
    facts = fetch_facts(graph, labels, entity_iris, list_definition.label_by_property, generic)
    return [
        ListItem(
            labels.build_page_link(entity),
            facts[entity],
            tuple(count_related(graph, list_definition.path, entity)),
        )
        for entity in entity_iris
    ]


def count_related(graph: GraphContext, path: str, entity: str) -> Iterator[tuple[LinkedCount, str]]:
    """Yield what is counted of an item of a list, each count with the word for it."""
    facet, counted = COUNTED_LISTS_BY_PATH.get(path, ("", ()))
    for one in counted:
        count = count_facet_value(graph, one, facet, entity)
        yield count, one.single if count.value == 1 else one.noun
    if path == "/registers":
        count = graph.count("count-institutions-in-register", register=entity)
        word = "institution recorded" if count.value == 1 else "institutions recorded"
        yield replace(count, list_href=to_page_path(entity)), word


def mark_low_trust(card: Card) -> Card:
    """Return a card that is marked where its document is of low trust as well."""
    return replace(card, is_low_trust=card.is_low_trust or card.link.badge == LOW_TRUST)


def count_facet_value(
    graph: GraphContext, list_definition: ListDefinition, facet: str, value: str
) -> LinkedCount:
    """Return the number of entities of a list with a value of a facet, linked to that list."""
    selection = list_definition.full_selection.add_value(facet, value)
    list_request = ListRequest(list_definition, selection, list_definition.default_sort)
    return count_selection(graph, selection, list_request.address())


def count_selection(graph: GraphContext, selection: FacetFilter, list_href: str) -> LinkedCount:
    """Return the number of entities that match a filter, with its query and its list."""
    index = graph.index
    if index is None:
        return graph.count_narrowed("count-of-class", selection, list_href)
    number = int(np.count_nonzero(filter_entities(index, selection)))
    return LinkedCount(number, graph.narrowed_query_path("count-of-class", selection), list_href)


def build_list_page_url(list_request: ListRequest, page: int, page_size: int) -> str:
    """Return the address of another page of a list."""
    return list_request.address(
        size=page_size if page_size != PAGE_SIZE else "", page=page if page > 1 else ""
    )


def build_filter_chips(labels: EntityLabels, list_request: ListRequest) -> list[FilterChip]:
    """Return the selected facet values, each with the address that removes it."""
    selection = list_request.facet_filter
    chips = [
        FilterChip(
            FACET_BY_NAME[facet].title,
            labels.name(value) if ":" in value else value,
            list_request.address(selection.remove_value(facet, value)),
            ("and" if facet in selection.every else "or") if place else "",
        )
        for facet, values in selection.chosen.items()
        if facet not in list_request.list_definition.fixed
        for place, value in enumerate(values)
    ]
    if selection.text:
        address = list_request.address(replace(selection, text=""))
        chips.append(FilterChip("In the title", f"“{selection.text}”", address))
    return chips


def build_sort_links(
    graph: GraphContext, list_request: ListRequest, search_index: SearchIndex | None
) -> list[tuple[Link, bool]]:
    """Return the sort orders that make a difference, and whether each is the current one."""
    definition = list_request.list_definition
    offered = {list_request.sort_order}
    if search_index:
        offered |= graph.get_or_compute(
            f"orders of {definition.path}", lambda _: find_sort_orders(search_index, definition)
        )
    else:
        offered.add("title")
    return [
        (Link(words, list_request.address(sort=name)), name == list_request.sort_order)
        for name, (words, _) in SORT_ORDERS.items()
        if name in offered
    ]


def find_sort_orders(search_index: SearchIndex, definition: ListDefinition) -> frozenset[str]:
    """Return the sort orders that make a difference to a list without filters."""
    mask = filter_entities(search_index, definition.full_selection)
    found = {"title"}
    if (search_index.get_or_compute(rank_evidence)[mask] > 0).any():
        found.add("evidence")
    if search_index.get_or_compute(count_practices)[mask].any():
        found.add("practices")
    if (search_index.get_or_compute(find_last_years)[mask] > 0).any():
        found.add("-year")
    return frozenset(found)


def build_download_links(list_request: ListRequest, total: int) -> list[Link]:
    """Return links to the complete list as a workbook, CSV, JSON and Turtle."""
    forms = (
        ("CSV", "csv", list_request.address()),
        ("Workbook for Excel", "xlsx", list_request.address()),
        ("CSV for Excel", "csv", list_request.address(spreadsheet=1)),
        ("JSON", "json", list_request.address(size=max(total, 1))),
        ("Turtle", "ttl", list_request.address()),
    )
    path = list_request.list_definition.path
    return [Link(word, address.replace(path, f"{path}.{form}", 1)) for word, form, address in forms]
