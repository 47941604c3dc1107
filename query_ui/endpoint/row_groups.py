"""Groups of the rows of a result that have the same first cell, as the page of a query shows them.

https://html.spec.whatwg.org/multipage/tables.html#attr-th-scope
"""

from collections.abc import Sequence
from dataclasses import dataclass

from query_ui.endpoint.result_view import ResultColumn, Row
from query_ui.graph.urls import Link

MAX_SHARE = 0.8
"""Groups per row above which groups would save little."""


@dataclass(frozen=True, slots=True)
class RowGroups:
    """Rows by their first cell.

    Where the rows of each group differ in one column alone, and only by links to pages of this
    site, ``listed`` is the place of that column, and a group is one row with a list of links. Else
    it is None.
    """

    groups: tuple[tuple[Row, ...], ...]
    listed: int | None = None


def group_rows(columns: Sequence[ResultColumn], rows: Sequence[Row]) -> RowGroups | None:
    """Group rows by the first column shown; the order is that of the first row of each group.

    None where groups would save little: most rows have a first cell of their own, or all the same.
    """
    if len(columns) < 2:
        return None
    found: dict[object, list[Row]] = {}
    for row in rows:
        found.setdefault(row[columns[0].place], []).append(row)
    if not 2 <= len(found) <= MAX_SHARE * len(rows) or None in found:
        return None
    groups = tuple(tuple(group) for group in found.values())
    others = [column.place for column in columns if not is_shared(groups, column.place)]
    is_list = len(others) == 1 and all(is_site_link(row[others[0]]) for row in rows)
    return RowGroups(groups, others[0] if is_list else None)


def is_shared(groups: Sequence[Sequence[Row]], place: int) -> bool:
    """Return whether all rows of each group have the same cell."""
    return all(row[place] == group[0][place] for group in groups for row in group)


def is_site_link(cell: object) -> bool:
    """Return whether a cell is a link to a page of this site, with nothing else to say."""
    link = getattr(cell, "link", None)
    return isinstance(link, Link) and bool(link.href) and not link.outside and not link.badge
