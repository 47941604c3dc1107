"""Cross-tabulation of a list by two facets; every number has the query that yields it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np

from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.facets import Facet
from query_ui.graph.page_queries import ENTRY_BYTES, GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.concept_tree import expand_scheme, list_top_concepts, walk_concepts
from query_ui.graph.urls import LinkedCount
from query_ui.site.coverage_figures import (
    BROAD_FACET,
    IS_BROAD,
    CoverageCounter,
    CoverageFigures,
    Figures,
)
from query_ui.site.lists.list_definitions import ListDefinition
from query_ui.site.practice_counts import build_list_address

ROWS_PER_PAGE = 75
"""Rows on one page; a scheme of at most as many concepts is shown as a complete tree."""
SHADE_COUNT = 4


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
        self.counter = CoverageCounter(search_index, list_definition)

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

    @property
    def column_values(self) -> Sequence[str]:
        """Return the values in use: years newest first, others by descending frequency."""
        return self.figures.column_values

    @cached_property
    def figures(self) -> CoverageFigures:
        """The figures of all visible rows and all columns, kept for the release."""

        def count() -> tuple[CoverageFigures, int]:
            values = self.counter.list_values_in_use(self.columns.facet)
            rows = list(dict.fromkeys(value for _, value in self.visible_row_values))
            found = self.counter.count(self.rows.facet, rows, self.columns.facet, values)
            texts = (len(rows) + len(values)) * ENTRY_BYTES
            return found, found.cells.nbytes + found.rows.nbytes + found.columns.nbytes + texts

        path, rows, columns = self.list_definition.path, self.rows, self.columns
        key = ("coverage", path, rows.facet.name, rows.below, columns.facet.name)
        return self.graph.kept_values.get_or_compute(self.graph.engine.release, key, count)

    @cached_property
    def _row_places(self) -> Mapping[str, int]:
        return {value: place for place, value in enumerate(self.figures.row_values)}

    @cached_property
    def _column_places(self) -> Mapping[str, int]:
        return {value: place for place, value in enumerate(self.column_values)}

    def select_cells(self, row_values: Sequence[str], column_values: Sequence[str]) -> Figures:
        """Return the figures of some visible rows and some columns, by row and column."""
        rows = [self._row_places[value] for value in row_values]
        columns = [self._column_places[value] for value in column_values]
        return self.figures.cells[np.ix_(rows, columns)]

    def count_all_cells(self, row_values: Sequence[str]) -> Figures:
        """Return the figures of any rows and all columns, by row and column."""
        columns = self.columns.facet
        return self.counter.count_cells(self.rows.facet, row_values, columns, self.column_values)

    def build_cells(
        self, row_values: Sequence[str], column_values: Sequence[str], highest: int
    ) -> Iterator[list[CoverageCell]]:
        """Yield the cells of each row; shades are relative to the count ``highest``."""
        cells = self.select_cells(row_values, column_values).tolist()
        for value, figures in zip(row_values, cells, strict=True):
            yield [
                self.build_cell(
                    self.build_cell_filter(value, column),
                    (number, broad),
                    compute_shade(number - broad, highest),
                    rank,
                )
                for column, (number, broad, rank) in zip(column_values, figures, strict=True)
            ]

    def find_highest_count(self, row_values: Sequence[str], column_values: Sequence[str]) -> int:
        """Return the highest count of a cell without what is broadly tagged, at least 1."""
        counts = self.select_cells(row_values, column_values)
        # initial=1 serves the empty table, of which numpy has no maximum.
        return int((counts[..., 0] - counts[..., 1]).max(initial=1))

    def build_row_totals(self, row_values: Sequence[str]) -> list[CoverageCell]:
        """Return the number of entities with each row value."""
        figures = self.figures.rows[[self._row_places[value] for value in row_values]]
        return self._build_totals(self.rows.facet, row_values, figures)

    def build_column_totals(self, column_values: Sequence[str]) -> list[CoverageCell]:
        """Return the number of entities with each column value."""
        figures = self.figures.columns[[self._column_places[value] for value in column_values]]
        return self._build_totals(self.columns.facet, column_values, figures)

    def _build_totals(
        self, facet: Facet, values: Sequence[str], figures: Figures
    ) -> list[CoverageCell]:
        full = self.list_definition.full_selection
        return [
            self.build_cell(full.add_value(facet.name, value), (total, broad), 0, rank)
            for value, (total, broad, rank) in zip(values, figures.tolist(), strict=True)
        ]

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
