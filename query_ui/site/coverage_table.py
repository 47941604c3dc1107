"""Cross-tabulation of a list by two facets; every number has the query that yields it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np
from numpy.typing import NDArray

from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.facets import FACET_BY_NAME, Facet
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.concept_tree import expand_scheme, list_top_concepts, walk_concepts
from query_ui.graph.search_index.entity_filter import build_cross_tab, filter_entities
from query_ui.graph.search_index.index_reader import Counts, Mask
from query_ui.graph.urls import LinkedCount
from query_ui.site.lists.list_definitions import ListDefinition
from query_ui.site.practice_counts import build_list_address, rank_entities

ROWS_PER_PAGE = 75
"""Rows on one page; a scheme of at most as many concepts is shown as a complete tree."""
SHADE_COUNT = 4
BROAD_FACET, IS_BROAD = "broad", "true"
"""The facet of what is broadly tagged, and its only value."""


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """A number with its query and its list, its shade from 0 to 4, and its strongest evidence.

    ``broad`` is the number of these that are broadly tagged, with its query; the shade counts the
    others only. ``evidence`` is the position of the strongest evidence level, 0 for none.
    """

    number: LinkedCount
    shade: int
    broad: LinkedCount
    evidence: int = 0


@dataclass(frozen=True, slots=True)
class CoverageAxis:
    """One axis: a facet, and the concept to whose narrower ones it is limited, or ""."""

    facet: Facet
    below: str = ""


class CoverageTable:
    """The entities of a list, counted by the values of two facets."""

    def __init__(
        self,
        graph: GraphContext,
        search_index: SearchIndex,
        list_definition: ListDefinition,
        row_axis: CoverageAxis,
        column_axis: CoverageAxis,
    ) -> None:
        self.graph, self.index, self.list_definition = graph, search_index, list_definition
        self.rows, self.columns = row_axis, column_axis
        self.entity_mask: Mask = filter_entities(search_index, list_definition.full_selection)
        self.broad_mask: Mask = self.entity_mask & search_index.select_entities(
            FACET_BY_NAME[BROAD_FACET].query_name, IS_BROAD
        )

    @cached_property
    def visible_row_values(self) -> list[tuple[int, str]]:
        """Return the row values to display as (depth in the tree, value)."""
        facet, below = self.rows.facet, self.rows.below
        if facet.name == "element":
            return self._list_framework_elements()
        if facet.level == "below":
            inside = list(walk_concepts(self.index, list_top_concepts(self.index, facet.scheme)))
            return [(0, value) for depth, value in inside if depth]
        if facet.level == "top":
            return [(0, value) for value in list_top_concepts(self.index, facet.scheme)]
        return expand_scheme(self.index, facet.scheme, below, ROWS_PER_PAGE)

    @cached_property
    def all_row_values(self) -> list[tuple[int, str]]:
        """Return the row values of the complete table as (depth, value), as the CSV has them."""
        facet = self.rows.facet
        if facet.level or not facet.scheme:
            return self.visible_row_values
        return list(walk_concepts(self.index, list_top_concepts(self.index, facet.scheme)))

    def _list_framework_elements(self) -> list[tuple[int, str]]:
        """Return all elements of the frameworks of which any element is in use."""
        used = set(self.index.facet(self.rows.facet.query_name).values)
        found: list[tuple[int, str]] = []
        for scheme, concepts in sorted(self.index.concepts_by_scheme.items()):
            if used.intersection(concepts):
                found += walk_concepts(self.index, list_top_concepts(self.index, scheme))
        return found

    @cached_property
    def column_values(self) -> list[str]:
        """Return the values in use: years newest first, others by descending frequency."""
        facet = self.columns.facet
        column = self.index.facet(facet.query_name)
        counts = column.count_values(self.entity_mask)
        inside = (
            set(self.index.concepts_by_scheme.get(facet.scheme, ()))
            if facet.scheme
            else column.position_by_value
        )
        found = [
            (-int(n), name, v)
            for n, name, v in zip(counts, column.names, column.values, strict=True)
            if v in inside
        ]
        if facet.name == "year":
            return sorted((value for count, _, value in found if count), reverse=True)
        return [value for count, _, value in sorted(found) if count]

    def count_pairs(
        self, row_values: Sequence[str], column_values: Sequence[str]
    ) -> NDArray[np.int64]:
        """Return the counts of entities with both values, by row value, column value and mask.

        The last axis has the number of all these entities, and of those that are broadly tagged.
        """
        sides = (
            (self.rows.facet.query_name, row_values),
            (self.columns.facet.query_name, column_values),
        )
        return np.stack(
            [build_cross_tab(self.index, mask, *sides) for mask in self._masks], axis=-1
        )

    @property
    def _masks(self) -> tuple[Mask, Mask]:
        return self.entity_mask, self.broad_mask

    def rank_pairs(
        self, row_values: Sequence[str], column_values: Sequence[str]
    ) -> NDArray[np.int64]:
        """Return the position of the strongest evidence level of the entities with both values."""
        sides = (
            (self.rows.facet.query_name, row_values),
            (self.columns.facet.query_name, column_values),
        )
        found = np.zeros((len(row_values), len(column_values)), np.int64)
        for rank in range(1, int(self.ranks[self.entity_mask].max(initial=0)) + 1):
            mask = self.entity_mask & (self.ranks == rank)
            found[build_cross_tab(self.index, mask, *sides) > 0] = rank
        return found

    @cached_property
    def ranks(self) -> Counts:
        """The position of the strongest evidence level of each entity."""
        return rank_entities(self.index)

    def build_cells(
        self, row_values: Sequence[str], column_values: Sequence[str], highest: int
    ) -> Iterator[list[CoverageCell]]:
        """Yield the cells of each row; shades are relative to the count ``highest``."""
        counts = self.count_pairs(row_values, column_values).tolist()
        ranks = self.rank_pairs(row_values, column_values).tolist()
        for value, numbers, row_ranks in zip(row_values, counts, ranks, strict=True):
            yield [
                self.build_cell(
                    self.build_cell_filter(value, column),
                    (number, broad),
                    compute_shade(number - broad, highest),
                    rank,
                )
                for column, (number, broad), rank in zip(
                    column_values, numbers, row_ranks, strict=True
                )
            ]

    def find_highest_count(self, row_values: Sequence[str], column_values: Sequence[str]) -> int:
        """Return the highest count of a cell without what is broadly tagged, at least 1."""
        counts = self.count_pairs(row_values, column_values)
        # initial=1 serves the empty table, of which numpy has no maximum.
        return int((counts[..., 0] - counts[..., 1]).max(initial=1))

    def build_row_totals(self, row_values: Sequence[str]) -> list[CoverageCell]:
        """Return the number of entities with each row value."""
        return self._build_totals(self.rows.facet, row_values)

    def build_column_totals(self, column_values: Sequence[str]) -> list[CoverageCell]:
        """Return the number of entities with each column value."""
        return self._build_totals(self.columns.facet, column_values)

    def _build_totals(self, facet: Facet, values: Sequence[str]) -> list[CoverageCell]:
        column = self.index.facet(facet.query_name)
        full = self.list_definition.full_selection
        cells = []
        for value in values:
            numbers = column.find_entities(value)
            total, broad = (int(mask[numbers].sum()) for mask in self._masks)
            rank = int(self.ranks[numbers][self.entity_mask[numbers]].max(initial=0))
            cells.append(
                self.build_cell(full.add_value(facet.name, value), (total, broad), 0, rank)
            )
        return cells

    def build_cell_filter(self, row: str, column: str) -> FacetFilter:
        """Return the filter of one cell: both values are required."""
        # Both axes may be the same facet, where two values mean "any" unless all are required.
        chosen_row = self.list_definition.full_selection.add_value(self.rows.facet.name, row)
        both = chosen_row.add_value(self.columns.facet.name, column)
        return both.matching(self.rows.facet.name, True)

    def build_cell(
        self, selection: FacetFilter, counts: tuple[int, int], shade: int, evidence: int
    ) -> CoverageCell:
        """Return the cell of a filter with its number and the number that is broadly tagged."""
        number, broad = counts
        broadly = selection.add_value(BROAD_FACET, IS_BROAD)
        query, broad_query = (
            self.graph.narrowed_query_path("count-of-class", one) for one in (selection, broadly)
        )
        address = build_list_address(selection, self.list_definition)
        return CoverageCell(
            LinkedCount(number, query, address), shade, LinkedCount(broad, broad_query), evidence
        )


def compute_shade(count: int, max_count: int) -> int:
    """Return the shade of a count, from 0 for none to 4 for the maximum, on a log scale."""
    if count <= 0:
        return 0
    if max_count <= 1:
        return SHADE_COUNT
    return min(SHADE_COUNT, 1 + round((SHADE_COUNT - 1) * log(count) / log(max_count)))


def list_shade_ranges(max_count: int) -> list[tuple[int, str]]:
    """Return each shade that occurs up to a count with its range in words, such as "3–5"."""
    counts: dict[int, list[int]] = {}
    for count in range(1, max_count + 1):
        counts.setdefault(compute_shade(count, max_count), []).append(count)
    last = max(counts, default=0)
    return [
        (shade, f"{found[0]} or more" if shade == last else format_range(found[0], found[-1]))
        for shade, found in counts.items()
    ]


def format_range(first: int, last: int) -> str:
    """Return a range of whole numbers in words."""
    return str(first) if first == last else f"{first}–{last}"
