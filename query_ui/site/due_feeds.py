"""Due dates as a calendar and as a feed, in the terms of iCalendar and Atom.

https://www.rfc-editor.org/rfc/rfc5545 and https://www.rfc-editor.org/rfc/rfc4287
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

from query_ui.site.institutions.register_events import DueDate, parse_last_day

WriteAddress = Callable[[str], str]
"""Returns the address of a path of the site with scheme and host."""

PRODUCT = "-//Concordat knowledge graph//Due dates//EN"
CALENDAR_MEDIA_TYPE, FEED_MEDIA_TYPE = "text/calendar", "application/atom+xml"


def build_identifier(due: DueDate) -> str:
    """Return an identifier that stays the same while rule, institution and event do."""
    key = "\n".join((due.rule.iri, due.institution.iri, due.event_iri, due.first))
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def build_title(due: DueDate) -> str:
    """Return what is due for whom, in one line."""
    who = due.institution.text or "All institutions"
    return f"{due.due} ({due.register.text}): {who}"


def describe_due_date(due: DueDate) -> str:
    """Return in sentences when it is due, by which rule and since which event."""
    when = f"Due: {due.when}." if due.first else "The date is not known: the event has none."
    reason = f"Counted from: {due.reason}." if due.first else f"After: {due.event.lower()}."
    parts = [when, reason, f"Rule: {due.due} of the {due.register.text}."]
    if due.note:
        parts.append(due.note)
    if due.source.href:
        parts.append(f"Source of the rule: {due.source.href}")
    if due.first:
        parts.append("A later event may exist that was not found in what was read.")
    return "\n".join(parts)


def build_calendar(
    due_dates: Iterable[DueDate], unknown: int, title: str, write: WriteAddress, issued: str
) -> bytes:
    """Return a calendar with an all-day event for each date, which spans what is not known exactly.

    ``unknown`` is the number of duties without a date, which are no events. ``issued`` is the day
    of the data as YYYY-MM-DD, or "".
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    # https://www.rfc-editor.org/rfc/rfc7986#section-5.7
    calendar.add("refresh-interval", timedelta(days=1), {"VALUE": "DURATION"})
    if unknown:
        calendar.add("x-wr-caldesc", f"{unknown} more have no known date; the page lists them.")
    stamp = datetime.fromisoformat(issued or "1970-01-01").replace(tzinfo=UTC)
    for due in due_dates:
        event = Event()
        event.add("uid", f"{build_identifier(due)}@w3id.org")
        event.add("dtstamp", stamp)
        event.add("dtstart", parse_first_day(due.first))
        event.add("dtend", parse_last_day(due.last) + timedelta(days=1))
        event.add("summary", build_title(due))
        event.add("description", describe_due_date(due))
        event.add("url", write(due.rule.href))
        event.add("transp", "TRANSPARENT")  # nobody is busy because of it
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def parse_first_day(text: str) -> date:
    """Return the first day of a year, a month or a day of XSD."""
    year, month, day = (int(part) for part in f"{text[:10]}-01-01".split("-")[:3])
    return date(year, month, day)


def build_entries(due_dates: Sequence[DueDate], write: WriteAddress) -> list[dict[str, str]]:
    """Return an entry of a feed for each duty, those without a date included."""
    return [
        {
            "id": f"urn:sha256:{build_identifier(due)}",
            "title": build_title(due) + (f", {due.when}" if due.first else ", date not known"),
            "href": write(due.rule.href),
            "summary": describe_due_date(due),
        }
        for due in due_dates
    ]
