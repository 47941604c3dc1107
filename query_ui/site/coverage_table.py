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
from query_ui.graph.search_index.index_reader import Mask
from query_ui.graph.urls import LinkedCount
from query_ui.site.lists.list_definitions import ListDefinition
from query_ui.site.lists.list_request import ListRequest

ROWS_PER_PAGE = 45
"""Rows on one page; a scheme of at most as many concepts is shown as a complete tree."""
SHADE_COUNT = 5
BROAD_FACET, IS_BROAD = "broad", "true"
"""The facet of what is broadly tagged, and its only value."""


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """A number with its query, the address of the list it counts, and its shade, 0 to 5.

    ``broad`` is the number of these that are broadly tagged, with its query.
    """

    number: LinkedCount
    address: str
    shade: int
    broad: LinkedCount


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
        if facet.level:
            return self.visible_row_values
        return list(walk_concepts(self.index, list_top_concepts(self.index, facet.scheme)))

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

    def build_cells(
        self, row_values: Sequence[str], column_values: Sequence[str]
    ) -> Iterator[list[CoverageCell]]:
        """Yield the cells of each row; shades are relative to the highest count given."""
        counts = self.count_pairs(row_values, column_values)
        # initial=1 serves the empty table, of which numpy has no maximum.
        highest = int(counts[..., 0].max(initial=1))
        for value, numbers in zip(row_values, counts.tolist(), strict=True):
            yield [
                self.build_cell(
                    self.build_cell_filter(value, column),
                    (number, broad),
                    compute_shade(number, highest),
                )
                for column, (number, broad) in zip(column_values, numbers, strict=True)
            ]

    def build_row_totals(self, row_values: Sequence[str]) -> list[CoverageCell]:
        """Return the number of entities with each row value."""
        return self._build_totals(self.rows.facet, row_values)

    def build_column_totals(self, column_values: Sequence[str]) -> list[CoverageCell]:
        """Return the number of entities with each column value."""
        return self._build_totals(self.columns.facet, column_values)

    def _build_totals(self, facet: Facet, values: Sequence[str]) -> list[CoverageCell]:
        column = self.index.facet(facet.query_name)
        return [
            self.build_cell(
                self.list_definition.full_selection.add_value(facet.name, value),
                self._count_entities(column.find_entities(value)),
            )
            for value in values
        ]

    def _count_entities(self, numbers: NDArray[np.int32]) -> tuple[int, int]:
        """Return how many of some entities are in the list, and how many are broadly tagged."""
        number, broad = (int(mask[numbers].sum()) for mask in self._masks)
        return number, broad

    def build_cell_filter(self, row: str, column: str) -> FacetFilter:
        """Return the filter of one cell: both values are required."""
        # Both axes may be the same facet, where two values mean "any" unless all are required.
        chosen_row = self.list_definition.full_selection.add_value(self.rows.facet.name, row)
        both = chosen_row.add_value(self.columns.facet.name, column)
        return both.matching(self.rows.facet.name, True)

    def build_cell(
        self, selection: FacetFilter, counts: tuple[int, int], shade: int = 0
    ) -> CoverageCell:
        """Return the cell of a filter with its number and the number that is broadly tagged."""
        number, broad = counts
        broadly = selection.add_value(BROAD_FACET, IS_BROAD)
        query, broad_query = (
            self.graph.narrowed_query_path("count-of-class", one) for one in (selection, broadly)
        )
        address, broad_address = (
            ListRequest(self.list_definition, one).address() for one in (selection, broadly)
        )
        return CoverageCell(
            LinkedCount(number, query, address),
            address,
            shade,
            LinkedCount(broad, broad_query, broad_address),
        )


def compute_shade(count: int, max_count: int) -> int:
    """Return the shade of a count, from 0 for none to 5 for the maximum, on a log scale."""
    if not count:
        return 0
    return (
        1 + round((SHADE_COUNT - 1) * log(count) / log(max_count)) if max_count > 1 else SHADE_COUNT
    )
