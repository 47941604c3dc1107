"""One page of a coverage table as a map: rows, columns and cells with their names and links."""

from collections.abc import Sequence
from dataclasses import dataclass

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facets import EVIDENCE_LEVELS
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.urls import Link
from query_ui.site.coverage_table import (
    ROWS_PER_PAGE,
    CoverageCell,
    CoverageTable,
    list_shade_ranges,
)
from query_ui.site.record_cards import CONCEPT

MAX_COLUMNS, MIN_COLUMNS = 12, 6
MAX_CELLS = 720
"""Cells on one page, which keep it small: with many rows it has fewer columns."""


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A row of the map: ``is_group`` says that narrower rows follow at the top of the tree."""

    value: str
    link: Link
    depth: int
    is_group: bool
    total: CoverageCell
    cells: Sequence[CoverageCell]


@dataclass(frozen=True, slots=True)
class CoverageMap:
    """One page of a coverage table with the names of its rows and columns."""

    rows: Sequence[CoverageRow]
    columns: Sequence[tuple[Link, CoverageCell]]
    shades: Sequence[tuple[int, str]]


def load_labels(graph: GraphContext, grid: CoverageTable) -> EntityLabels:
    """Return the labels of all rows, columns and evidence levels."""
    labels = EntityLabels(graph)
    values = [*(value for _, value in grid.visible_row_values), *grid.column_values]
    levels = [f"{CONCEPT}evidence-levels/{level}" for level in EVIDENCE_LEVELS]
    labels.load([value for value in (*values, *levels) if ":" in value])
    return labels


def link_value(labels: EntityLabels, value: str) -> Link:
    """Return the link to the page of a row or column; a year has none."""
    return labels.build_page_link(value) if ":" in value else Link(value)


def build_map(grid: CoverageTable, labels: EntityLabels, down: int, across: int) -> CoverageMap:
    """Return one page of a table, by its numbers from 1 down and across."""
    all_rows = grid.visible_row_values
    depths = [depth for depth, _ in all_rows] + [0]
    first = (down - 1) * ROWS_PER_PAGE
    rows = all_rows[first : first + ROWS_PER_PAGE]
    width = count_columns(grid)
    columns = grid.column_values[(across - 1) * width : across * width]
    values = [value for _, value in rows]
    is_group = [
        depth == 0 and depths[first + place + 1] > 0 for place, (depth, _) in enumerate(rows)
    ]
    plain = [value for value, group in zip(values, is_group, strict=True) if not group]
    highest = grid.find_highest_count(plain or values, columns)
    cells = grid.build_cells(values, columns, highest)
    return CoverageMap(
        [
            CoverageRow(value, link_value(labels, value), depth, group, total, row_cells)
            for (depth, value), group, total, row_cells in zip(
                rows, is_group, grid.build_row_totals(values), cells, strict=True
            )
        ],
        [
            (link_value(labels, value), total)
            for value, total in zip(columns, grid.build_column_totals(columns), strict=True)
        ],
        list_shade_ranges(highest),
    )


def count_columns(grid: CoverageTable) -> int:
    """Return how many columns one page has."""
    rows = min(ROWS_PER_PAGE, len(grid.visible_row_values))
    return max(MIN_COLUMNS, min(MAX_COLUMNS, MAX_CELLS // max(1, rows)))
