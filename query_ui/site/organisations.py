"""Routes of organisations: institutions, funders, sector bodies and groups."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, request

from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, PageRow, current_graph, get_cell_text
from query_ui.graph.urls import Link, LinkedCount, build_entity_iri, to_page_path
from query_ui.http.negotiation import negotiate_page_or_format, split_suffix
from query_ui.http.spreadsheet_csv import SPREADSHEET_FIELD, parse_spreadsheet_option
from query_ui.site.entity_page import (
    build_unknown_entity_error,
    describe_entity,
    render_description,
    serialise_entity,
)
from query_ui.site.institutions.csv_text import build_csv_response
from query_ui.site.institutions.group_comparison import build_practice_list_path
from query_ui.site.institutions.profile import (
    CARDS_SHOWN,
    InstitutionProfile,
    list_members,
    load_profile,
)
from query_ui.site.institutions.report import ReportRow, build_report_rows
from query_ui.site.lists.list_page import render_list
from query_ui.site.membership_timeline import build_membership_timeline
from query_ui.site.record_cards import format_date

SHOWN_ELSEWHERE = frozenset(
    {
        f"{BASE}ontology#organisation",
        "http://www.w3.org/ns/org#member",
        "http://www.w3.org/ns/org#organization",
    }
)
"""Properties that link entities to their organisation; its page shows them in sections."""
RATINGS = (("4*", "fourStar"), ("3*", "threeStar"), ("2*", "twoStar"), ("1*", "oneStar"))

blueprint = Blueprint("organisations", __name__, url_prefix="/organisations")


@blueprint.get("", endpoint="listed")
def list_organisations() -> Response:
    """List organisations with their numbers of case studies, narrowed by facets."""
    return render_list(current_graph(), "/organisations")


@blueprint.get("/<path:name>/report.csv")
def report(name: str) -> Response:
    """Return everything on the page of an institution as one CSV; raise NotFound for no such."""
    is_for_spreadsheets = parse_spreadsheet_option(
        request.args.get(SPREADSHEET_FIELD, ""), is_csv=True
    )
    graph, iri = current_graph(), build_entity_iri("organisation", name)
    if not graph.select_rows("statements", thing=iri):
        raise build_unknown_entity_error(graph, iri)
    profile = load_profile(graph, iri, request.args.get("group", ""))
    rows = build_report_rows(graph, iri, profile)
    return build_csv_response(
        [ReportRow._fields, *rows], is_for_spreadsheets, name.replace("/", "-")
    )


@blueprint.get("/<path:name>")
def page(name: str) -> Response:
    """Return one organisation with all that is known of it, as a page or as RDF."""
    slug, suffix = split_suffix(name)
    iri, graph = build_entity_iri("organisation", slug), current_graph()
    if negotiate_page_or_format("graph", suffix):
        return serialise_entity(graph, iri, suffix)
    profile = load_profile(graph, iri, request.args.get("group", ""), CARDS_SHOWN)
    description = describe_entity(graph, iri, excluded_properties=SHOWN_ELSEWHERE)
    context = dict(
        profile=profile,
        format_date=format_date,
        shown=CARDS_SHOWN,
        actions=[build_record_row(row) for row in profile.actions],
        figures=[build_record_row(row) for row in profile.figures],
        environment=build_environment(profile.environment),
        due_query=graph.named_query_path("due-dates-of", thing=iri),
        **build_group_context(graph, iri, profile),
    )
    return render_description(graph, description, "organisation.html", context)


def build_record_row(row: PageRow) -> dict[str, Any]:
    """Return the texts of a row by column, with the path of the page of its record."""
    texts: dict[str, Any] = {column: get_cell_text(row, column) for column in row}
    return {**texts, "low": texts["low"] == "true", "href": to_page_path(texts["record"])}


def build_environment(row: PageRow | None) -> dict[str, Any] | None:
    """Return the shares of a REF 2021 environment profile in percent, with its staff."""
    if row is None:
        return None
    return {
        "shares": [(words, Decimal(get_cell_text(row, column, "0"))) for words, column in RATINGS],
        "staff": Decimal(get_cell_text(row, "staff")),
        "submissions": get_cell_text(row, "submissions"),
        "href": to_page_path(get_cell_text(row, "record")),
    }


def build_group_context(
    graph: GraphContext, iri: str, profile: InstitutionProfile
) -> dict[str, Any]:
    """Return what the page of a group shows: members with dates, and topics of their practices."""
    own = next((group for group in profile.groups if group.link.iri == iri), None)
    if own is None:
        return {"members": []}
    links = [m for m in build_membership_timeline(graph, iri).memberships if m.role == "member"]
    labels = EntityLabels(graph)
    rows = graph.select_rows("topics-of-group", group=iri)
    labels.load(get_cell_text(row, "topic") for row in rows)
    return {
        "members": list_members(graph, iri),
        "member_count": own.size,
        "since": {m.other.iri: format_date(m.start) for m in links if m.start and not m.end},
        "past_members": [m for m in links if m.end],
        "group_topics": [build_topic_bar(graph, labels, iri, row) for row in rows],
    }


def build_topic_bar(
    graph: GraphContext, labels: EntityLabels, group: str, row: PageRow
) -> tuple[Link, LinkedCount]:
    """Return a topic, linked to its practices in the group, and the members with practice on it."""
    topic = get_cell_text(row, "topic")
    listed = build_practice_list_path(topic=topic, group=group)
    return (
        replace(labels.build_page_link(topic), href=listed),
        LinkedCount(
            int(get_cell_text(row, "members")),
            graph.named_query_path("count-members-with-topic", group=group, topic=topic),
        ),
    )
