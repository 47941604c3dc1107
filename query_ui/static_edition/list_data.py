"""The lists as data for the browser: cards, values of facets and orders of all entities.

The browser applies the filters of ``query_ui.graph.facet_filter`` to them.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facets import EVIDENCE_LEVELS, FACET_BY_NAME, Facet
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.entity_filter import filter_entities, sort_entities
from query_ui.graph.search_index.index_reader import FacetColumn, Mask
from query_ui.site.lists.facet_panels import rank_panel
from query_ui.site.lists.list_definitions import ListDefinition
from query_ui.site.lists.list_request import SORT_ORDERS

COUNT_QUERY = "count-of-class"
"""The page query that counts the entities of a list."""
ORDERED_FACETS = ("evidence", "year")
"""The facets whose values have an order of their own."""


def build_list_data(
    graph: GraphContext, index: SearchIndex, definition: ListDefinition, cards: Sequence[str]
) -> dict[str, Any]:
    """Return a list with its ``cards`` as HTML, which are in the order of the list's own page.

    ``items`` of a column has the positions of the values of each entity, ``orders`` the positions
    of the entities in each sort order, ``names`` the folded names of each entity, a line for each.
    """
    mask = filter_entities(index, definition.full_selection)
    numbers = np.flatnonzero(mask)
    position_by_number = {int(number): place for place, number in enumerate(numbers)}
    orders = {
        sort: [position_by_number[int(number)] for number in sort_entities(index, mask, sort)]
        for sort in SORT_ORDERS
    }
    items = [""] * len(numbers)
    for place, card in zip(orders[definition.default_sort], cards, strict=True):
        items[place] = card
    facets = sorted(
        (facet for facet in FACET_BY_NAME.values() if facet.name not in definition.fixed),
        key=rank_panel,
    )
    columns = {
        name: build_column(graph, index.facet(name), mask, numbers.tolist())
        for name in dict.fromkeys(facet.query_name for facet in facets)
    }
    return {
        "noun": definition.noun,
        "countAddress": graph.narrowed_query_path(COUNT_QUERY, definition.full_selection),
        "single": definition.single or definition.noun,
        "shown": definition.shown,
        "defaultSort": definition.default_sort,
        "sorts": list_sorts(index, mask),
        "orders": orders,
        "facets": [
            describe_facet(index, facet, columns[facet.query_name]["values"]) for facet in facets
        ],
        "columns": columns,
        "names": [index.load_folded_names(number) for number in numbers.tolist()],
        "items": items,
    }


def list_sorts(index: SearchIndex, mask: Mask) -> list[tuple[str, str]]:
    """Return the sort orders that differ for a list from that by title, and this one."""
    by_title = sort_entities(index, mask, "title").tolist()
    return [
        (name, words)
        for name, (words, _) in SORT_ORDERS.items()
        if name == "title"
        or (name != "-title" and sort_entities(index, mask, name).tolist() != by_title)
    ]


def build_column(
    graph: GraphContext, column: FacetColumn, mask: Mask, numbers: Sequence[int]
) -> dict[str, Any]:
    """Return the values that entities of a list have, with labels, and those of each entity."""
    used = column.count_values(mask).nonzero()[0].tolist()
    new_position = {place: at for at, place in enumerate(used)}
    values = [column.values[place] for place in used]
    names = [column.names[place] for place in used]
    labels = EntityLabels(graph)
    labels.load(v for v, name in zip(values, names, strict=True) if not name and ":" in v)
    return {
        "values": values,
        "labels": [
            name or (labels.name(value) if ":" in value else value)
            for value, name in zip(values, names, strict=True)
        ],
        "items": [
            [new_position[place] for place in column.list_positions(number).tolist()]
            for number in numbers
        ],
    }


def describe_facet(index: SearchIndex, facet: Facet, values: Sequence[str]) -> dict[str, Any]:
    """Return a facet with the positions of the values that its panel offers."""
    inside = set(index.concepts_by_scheme.get(facet.scheme, ())) if facet.scheme else None
    offered = [
        place
        for place, value in enumerate(values)
        if facet.is_offered
        and (inside is None or value in inside)
        and (not facet.level or (value not in index.broader_by_concept) == (facet.level == "top"))
    ]
    return {
        "name": facet.name,
        "title": facet.title,
        "plural": facet.plural,
        "namespace": facet.namespace,
        "column": facet.query_name,
        "offered": sort_offered(facet, values, offered),
        "isOrdered": facet.name in ORDERED_FACETS,
    }


def sort_offered(facet: Facet, values: Sequence[str], offered: Sequence[int]) -> list[int]:
    """Return positions of values: the strongest evidence or the newest year first, else as given.

    The browser sorts the values of other facets by how many entities they leave.
    """
    if facet.name == "year":
        return sorted(offered, key=lambda place: -int(values[place]))
    if facet.name == "evidence":
        ranks = {facet.value(level): rank for rank, level in enumerate(EVIDENCE_LEVELS)}
        return sorted(offered, key=lambda place: -ranks.get(values[place], -1))
    return list(offered)
