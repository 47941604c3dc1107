"""Who belonged to what and when, drawn on a time line and told in a table."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from query_ui.graph.entity_labels import Names
from query_ui.graph.page_queries import Site, string
from query_ui.graph.urls import Link
from query_ui.site.lists.list_items import subjects

WIDTH, LEFT, ROW = 720, 250, 26
"""Units of the drawing: its width, where the years begin, the height of a line."""
LABEL = 34
"""Characters of a name that fit to the left of the years."""
_YEAR = re.compile(r"-?\d{4}")


@dataclass(frozen=True, slots=True)
class Membership:
    """One membership or part; the dates are as exact as the source has them, or ""."""

    link: Link
    other: Link
    role: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the drawing; ``open`` where no end is known."""

    y: int
    x: float
    width: float
    open: bool
    membership: Membership

    @property
    def label(self) -> str:
        """The name as it fits."""
        name = self.membership.other.text
        return name if len(name) <= LABEL else f"{name[: LABEL - 1]}…"


@dataclass(frozen=True, slots=True)
class TimeLine:
    """Memberships, the bars of those with a beginning, and the years under them."""

    memberships: Sequence[Membership]
    bars: Sequence[Bar]
    years: Sequence[tuple[int, float]]
    width: int = WIDTH

    @property
    def height(self) -> int:
        """The height of the drawing."""
        return len(self.bars) * ROW + 34


def memberships(shared: Site, iri: str) -> TimeLine:
    """The time line of an organisation, a consortium or an initiative."""
    rows = shared.rows("time-line", thing=iri)
    names = Names(shared)
    names.learn([*subjects(rows, "other"), *subjects(rows, "link")])
    found = [
        Membership(
            names.page_link(string(row, "link")),
            names.page_link(string(row, "other")),
            string(row, "role"),
            string(row, "from"),
            string(row, "until"),
        )
        for row in rows
    ]
    return time_line(found, datetime.now(UTC).year)


def time_line(found: Sequence[Membership], now: int) -> TimeLine:
    """Memberships drawn from the first year that is known to the one after ``now``."""
    dated = [m for m in found if year(m.start) is not None]
    starts = [year(m.start) or now for m in dated]
    first, last = min(starts, default=now), max([now, *(year(m.end) or now for m in dated)]) + 1

    def at(when: int) -> float:
        return round(LEFT + (WIDTH - LEFT - 10) * (when - first) / (last - first), 1)

    bars = [bar(number, m, at, last) for number, m in enumerate(dated)]
    step = max(1, (last - first) // 6)
    years = [(when, at(when)) for when in range(first, last, step)] if dated else []
    return TimeLine(found, bars, years)


def bar(number: int, membership: Membership, at: Callable[[int], float], last: int) -> Bar:
    """The bar of one membership: to the end of its last year, or on to the edge."""
    start, end = year(membership.start) or last, year(membership.end)
    left, right = at(start), at(last if end is None else min(end + 1, last))
    return Bar(number * ROW + 6, left, max(3.0, round(right - left, 1)), end is None, membership)


def year(date: str) -> int | None:
    """The year of a date, however exact; None where there is none."""
    found = _YEAR.match(date)
    return int(found[0]) if found else None
