"""The route of due dates: what falls due for which institution, by which rule of a register."""

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
from query_ui.http.request_input import parse_whole_number
from query_ui.site.institutions.choice import Chosen, Unknown, resolve_institutions
from query_ui.site.institutions.profile import get_today
from query_ui.site.institutions.register_events import (
    DueDate,
    build_due_date,
    find_next_date,
    parse_last_day,
)
from query_ui.site.navigation import list_institution_tabs

REGISTER = f"{BASE}id/register/"
ROWS_SHOWN = 40
FIELDS = ("organisation", "register", "from", "to", "page")

blueprint = Blueprint("due_dates", __name__)


@dataclass(frozen=True, slots=True)
class DueFilter:
    """What a request for due dates asks: an institution, a register and a period of days."""

    institution: Chosen | None
    unknown: Unknown | None
    register: str
    start: date
    end: date | None

    def accepts(self, due: DueDate) -> bool:
        """Return whether a due date is of the institution and falls in the period.

        Nothing is of an institution that nobody knows.
        """
        if self.unknown:
            return False
        if self.institution and due.institution.iri not in ("", self.institution.link.iri):
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
    wanted = [due_filter.register] if due_filter.register else [one.iri for one in registers]
    found = [due for due in load_due_dates(graph, wanted) if due_filter.accepts(due)]
    open_dates = [due for due in found if not due.later]
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
    )
    return Response(text, mimetype=HTML_MEDIA_TYPE)


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
    chosen, unknown = resolve_institutions(graph, [request.args.get("organisation", "")])
    return DueFilter(
        chosen[0] if chosen else None,
        unknown[0] if unknown else None,
        f"{REGISTER}{slug}" if slug else "",
        parse_day("from") or get_today(),
        parse_day("to"),
    )


def parse_day(field: str) -> date | None:
    """Return the day in a field of the request, None without one; raise BadValue for no day."""
    text = request.args.get(field, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadValue(f"{field} is “{text}”; write a day such as 2028-01-31.") from None


def load_due_dates(graph: GraphContext, registers: Sequence[str]) -> list[DueDate]:
    """Return what falls due in registers in the order of dates, also on one day for all."""
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
    return sorted(found, key=lambda due: (due.first, due.institution.text, due.due))


def build_page_address(page_number: int) -> str:
    """Return the address of another page of due dates with the same filters."""
    fields = [(name, request.args[name]) for name in FIELDS[:-1] if request.args.get(name)]
    return f"/due?{urlencode([*fields, ('page', page_number)])}"
