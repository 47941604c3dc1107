"""The time line of registers: one lane each, laid out in percent of the width."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from query_ui.graph.urls import Link
from query_ui.site.institutions.register_events import (
    WITHDRAWN,
    DueDate,
    RegisterEvent,
    parse_position,
    select_overdue,
    select_upcoming,
)

MIN_LABEL_DISTANCE = 9.0
"""Percent of the width between two labels, so that they do not overlap on a phone."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of a lane: ``x`` in percent; ``label`` is "" where there is no room for one."""

    x: float
    label: str
    is_due: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """One register: marks, and the lines "run" (recorded) and "wait" (no later record)."""

    register: Link
    state: str
    text: str
    marks: tuple[Mark, ...]
    run: tuple[float, float] | None
    waits: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The lanes of an institution, the years of the axis, and today, all in percent."""

    lanes: tuple[Lane, ...]
    years: tuple[tuple[int, float], ...]
    now: float
    upcoming: tuple[DueDate, ...]
    overdue: tuple[DueDate, ...]


class Scale:
    """A scale from years to percent that shows all events and due dates, and today."""

    def __init__(self, positions: Sequence[float], today: float) -> None:
        self.first = int(min([*positions, today - 4])) - 0.3
        self.last = int(max([*positions, today])) + 1.6

    def place(self, position: float) -> float:
        """Return the percentage of a position in years."""
        return round(100 * (position - self.first) / (self.last - self.first), 2)

    def list_years(self) -> tuple[tuple[int, float], ...]:
        """Return five to eight years with their percentages."""
        step = max(1, round((self.last - self.first) / 5))
        years = range(int(self.first) + 1, int(self.last) + 1)
        return tuple((y, self.place(y)) for y in years if y % step == 0)


def build_timeline(
    events: Sequence[RegisterEvent], due_dates: Sequence[DueDate], today: date
) -> Timeline:
    """Return the time line of an institution on the day of the request."""
    upcoming, overdue = select_upcoming(due_dates, today), select_overdue(due_dates, today)
    now = parse_position(today.isoformat()) or 0.0
    dates = [*(e.date for e in events), *(d.first for d in upcoming if d.event_iri)]
    scale = Scale([p for text in dates if (p := parse_position(text)) is not None], now)
    lanes = [
        build_lane(
            list(found),
            [d for d in upcoming if d.register.iri == register.iri and d.event_iri],
            any(d.register.iri == register.iri for d in overdue),
            scale,
            now,
        )
        for register, found in groupby(events, key=lambda event: event.register)
    ]
    return Timeline(
        tuple(lanes), scale.list_years(), scale.place(now), tuple(upcoming), tuple(overdue)
    )


def build_lane(
    events: Sequence[RegisterEvent],
    upcoming: Sequence[DueDate],
    is_overdue: bool,
    scale: Scale,
    now: float,
) -> Lane:
    """Return the lane of one register from its events in order of dates."""
    dated = [(p, e) for e in events if (p := parse_position(e.date)) is not None]
    last = dated[-1][1] if dated else events[-1]
    is_waiting = is_overdue or last.is_outcome_unknown
    marks = [(p, e.date[:4], e is last and e.is_outcome_unknown) for p, e in dated]
    run, waits = None, []
    if dated:
        begin, end = dated[0][0], dated[-1][0]
        is_over = is_waiting or last.kind == WITHDRAWN
        run = (scale.place(begin), scale.place(end if is_over else now))
        if is_waiting:
            waits.append((scale.place(end), scale.place(now)))
    if upcoming and (due := parse_position(upcoming[0].first)) is not None:
        marks.append((due, f"due {upcoming[0].first[:4]}", True))
        waits.append((scale.place(now), scale.place(due)))
    told = [f"{e.words} {e.when}" for e in events]
    told += [f"{d.due} due {d.when}" for d in upcoming]
    return Lane(
        events[0].register,
        describe_state(last, is_overdue),
        "; ".join(told),
        place_marks(marks, scale),
        run,
        tuple(waits),
    )


def describe_state(last: RegisterEvent, is_overdue: bool) -> str:
    """Return the last event of a register in words, with what is not on record after it."""
    state = f"{last.words}, {last.when}"
    if last.is_outcome_unknown:
        return f"{state}; outcome not found"
    return f"{state}; no later record" if is_overdue else state


def place_marks(marks: Sequence[tuple[float, str, bool]], scale: Scale) -> tuple[Mark, ...]:
    """Return marks in percent, with the labels that have room, the latest first."""
    found: list[Mark] = []
    left_of_label = 200.0
    for position, label, is_due in reversed(marks):
        x = scale.place(position)
        has_room = left_of_label - x >= MIN_LABEL_DISTANCE
        found.append(Mark(x, label if has_room else "", is_due))
        left_of_label = x if has_room else left_of_label
    return tuple(reversed(found))
