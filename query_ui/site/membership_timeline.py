"""Memberships with their dates, laid out as an SVG timeline and listed in a table."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, get_cell_text
from query_ui.graph.urls import Link
from query_ui.site.linked_rows import CKG, has_property, select_linked_rows
from query_ui.site.lists.list_items import collect_column_iris

ORG = "http://www.w3.org/ns/org#"
PARTY_PROPERTIES = (f"{ORG}organization", f"{ORG}member", f"{CKG}organisation", f"{CKG}initiative")
"""The properties by which a membership or a part names its two parties."""
DRAWING_WIDTH, YEARS_LEFT, ROW_HEIGHT = 720, 250, 26
"""SVG user units: width of the drawing, left edge of the years, height of a row."""
MAX_BAR_LABEL_LENGTH = 34
"""Characters of a label that fit to the left of the years."""
_YEAR_PATTERN = re.compile(r"-?\d{4}")


@dataclass(frozen=True, slots=True)
class Membership:
    """One membership or part; dates are ISO 8601 as precise as the source has them, or ""."""

    link: Link
    other: Link
    role: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """One bar of the drawing, in SVG user units; ``is_open_ended`` if no end is known."""

    y: int
    x: float
    width: float
    is_open_ended: bool
    membership: Membership

    @property
    def label(self) -> str:
        """Return the label, shortened with an ellipsis where necessary."""
        name = self.membership.other.text
        return name if len(name) <= MAX_BAR_LABEL_LENGTH else f"{name[: MAX_BAR_LABEL_LENGTH - 1]}…"


@dataclass(frozen=True, slots=True)
class MembershipTimeline:
    """All memberships, bars for those with a start, and the years of the axis with their x."""

    memberships: Sequence[Membership]
    bars: Sequence[TimelineBar]
    years: Sequence[tuple[int, float]]
    width: int = DRAWING_WIDTH

    @property
    def height(self) -> int:
        """Return the height of the drawing in SVG user units."""
        return len(self.bars) * ROW_HEIGHT + 34


def build_membership_timeline(graph: GraphContext, iri: str) -> MembershipTimeline:
    """Return the timeline of an organisation, a consortium or an initiative."""
    rows = []
    if has_property(graph, iri, f"{ORG}organization", f"{ORG}member", f"{CKG}initiative"):
        rows = select_linked_rows(graph, "time-line", iri, incoming=PARTY_PROPERTIES)
    names = EntityLabels(graph)
    names.load([*collect_column_iris(rows, "other"), *collect_column_iris(rows, "link")])
    found = [
        Membership(
            names.build_page_link(get_cell_text(row, "link")),
            names.build_page_link(get_cell_text(row, "other")),
            get_cell_text(row, "role"),
            get_cell_text(row, "from"),
            get_cell_text(row, "until"),
        )
        for row in rows
    ]
    return lay_out_timeline(found, datetime.now(UTC).year)


def lay_out_timeline(memberships: Sequence[Membership], current_year: int) -> MembershipTimeline:
    """Return the timeline from the first known year to the year after ``current_year``."""
    dated = [m for m in memberships if parse_year(m.start) is not None]
    starts = [parse_year(m.start) or current_year for m in dated]
    first, last = (
        min(starts, default=current_year),
        max([current_year, *(parse_year(m.end) or current_year for m in dated)]) + 1,
    )

    def at(when: int) -> float:
        return round(
            YEARS_LEFT + (DRAWING_WIDTH - YEARS_LEFT - 10) * (when - first) / (last - first), 1
        )

    bars = [lay_out_bar(number, m, at, last) for number, m in enumerate(dated)]
    step = max(1, (last - first) // 6)
    years = [(when, at(when)) for when in range(first, last, step)] if dated else []
    return MembershipTimeline(memberships, bars, years)


def lay_out_bar(
    row: int, membership: Membership, to_x: Callable[[int], float], last_year: int
) -> TimelineBar:
    """Return the bar of one membership, to the end of its last year or to the right edge."""
    start, end = parse_year(membership.start) or last_year, parse_year(membership.end)
    # A year of an end date counts in full, hence the year after it as the right edge.
    left, right = to_x(start), to_x(last_year if end is None else min(end + 1, last_year))
    return TimelineBar(
        row * ROW_HEIGHT + 6, left, max(3.0, round(right - left, 1)), end is None, membership
    )


def parse_year(date: str) -> int | None:
    """Parse the year of a date of any precision; return None where there is none."""
    found = _YEAR_PATTERN.match(date)
    return int(found[0]) if found else None
