"""Filtering, sorting and counting of the entities of a list by the postings of the index."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from loader.settings import BASE
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.facets import EVIDENCE_LEVELS, FACET_BY_NAME, OFFERED_FACETS
from query_ui.graph.search_index.index_reader import Counts, Mask, SearchIndex


def filter_entities(search_index: SearchIndex, selection: FacetFilter) -> Mask:
    """Return the entities that match a filter, in a mask that may not be changed."""
    mask = search_index.select_kinds(selection.kind)
    for name, values in selection.chosen.items():
        query = FACET_BY_NAME[name].query_name
        groups = [[value] for value in values] if name in selection.every else [list(values)]
        for group in groups:
            mask = mask & search_index.select_entities(query, *group)
    for word in selection.words:
        mask = mask & search_index.select_named_entities(word)
    return mask


def sort_entities(search_index: SearchIndex, mask: Mask, sort: str) -> NDArray[np.int64]:
    """Return the numbers of the entities in a mask, sorted.

    ``sort`` is "title", "-title", "-year", "evidence", which is from the strongest evidence down,
    or "practices", which is from the most practices down.
    """
    numbers = np.flatnonzero(mask)
    if sort == "-title":
        return numbers[::-1]
    if sort == "-year":
        return numbers[
            np.argsort(-search_index.get_or_compute(find_last_years)[numbers], kind="stable")
        ]
    if sort == "evidence":
        return numbers[
            np.argsort(-search_index.get_or_compute(rank_evidence)[numbers], kind="stable")
        ]
    if sort == "practices":
        counts = search_index.get_or_compute(count_practices)
        return numbers[np.argsort(-counts[numbers], kind="stable")]
    return numbers


def count_practices(search_index: SearchIndex) -> NDArray[np.int64]:
    """Return the number of practices of each entity, as their organisation or with a part."""
    found = np.zeros(search_index.entity_count, np.int64)
    type_query = FACET_BY_NAME["type"].query_name
    practices = search_index.select_entities(type_query, f"{BASE}ontology#Practice")
    column = search_index.facet(FACET_BY_NAME["organisation"].query_name)
    for place in np.flatnonzero(counts := column.count_values(practices)):
        number = search_index.number(column.values[place])
        if number is not None:
            found[number] = counts[place]
    return found


def rank_evidence(search_index: SearchIndex) -> NDArray[np.int64]:
    """Return the position of each entity's strongest evidence; -1 where none is recorded."""
    found = np.full(search_index.entity_count, -1, np.int64)
    facet = FACET_BY_NAME["evidence"]
    for rank, level in enumerate(EVIDENCE_LEVELS):
        found[search_index.facet(facet.query_name).find_entities(facet.value(level))] = rank
    return found


def find_last_years(search_index: SearchIndex) -> NDArray[np.int64]:
    """Return the latest year of each entity, or a number below all years where none is known."""
    found = np.full(search_index.entity_count, -(10**9), np.int64)
    column = search_index.facet("year")
    for value in sorted(column.values, key=int):
        found[column.find_entities(value)] = int(value)
    return found


def count_facet_values(search_index: SearchIndex, selection: FacetFilter) -> dict[str, Counts]:
    """Return, for each facet, the number of entities that selecting each value would leave.

    The selected values of a facet do not narrow its own counts, unless all of them are required.
    """
    own = selection.chosen.keys() - selection.every
    others = [facet.query_name for facet in OFFERED_FACETS if facet.name not in own]
    whole = count_values_by_query(search_index, selection, others)
    found: dict[str, Counts] = {}
    for facet in OFFERED_FACETS:
        name, query = facet.name, facet.query_name
        rest = selection.remove_value(name)
        one = count_values_by_query(search_index, rest, [query]) if name in own else whole
        found[name] = one[query]
    return found


def count_values_by_query(
    search_index: SearchIndex, selection: FacetFilter, queries: Iterable[str]
) -> dict[str, Counts]:
    """Return the number of entities of a filter with each value of facets, by query."""
    if not selection.chosen and not selection.text:
        kind = selection.kind
        return {query: search_index.count_values_of_kind(kind, query) for query in queries}
    mask = filter_entities(search_index, selection)
    return {query: search_index.facet(query).count_values(mask) for query in dict.fromkeys(queries)}


def build_cross_tab(
    search_index: SearchIndex,
    masks: Sequence[Mask],
    rows: tuple[str, Sequence[str]],
    columns: tuple[str, Sequence[str]],
) -> NDArray[np.int64]:
    """Return the numbers of entities by row value, column value and mask.

    ``rows`` and ``columns`` are the query name of a facet with its values; a value that no entity
    has counts 0. All masks select entities of the first one.
    """
    (row_facet, row_values), (column_facet, column_values) = rows, columns
    column = search_index.facet(column_facet)
    places = [column.position_by_value.get(value, -1) for value in column_values]
    found = np.zeros((len(row_values), len(column_values), len(masks)), np.int64)
    for number, value in enumerate(row_values):
        having = search_index.facet(row_facet).find_entities(value)
        having = having[masks[0][having]]
        for layer, mask in enumerate(masks):
            inside = having[mask[having]] if layer else having
            if len(inside):
                # The position -1 of a value that no entity has refers to the zero at the end.
                found[number, :, layer] = np.append(column.count_values_of(inside), 0)[places]
    return found
