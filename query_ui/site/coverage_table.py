"""One facet of a list against another, as a grid whose every number leads to its query."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log
from urllib.parse import quote_plus

import numpy as np
from numpy.typing import NDArray

from query_ui.graph.facet_filter import Selection
from query_ui.graph.facets import Facet
from query_ui.graph.page_queries import Site
from query_ui.graph.search_index import Index
from query_ui.graph.search_index.concept_tree import tops, unfolded, walked
from query_ui.graph.search_index.cross_tab import crossed
from query_ui.graph.search_index.entity_filter import chosen
from query_ui.graph.search_index.index_reader import Mask
from query_ui.graph.urls import Number, query_path
from query_ui.site.lists.list_definitions import Shelf
from query_ui.site.lists.list_request import Asked

HIGH = 45
"""So many rows stand on one page; a scheme of no more concepts is shown as a whole tree."""
ROW, COLUMN, YEAR = "urn:row", "urn:column", "999999999"
"""Stand in a query for each value in turn, so that it is put together only once."""
SHADES = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """A number with its query, the address of the list that it counts, and its shade from 0."""

    number: Number
    address: str
    shade: int


@dataclass(frozen=True, slots=True)
class Axis:
    """One side of a grid: a facet, and of concepts the one that the rows are kept below, or ""."""

    facet: Facet
    below: str = ""


class Grid:
    """Things of a list by the values of two facets; ``page`` and ``across`` count from 1."""

    def __init__(self, shared: Site, index: Index, shelf: Shelf, rows: Axis, columns: Axis) -> None:
        self.shared, self.index, self.shelf = shared, index, shelf
        self.rows, self.columns = rows, columns
        self.mask: Mask = chosen(index, shelf.everything)

    @cached_property
    def row_values(self) -> list[tuple[int, str]]:
        """The values of the rows with their depths in the tree."""
        facet, below = self.rows.facet, self.rows.below
        if facet.level == "below":
            inside = list(walked(self.index, tops(self.index, facet.scheme)))
            return [(0, value) for depth, value in inside if depth]
        if facet.level == "top":
            return [(0, value) for value in tops(self.index, facet.scheme)]
        return unfolded(self.index, facet.scheme, below, HIGH)

    @cached_property
    def every_row(self) -> list[tuple[int, str]]:
        """All the values that rows could have, however many."""
        facet = self.rows.facet
        if facet.level:
            return self.row_values
        return list(walked(self.index, tops(self.index, facet.scheme)))

    @cached_property
    def column_values(self) -> list[str]:
        """The values that any thing has, those first that most have."""
        facet = self.columns.facet
        column = self.index.facet(facet.query)
        counts = column.counts(self.mask)
        inside = set(self.index.members.get(facet.scheme, ())) if facet.scheme else column.places
        found = [
            (-int(n), name, v)
            for n, name, v in zip(counts, column.names, column.values, strict=True)
            if v in inside
        ]
        if facet.name == "year":
            return sorted((value for count, _, value in found if count), reverse=True)
        return [value for count, _, value in sorted(found) if count]

    def counts(self, rows: Sequence[str], columns: Sequence[str]) -> NDArray[np.int64]:
        """How many things have each row's value and each column's."""
        sides = (self.rows.facet.query, rows), (self.columns.facet.query, columns)
        return crossed(self.index, self.mask, *sides)

    def cells(self, rows: Sequence[str], columns: Sequence[str]) -> Iterator[list[Cell]]:
        """The cells, row by row."""
        counts = self.counts(rows, columns)
        highest = int(counts.max(initial=1))
        make = self.maker(self.selection(ROW, self.stand_in))
        for value, numbers in zip(rows, counts.tolist(), strict=True):
            yield [
                make(number, shade(number, highest), value, column)
                for column, number in zip(columns, numbers, strict=True)
            ]

    def row_totals(self, rows: Sequence[str]) -> list[Cell]:
        """How many things have each row's value."""
        column = self.index.facet(self.rows.facet.query)
        make = self.maker(self.shelf.everything.adding(self.rows.facet.name, ROW))
        return [make(int(self.mask[column.having(value)].sum()), 0, value) for value in rows]

    def column_totals(self, columns: Sequence[str]) -> list[Cell]:
        """How many things have each column's value."""
        column = self.index.facet(self.columns.facet.query)
        make = self.maker(self.shelf.everything.adding(self.columns.facet.name, self.stand_in))
        return [make(int(self.mask[column.having(v)].sum()), 0, "", v) for v in columns]

    def selection(self, row: str, column: str) -> Selection:
        """The things of one cell, which have both values."""
        chosen_row = self.shelf.everything.adding(self.rows.facet.name, row)
        both = chosen_row.adding(self.columns.facet.name, column)
        return both.matching(self.rows.facet.name, True)

    @property
    def stand_in(self) -> str:
        """What stands in the query for the value of a column."""
        return YEAR if self.columns.facet.name == "year" else COLUMN

    def maker(self, selection: Selection) -> "Maker":
        """Makes the cells of a selection in which values are left open."""
        query = query_path(self.shared.selected("count-of-class", selection))
        address = Asked(self.shelf, selection).address()
        return Maker(query, address, self.rows.facet, self.columns.facet, self.stand_in)


@dataclass(frozen=True, slots=True)
class Maker:
    """Fills the values of a row and a column into a query and the address of a list."""

    query: str
    address: str
    rows: Facet
    columns: Facet
    stand_in: str

    def __call__(self, number: int, shade: int, row: str = "", column: str = "") -> Cell:
        query = self.query.replace(quote_plus(ROW), quote_plus(row))
        query = query.replace(quote_plus(self.stand_in), quote_plus(column))
        address = self.address.replace(quote_plus(ROW), quote_plus(self.rows.key(row)))
        address = address.replace(quote_plus(self.stand_in), quote_plus(self.columns.key(column)))
        return Cell(Number(number, query), address, shade)


def shade(number: int, highest: int) -> int:
    """How dark a cell is, from 0 for none to 5 for the most; even steps of the logarithm."""
    if not number:
        return 0
    return 1 + round((SHADES - 1) * log(number) / log(highest)) if highest > 1 else SHADES
