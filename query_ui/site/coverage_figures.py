"""The figures of a coverage table: counted once for a release, whichever part a page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from query_ui.graph.facets import FACET_BY_NAME, Facet
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.entity_filter import build_cross_tab, filter_entities
from query_ui.graph.search_index.index_reader import Counts, Mask
from query_ui.site.lists.list_definitions import ListDefinition
from query_ui.site.practice_counts import rank_entities

BROAD_FACET, IS_BROAD = "broad", "true"
"""The facet of what is broadly tagged, and its only value."""
FIGURES_OF_CELL = 3
"""Figures of each cell: entities, those that are broadly tagged, their strongest evidence."""

Figures = NDArray[np.int32]
"""Figures on the last axis: numbers of entities and of those that are broadly tagged, and the
position of their strongest evidence level, 0 for none."""


@dataclass(frozen=True, slots=True)
class CoverageFigures:
    """The figures of a table: ``cells`` by row and column, ``rows`` and ``columns`` as totals.

    ``has_evidence`` is whether any entity of the list reports evidence.
    """

    row_values: Sequence[str]
    column_values: Sequence[str]
    cells: Figures
    rows: Figures
    columns: Figures
    has_evidence: bool


class CoverageCounter:
    """A counter of the entities of a list by the values of facets."""

    def __init__(self, search_index: SearchIndex, list_definition: ListDefinition) -> None:
        self.index, self.list_definition = search_index, list_definition

    @cached_property
    def entity_mask(self) -> Mask:
        """The entities of the list."""
        return filter_entities(self.index, self.list_definition.full_selection)

    @cached_property
    def broad_mask(self) -> Mask:
        """The entities of the list that are broadly tagged."""
        query = FACET_BY_NAME[BROAD_FACET].query_name
        return self.entity_mask & self.index.select_entities(query, IS_BROAD)

    @cached_property
    def ranks(self) -> Counts:
        """The position of the strongest evidence level of each entity of the list, else 0."""
        return np.where(self.entity_mask, self.index.get_or_compute(rank_entities), 0)

    def count(
        self, rows: Facet, row_values: Sequence[str], columns: Facet, column_values: Sequence[str]
    ) -> CoverageFigures:
        """Return the figures of a table."""
        return CoverageFigures(
            row_values,
            column_values,
            self.count_cells(rows, row_values, columns, column_values),
            self.count_totals(rows, row_values),
            self.count_totals(columns, column_values),
            bool(self.ranks.any()),
        )

    def count_cells(
        self, rows: Facet, row_values: Sequence[str], columns: Facet, column_values: Sequence[str]
    ) -> Figures:
        """Return the figures of the entities with both values, by row and column."""
        levels = range(1, int(self.ranks.max(initial=0)) + 1)
        masks = [self.entity_mask, self.broad_mask, *(self.ranks == level for level in levels)]
        counts = build_cross_tab(
            self.index, masks, (rows.query_name, row_values), (columns.query_name, column_values)
        )
        found = np.zeros((*counts.shape[:2], FIGURES_OF_CELL), np.int32)
        found[..., :2] = counts[..., :2]
        for level in levels:
            found[counts[..., 1 + level] > 0, 2] = level
        found.flags.writeable = False
        return found

    def count_totals(self, facet: Facet, values: Sequence[str]) -> Figures:
        """Return the figures of the entities with each value."""
        column = self.index.facet(facet.query_name)
        found = np.zeros((len(values), FIGURES_OF_CELL), np.int32)
        for place, value in enumerate(values):
            numbers = column.find_entities(value)
            numbers = numbers[self.entity_mask[numbers]]
            broad = np.count_nonzero(self.broad_mask[numbers])
            found[place] = len(numbers), broad, self.ranks[numbers].max(initial=0)
        found.flags.writeable = False
        return found

    def list_values_in_use(self, facet: Facet) -> list[str]:
        """Return the values in use: years newest first, others by descending frequency."""
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
            if n and v in inside
        ]
        if facet.name == "year":
            return sorted((value for _, _, value in found), reverse=True)
        return [value for _, _, value in sorted(found)]
