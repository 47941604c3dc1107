"""What falls due as data: the browser chooses by institution, register and period.

Nothing here depends on the day on which an edition is written.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from query_ui.graph.page_queries import GraphContext, get_cell_text
from query_ui.graph.urls import Link
from query_ui.site.due_dates import (
    REGISTER,
    DueFilter,
    list_unknown_dates,
    load_due_dates,
    load_registers,
    sort_by_date,
)
from query_ui.site.institutions.choice import ORGANISATION
from query_ui.site.institutions.group_comparison import load_groups
from query_ui.site.institutions.register_events import MAX_TIMES, DueDate
from query_ui.static_edition.page_rewriting import FindFile
from query_ui.static_edition.search_data import find_entity_path, list_identifiers

_EVERYTHING = DueFilter(None, None, "", date.min, None)


def build_due_data(graph: GraphContext, find_file: FindFile) -> dict[str, Any]:
    """Return what is due with no later event on record, what has no date, and group members.

    A duty that falls due again is listed once, with the years after which it does.
    """
    registers = [one.iri for one in load_registers(graph)]
    found = [due for due in load_due_dates(graph, registers) if not due.later] if registers else []
    return {
        "base": ORGANISATION,
        "mostTimes": MAX_TIMES,
        "unknownQuery": graph.named_query_path("due-not-known", register=registers),
        "dates": [describe_duty(due, find_file) for due in sorted(found, key=sort_by_date)],
        "unknown": [
            describe_duty(due, find_file)
            for due in list_unknown_dates(graph, registers, _EVERYTHING)
        ],
        "groups": {one.slug: list_member_slugs(graph, one.link.iri) for one in load_groups(graph)},
    }


def describe_duty(due: DueDate, find_file: FindFile) -> dict[str, Any]:
    """Return a duty; ``digits`` is the length of its dates as they are shown."""

    def describe_link(link: Link, text: str) -> tuple[str, str]:
        return text, find_entity_path(link.iri, find_file) if link.iri else ""

    return {
        "slug": due.institution.iri.removeprefix(ORGANISATION),
        "institution": describe_link(due.institution, due.institution.text),
        "rule": describe_link(due.rule, due.due),
        "registerSlug": due.register.iri.removeprefix(REGISTER),
        "register": describe_link(due.register, due.register.text),
        "first": due.first,
        "last": due.last,
        "digits": len(due.event_date) or len(due.first),
        "every": due.every,
        "reason": due.reason,
        "event": due.event.lower(),
    }


def list_member_slugs(graph: GraphContext, group: str) -> Sequence[str]:
    """Return the members of a group whose membership has no known end."""
    rows = graph.select_rows("members-of", group=group)
    return [get_cell_text(row, "member").removeprefix(ORGANISATION) for row in rows]


def list_institutions(graph: GraphContext, find_file: FindFile) -> list[dict[str, Any]]:
    """Return the organisations that a page of the edition can choose, with their other names."""
    index = graph.index
    assert index is not None, "an edition has an index"
    rows = index.connection.execute(
        "SELECT thing.iri, thing.name, entry.other FROM thing"
        " JOIN entry ON entry.rowid = thing.number"
        " JOIN kind ON thing.number >= kind.first AND thing.number < kind.after"
        " WHERE kind.name = 'organisation' ORDER BY thing.number"
    )
    return [
        {
            "slug": iri.removeprefix(ORGANISATION),
            "name": name,
            "other": other or "",
            "identifiers": list_identifiers(graph.name_index, iri),
            "path": find_entity_path(iri, find_file),
        }
        for iri, name, other in rows
        if iri.startswith(ORGANISATION)
    ]
