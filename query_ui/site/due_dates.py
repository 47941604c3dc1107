"""Routes of due dates, as page, calendar and feed: what falls due, for whom and by which rule."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from loader.errors import BadValue, UsageError
from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, current_graph, get_cell_text
from query_ui.graph.urls import Link
from query_ui.http.negotiation import HTML_MEDIA_TYPE
from query_ui.http.release_address import get_today, write_address
from query_ui.http.request_input import parse_whole_number
from query_ui.site.due_feeds import (
    CALENDAR_MEDIA_TYPE,
    FEED_MEDIA_TYPE,
    build_calendar,
    build_entries,
)
from query_ui.site.institutions.choice import Chosen, Unknown, resolve_institutions
from query_ui.site.institutions.group_comparison import Group, choose_group, load_groups
from query_ui.site.institutions.register_events import (
    DueDate,
    build_due_date,
    find_next_date,
    parse_last_day,
)
from query_ui.site.navigation import list_institution_tabs

REGISTER = f"{BASE}id/register/"
ROWS_SHOWN = 40
FIELDS = ("organisation", "group", "register", "from", "to", "page")
MAX_ENTRIES = 500
"""Dates in a calendar or a feed; more are refused, since a cut calendar would look complete."""

blueprint = Blueprint("due_dates", __name__)


@dataclass(frozen=True, slots=True)
class DueFilter:
    """What a request for due dates asks: an institution, a register and a period of days."""

    institution: Chosen | None
    unknown: Unknown | None
    register: str
    start: date
    end: date | None
    group: Group | None = None
    members: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """Return what the dates are, in words."""
        parts = [one.link.text for one in (self.institution, self.group) if one]
        return f"Due dates: {', '.join(parts)}" if parts else "Due dates of registers"

    def concerns(self, due: DueDate) -> bool:
        """Return whether what is due is for the institution, or for a member of the group."""
        iri = due.institution.iri
        if self.institution and iri not in ("", self.institution.link.iri):
            return False
        return not (self.group and iri and iri not in self.members)

    def accepts(self, due: DueDate) -> bool:
        """Return whether a due date is of the institution and falls in the period.

        Nothing is of an institution that nobody knows.
        """
        if self.unknown:
            return False
        if not self.concerns(due):
            return False
        is_early_enough = self.end is None or due.first <= self.end.isoformat()
        return parse_last_day(due.last) >= self.start and is_early_enough


@blueprint.get("/due")
def page() -> Response:
    """List what falls due, with no later event on record, by institution, register and period."""
    graph = current_graph()
    registers = load_registers(graph)
    due_filter = parse_filter(graph, registers)
    page_number = parse_whole_number("page", request.args.get("page", "1"))
    open_dates, wanted = list_open_dates(graph, registers, due_filter)
    begin = (page_number - 1) * ROWS_SHOWN
    text = render_template(
        "due.html",
        due_filter=due_filter,
        registers=[(one, one.iri.removeprefix(REGISTER)) for one in registers],
        tabs=list_institution_tabs(),
        first=begin + 1,
        due_dates=open_dates[begin : begin + ROWS_SHOWN],
        earlier=build_page_address(page_number - 1) if page_number > 1 else "",
        later=build_page_address(page_number + 1) if len(open_dates) > begin + ROWS_SHOWN else "",
        query=graph.named_query_path("due-dates", register=wanted),
        groups=load_groups(graph),
        not_known=list_unknown_dates(graph, wanted, due_filter),
        not_known_query=graph.named_query_path("due-not-known", register=wanted),
        calendar=f"/due.ics{build_query_string()}",
        feed=f"/due.atom{build_query_string()}",
    )
    return Response(text, mimetype=HTML_MEDIA_TYPE)


@blueprint.get("/due.ics")
def calendar() -> Response:
    """Return the due dates of the same filters as a calendar; raise UsageError for too many."""
    due_filter, dates, unknown = select_feed()
    issued = get_issued_day(current_graph())
    text = build_calendar(dates, len(unknown), due_filter.title, write_address, issued)
    named = {"Content-Disposition": 'inline; filename="due.ics"'}
    return Response(text, mimetype=CALENDAR_MEDIA_TYPE, headers=named)


@blueprint.get("/due.atom")
def feed() -> Response:
    """Return the due dates of the same filters as a feed, those that are not known included."""
    due_filter, dates, unknown = select_feed()
    text = render_template(
        "due.atom.xml",
        title=due_filter.title,
        address=write_address(f"/due{build_query_string()}"),
        feed=write_address(f"/due.atom{build_query_string()}"),
        updated=f"{get_issued_day(current_graph()) or '1970-01-01'}T00:00:00Z",
        entries=build_entries([*dates, *unknown], write_address),
    )
    return Response(text, mimetype=FEED_MEDIA_TYPE)


def select_feed() -> tuple[DueFilter, list[DueDate], list[DueDate]]:
    """Return the filter of the request with the dates, and what has none.

    Raise UsageError for an institution that is not known, and for more than ``MAX_ENTRIES``.
    """
    graph = current_graph()
    registers = load_registers(graph)
    due_filter = parse_filter(graph, registers)
    if due_filter.unknown:
        raise BadValue(f"No institution is called “{due_filter.unknown.text}”.")
    dates, wanted = list_open_dates(graph, registers, due_filter)
    unknown = list_unknown_dates(graph, wanted, due_filter)
    if len(dates) + len(unknown) > MAX_ENTRIES:
        raise UsageError(
            f"These are {len(dates) + len(unknown)} dates, and a calendar or feed has at most "
            f"{MAX_ENTRIES}: choose an institution, a group, a register or a period."
        )
    return due_filter, dates, unknown


def list_open_dates(
    graph: GraphContext, registers: Sequence[Link], due_filter: DueFilter
) -> tuple[list[DueDate], list[str]]:
    """Return what is due with no later event on record, and the registers that were read.

    What falls due again and again is listed at its next time, and in a period with an end each
    time.
    """
    wanted = [due_filter.register] if due_filter.register else [one.iri for one in registers]
    found = [
        one
        for due in load_due_dates(graph, wanted)
        for one in due.list_times(due_filter.start, due_filter.end)
    ]
    found.sort(key=sort_by_date)
    return [due for due in found if due_filter.accepts(due) and not due.later], wanted


def list_unknown_dates(
    graph: GraphContext, registers: Sequence[str], due_filter: DueFilter
) -> list[DueDate]:
    """Return what rules make due after events that have no date."""
    if due_filter.unknown or not registers:
        return []
    rows = graph.select_rows("due-not-known", register=registers)
    labels = EntityLabels(graph)
    labels.load(get_cell_text(row, "organisation") for row in rows)
    found = [build_due_date(labels, row, "") for row in rows]
    return [due for due in found if due_filter.concerns(due)]


def get_issued_day(graph: GraphContext) -> str:
    """Return the day of the data as YYYY-MM-DD, or "" where none is stated."""
    rows = graph.select_rows("dataset-version")
    return next((get_cell_text(row, "issued")[:10] for row in rows), "")


def load_registers(graph: GraphContext) -> list[Link]:
    """Return the registers that have rules, by title."""
    labels = EntityLabels(graph)
    rows = graph.select_rows("registers-with-rules")
    return [
        replace(
            labels.build_page_link(get_cell_text(row, "register")), text=get_cell_text(row, "name")
        )
        for row in rows
    ]


def parse_filter(graph: GraphContext, registers: Sequence[Link]) -> DueFilter:
    """Parse the request; raise UsageError for an unknown field, BadValue for an unknown value."""
    for name in request.args:
        if name not in FIELDS and not name.startswith("utm_"):
            raise UsageError(f"“{name}” is no filter of due dates. Filters: {', '.join(FIELDS)}.")
    slug = request.args.get("register", "")
    if slug and f"{REGISTER}{slug}" not in [one.iri for one in registers]:
        known = ", ".join(one.iri.removeprefix(REGISTER) for one in registers)
        raise BadValue(
            f"There is no register “{slug}” with rules. Registers are: {known or 'none'}."
        )
    group, members = parse_group(graph)
    chosen, unknown = resolve_institutions(graph, [request.args.get("organisation", "")])
    return DueFilter(
        chosen[0] if chosen else None,
        unknown[0] if unknown else None,
        f"{REGISTER}{slug}" if slug else "",
        parse_day("from") or get_today(),
        parse_day("to"),
        group,
        members,
    )


def parse_group(graph: GraphContext) -> tuple[Group | None, frozenset[str]]:
    """Return the group of the request with its members today; raise UsageError for an unknown."""
    slug = request.args.get("group", "")
    if not slug:
        return None, frozenset()
    group = choose_group(load_groups(graph), (), slug)
    assert group is not None, "a group that is requested is found or refused"
    rows = graph.select_rows("members-of", group=group.link.iri)
    return group, frozenset(get_cell_text(row, "member") for row in rows)


def parse_day(field: str) -> date | None:
    """Return the day in a field of the request, None without one; raise BadValue for no day."""
    text = request.args.get(field, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadValue(f"{field} is “{text}”; write a day such as 2028-01-31.") from None


def load_due_dates(graph: GraphContext, registers: Sequence[str]) -> list[DueDate]:
    """Return what falls due in registers the first time, also on one day for all."""
    dates: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in graph.select_rows("event-dates", register=registers):
        key = get_cell_text(row, "organisation"), get_cell_text(row, "register")
        dates[key].append(get_cell_text(row, "date"))
    rows = graph.select_rows("due-dates", register=registers)
    labels = EntityLabels(graph)
    labels.load(get_cell_text(row, "organisation") for row in rows)
    found = [
        build_due_date(
            labels,
            row,
            find_next_date(
                dates[get_cell_text(row, "organisation"), get_cell_text(row, "register")],
                get_cell_text(row, "eventDate"),
            ),
        )
        for row in rows
    ]
    found += [
        build_due_date(labels, row, "")
        for row in graph.select_rows_once("due-for-all")
        if get_cell_text(row, "register") in registers
    ]
    return found


def sort_by_date(due: DueDate) -> tuple[str, str, str]:
    """Return the key that sorts by date, institution and what is due."""
    return due.first, due.institution.text, due.due


def build_page_address(page_number: int) -> str:
    """Return the address of another page of due dates with the same filters."""
    fields = [(name, request.args[name]) for name in FIELDS[:-1] if request.args.get(name)]
    return f"/due?{urlencode([*fields, ('page', page_number)])}"


def build_query_string() -> str:
    """Return the filters of the request as a query string with its question mark, or ""."""
    fields = [(name, request.args[name]) for name in FIELDS[:-1] if request.args.get(name)]
    return f"?{urlencode(fields)}" if fields else ""
