"""What registers record of an institution, and what falls due by which rule."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, PageRow, get_cell_text
from query_ui.graph.urls import Link
from query_ui.site.record_cards import format_date

WITHDRAWN = f"{BASE}concept/event-kinds/withdrawn"
REVIEWED = f"{BASE}concept/event-kinds/reviewed"
MAX_TIMES = 100
"""The most times that something which falls due again is listed."""


@dataclass(frozen=True, slots=True)
class RegisterEvent:
    """One event of a register; ``date`` is as precise as the source has it, or ""."""

    link: Link
    register: Link
    kind: str
    event: str
    step: str
    date: str
    source: Link
    note: str
    is_low_trust: bool

    @property
    def words(self) -> str:
        """Return event and step in words, such as "Gained: bronze"."""
        return f"{self.event}: {self.step}" if self.step else self.event

    @property
    def when(self) -> str:
        """Return the date in words, or "no date given"."""
        return format_date(self.date) or "no date given"

    @property
    def is_outcome_unknown(self) -> bool:
        """Return whether the event is an application or a review, whose outcome comes later."""
        return self.kind == REVIEWED


@dataclass(frozen=True, slots=True)
class DueDate:
    """What a rule makes due, with the event it counts from; all institutions have no event.

    ``first`` and ``last`` are the span in which it is due, dates of XSD of any precision. It falls
    due again ``every`` so many years until a later event is on record, or once where this is 0.
    """

    institution: Link
    register: Link
    rule: Link
    due: str
    event: str
    event_date: str
    event_iri: str
    first: str
    last: str
    source: Link
    note: str
    later: str
    every: int = 0

    @property
    def when(self) -> str:
        """Return when it is due in words, as precise as the date that it counts from."""
        length = len(self.event_date) or len(self.first)
        first, last = format_date(self.first[:length]), format_date(self.last[:length])
        return first if first == last else f"{first} to {last}"

    @property
    def reason(self) -> str:
        """Return in words what the date is counted from."""
        if not self.event_date:
            return "one date for all"
        since = f"{self.event.lower()} {format_date(self.event_date)}"
        again = {0: "", 1: ", each year"}.get(self.every, f", every {self.every} years")
        return f"{since}{again}"

    def list_times(self, start: date, end: date | None = None) -> list["DueDate"]:
        """Return the next time that it is due on ``start`` or later, and all until an ``end``.

        What falls due once, or has a later event on record, is returned as it is. What falls due
        again is listed ``MAX_TIMES`` times at most, as in ``sparql/queries/due-in-period.rq``.
        """
        if not self.every or self.later:
            return [self]
        last_years = date.max.year - parse_last_day(self.last).year
        times = [
            moved
            for years in range(0, min(MAX_TIMES * self.every, last_years + 1), self.every)
            if parse_last_day((moved := self.add_years(years)).last) >= start
        ]
        if end is None:
            return times[:1]
        return [one for one in times if one.first <= end.isoformat()]

    def add_years(self, years: int) -> "DueDate":
        """Return the same duty some years later."""
        return replace(self, first=add_years(self.first, years), last=add_years(self.last, years))


def load_register_events(
    graph: GraphContext, labels: EntityLabels, iri: str
) -> list[RegisterEvent]:
    """Return the register events of an institution by register and date, undated ones first."""
    rows = graph.select_rows("register-events-of", thing=iri) if may_have_events(graph, iri) else []
    labels.load(get_cell_text(row, "record") for row in rows)
    return [
        RegisterEvent(
            labels.build_page_link(get_cell_text(row, "record")),
            build_register_link(labels, row),
            get_cell_text(row, "kind"),
            get_cell_text(row, "event"),
            get_cell_text(row, "step"),
            get_cell_text(row, "date"),
            build_source_link(row),
            get_cell_text(row, "note"),
            get_cell_text(row, "low") == "true",
        )
        for row in rows
    ]


def may_have_events(graph: GraphContext, iri: str) -> bool:
    """Return whether the index has a register event of an institution; True without an index."""
    index = graph.index
    if index is None:
        return True
    own = index.facet("organisation").find_entities(iri)
    return bool(index.select_kinds("register-event")[own].any())


def load_due_dates(
    graph: GraphContext, labels: EntityLabels, iri: str, events: Sequence[RegisterEvent]
) -> list[DueDate]:
    """Return what falls due for an institution after its events, and on one day for all.

    ``later`` of each is the date of the next event in the same register, or "".
    """
    rows = graph.select_rows("due-dates-of", thing=iri) if events else []
    rows = [*rows, *graph.select_rows_once("due-for-all")]
    return [build_due_date(labels, row, find_later_date(events, row)) for row in rows]


def find_later_date(events: Iterable[RegisterEvent], row: PageRow) -> str:
    """Return the first date after the event of a row, of the events in its register, or ""."""
    register = get_cell_text(row, "register")
    dates = [event.date for event in events if event.register.iri == register]
    return find_next_date(dates, get_cell_text(row, "eventDate"))


def find_next_date(dates: Iterable[str], begin: str) -> str:
    """Return the first date after ``begin``, or "" where there is none or ``begin`` is ""."""
    return min((found for found in dates if begin and found > begin), default="")


def build_due_date(labels: EntityLabels, row: PageRow, later: str) -> DueDate:
    """Return one due date from a row of the queries ``due-dates-of`` and ``due-for-all``."""
    institution = get_cell_text(row, "organisation")
    first = get_cell_text(row, "dueFrom")
    return DueDate(
        labels.build_page_link(institution) if institution else Link(""),
        build_register_link(labels, row),
        labels.build_page_link(get_cell_text(row, "rule")),
        get_cell_text(row, "due"),
        get_cell_text(row, "event"),
        get_cell_text(row, "eventDate"),
        get_cell_text(row, "record"),
        first,
        get_cell_text(row, "dueUntil", first),
        build_source_link(row),
        get_cell_text(row, "note"),
        later,
        int(get_cell_text(row, "every", "0")),
    )


def build_register_link(labels: EntityLabels, row: PageRow) -> Link:
    """Return the link to the register of a row, which has its name."""
    link = labels.build_page_link(get_cell_text(row, "register"))
    return Link(get_cell_text(row, "registerName"), link.href, link.iri)


def build_source_link(row: PageRow) -> Link:
    """Return the link to the web page that a row was read from, or a link without target."""
    address = get_cell_text(row, "source")
    return Link("source", address, address, outside=True) if address else Link("")


def select_upcoming(due_dates: Iterable[DueDate], today: date) -> list[DueDate]:
    """Return what is due today or later and not answered by a later event, in order of dates."""
    times = [one for due in due_dates for one in due.list_times(today)]
    found = [d for d in times if not d.later and parse_last_day(d.last) >= today]
    return sorted(found, key=lambda d: (d.first, d.register.text, d.due))


def select_overdue(due_dates: Iterable[DueDate], today: date) -> list[DueDate]:
    """Return what was due for an institution before today, with no later event on record.

    What falls due again is here with its first time, and among what is to come with its next.
    """
    found = [d for d in due_dates if d.event_iri and not d.later and parse_last_day(d.last) < today]
    return sorted(found, key=lambda d: (d.first, d.register.text, d.due))


def add_years(text: str, years: int) -> str:
    """Return a date of XSD some years later; 29 February becomes 28 in a year without it."""
    moved = f"{int(text[:4]) + years}{text[4:]}"
    year = int(moved[:4])
    return moved[:8] + "28" if moved[4:10] == "-02-29" and not calendar.isleap(year) else moved


def parse_last_day(text: str) -> date:
    """Return the last day of a year, a month or a day of XSD; ``date.max`` for other text."""
    try:
        year, month, day = (int(part) for part in [*text[:10].split("-"), "0", "0"][:3])
        month = month or 12
        return date(year, month, day or calendar.monthrange(year, month)[1])
    except ValueError:
        return date.max


def parse_position(text: str) -> float | None:
    """Return a date of any precision as years: 2024-07 as 2024.5, a year alone as its middle."""
    try:
        parts = [int(part) for part in text[:10].split("-")]
    except ValueError:
        return None
    if len(parts) == 1:
        return parts[0] + 0.5
    return parts[0] + (parts[1] - 1) / 12 + (parts[2] - 1 if len(parts) > 2 else 0) / 366
