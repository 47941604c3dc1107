"""The report of an institution: everything on its page as one table."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from query_ui.graph.page_queries import GraphContext, get_cell_text
from query_ui.site.institutions.profile import InstitutionProfile, list_members
from query_ui.site.record_cards import Card


class ReportRow(NamedTuple):
    """One row; ``source`` is a web address where one is known, or else the IRI of the record."""

    section: str
    item: str
    value: str
    date: str
    source: str


def build_report_rows(
    graph: GraphContext, iri: str, profile: InstitutionProfile
) -> Iterator[ReportRow]:
    """Yield the rows of the report in the order of the page."""
    yield from list_head_rows(iri, profile)
    is_group = any(group.link.iri == iri for group in profile.groups)
    for member, practices in list_members(graph, iri) if is_group else ():
        yield ReportRow("Members", member.text, f"{practices.value} practices", "", member.iri)
    yield from list_register_rows(profile)
    records = profile.records
    yield from list_card_rows("Practices", records.practices)
    yield from list_card_rows("Case studies", records.case_studies)
    yield from list_card_rows("Other initiatives", records.other_initiatives)
    for plan in records.action_plans:
        yield ReportRow("Action plans", plan.text, "", "", plan.iri)
    for section, rows, item, value, date in (
        ("Planned actions", profile.actions, "gist", "status", "due"),
        ("Figures", profile.figures, "label", "value", "date"),
    ):
        for row in rows:
            source = get_cell_text(row, "source", get_cell_text(row, "record"))
            texts = [get_cell_text(row, column) for column in (item, value, date)]
            unit = get_cell_text(row, "unit")
            yield ReportRow(section, texts[0], f"{texts[1]} {unit}".strip(), texts[2], source)
    yield from list_topic_rows(profile)
    for peer in profile.peers:
        yield ReportRow("Peers", peer.link.text, peer.reason, "", peer.link.iri)


def list_head_rows(iri: str, profile: InstitutionProfile) -> Iterator[ReportRow]:
    """Yield identifiers, counts, memberships and the REF 2021 environment."""
    head = profile.head
    for item, value in (("Kind", head.kind), ("Place", head.place), ("Homepage", head.homepage)):
        if value:
            yield ReportRow("Institution", item, value, "", iri)
    for one in head.identifiers:
        yield ReportRow("Identifiers", one.scheme, one.value, "", iri)
    for count, words in profile.counts:
        yield ReportRow("Counts", words, str(count.value), "", iri)
    for membership, _ in profile.memberships:
        until = f"until {membership.end}" if membership.end else ""
        source = membership.link.iri
        yield ReportRow("Memberships", membership.other.text, until, membership.start, source)
    for part in profile.participations:
        yield ReportRow("Participations", part.other.text, part.role, part.start, part.link.iri)
    if profile.environment:
        for column in ("fourStar", "threeStar", "twoStar", "oneStar", "staff", "submissions"):
            value = get_cell_text(profile.environment, column)
            source = get_cell_text(profile.environment, "record")
            yield ReportRow("REF 2021 environment", column, value, "", source)


def list_register_rows(profile: InstitutionProfile) -> Iterator[ReportRow]:
    """Yield the register events, what falls due and what was due without a later record."""
    for event in profile.events:
        source = event.source.href or event.link.iri
        yield ReportRow("Register events", event.register.text, event.words, event.date, source)
    for section, dates in (
        ("Coming up", profile.timeline.upcoming),
        ("Due earlier, no later record found", profile.timeline.overdue),
    ):
        for due in dates:
            value = f"{due.due} ({due.reason})"
            yield ReportRow(
                section, due.register.text, value, due.when, due.source.href or due.rule.iri
            )


def list_card_rows(section: str, cards: Iterable[Card]) -> Iterator[ReportRow]:
    """Yield one row for each record, with kind, evidence and status as the value."""
    for card in cards:
        value = "; ".join(part for part in (card.kind, card.evidence, card.status) if part)
        yield ReportRow(section, card.link.text, value, card.dates, card.link.iri)


def list_topic_rows(profile: InstitutionProfile) -> Iterator[ReportRow]:
    """Yield the topics with practice, and those that only other members of the group have."""
    for topic in profile.topics:
        value = f"{topic.own.value} practices"
        yield ReportRow("Keywords and obligations", topic.link.text, value, "", topic.iri)
    if profile.comparison is None:
        return
    group, others = profile.comparison.group, profile.comparison.others.value
    for topic in profile.comparison.gaps:
        members = topic.members.value if topic.members else 0
        value = f"{members} of {others} other members; here not found in what was read"
        yield ReportRow(f"Beside {group.link.text}", topic.link.text, value, "", topic.iri)
