"""Routes of the comparison of institutions."""

from flask import Blueprint, Response, render_template, request
from pyoxigraph import NamedNode

from loader.errors import UsageError
from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, current_graph, get_cell_text
from query_ui.graph.result_workbooks.result_workbook import build_about
from query_ui.graph.result_workbooks.workbook_response import build_table_workbook
from query_ui.graph.result_workbooks.workbook_writer import ResultTable
from query_ui.graph.urls import Link
from query_ui.http.negotiation import HTML_MEDIA_TYPE
from query_ui.http.release_address import to_absolute_url
from query_ui.http.spreadsheet_csv import SPREADSHEET_FIELD, parse_spreadsheet_option
from query_ui.site.institutions.choice import Chosen, Unknown, resolve_institutions
from query_ui.site.institutions.comparison import (
    compare_institutions,
    count_totals,
    list_csv_rows,
)
from query_ui.site.institutions.csv_text import build_csv_response
from query_ui.site.institutions.group_comparison import load_groups
from query_ui.site.institutions.peers import Peer, load_peers
from query_ui.site.institutions.profile import list_own_groups

MIN_INSTITUTIONS, MAX_INSTITUTIONS = 2, 5
FIELD = "organisation"

blueprint = Blueprint("compare", __name__)


@blueprint.get("/compare")
def page() -> Response:
    """Return institutions side by side, or a page to choose them."""
    graph = current_graph()
    chosen, unknown = read_choice(graph)
    is_complete = len(chosen) >= MIN_INSTITUTIONS
    text = render_template(
        "compare.html",
        chosen=chosen,
        unknown=unknown,
        removals=[build_address([other for other in chosen if other != one]) for one in chosen],
        query=build_address(chosen, "/queries/compare-institutions", "institution"),
        csv=build_address(chosen, "/compare.csv"),
        xlsx=build_address(chosen, "/compare.xlsx"),
        aspects=compare_institutions(graph, chosen) if is_complete else [],
        totals=[count_totals(graph, one.link.iri) for one in chosen] if is_complete else [],
        suggestions=suggest_peers(graph, chosen),
        example=None if chosen else find_example(graph),
        most=MAX_INSTITUTIONS,
    )
    return Response(text, mimetype=HTML_MEDIA_TYPE)


@blueprint.get("/compare.csv")
def table() -> Response:
    """Return the comparison as CSV; raise UsageError for fewer than two institutions."""
    is_for_spreadsheets = parse_spreadsheet_option(
        request.args.get(SPREADSHEET_FIELD, ""), is_csv=True
    )
    graph = current_graph()
    chosen = require_choice(graph)
    rows = list_csv_rows(chosen, compare_institutions(graph, chosen))
    return build_csv_response(rows, is_for_spreadsheets, "comparison")


@blueprint.get("/compare.xlsx")
def workbook() -> Response:
    """Return the comparison as a workbook; raise UsageError for fewer than two institutions."""
    graph = current_graph()
    chosen = require_choice(graph)
    address = to_absolute_url(build_address(chosen))
    title = f"Comparison of {', '.join(one.link.text for one in chosen)}"
    columns, *rows = list_csv_rows(chosen, compare_institutions(graph, chosen))
    cells = [[convert_cell(place, text) for place, text in enumerate(row)] for row in rows]
    about = build_about(graph, title, address, [])
    return build_table_workbook(graph, ResultTable(columns, lambda: cells), about, "comparison")


def convert_cell(place: int, text: str) -> object:
    """Return a cell of the comparison: an IRI in the third column, numbers, and texts."""
    if place == 2 and text:
        return NamedNode(text)
    return int(text) if place > 2 and text.isascii() and text.isdigit() else text or None


def require_choice(graph: GraphContext) -> list[Chosen]:
    """Return the institutions of the request; raise UsageError for fewer than two."""
    chosen, unknown = read_choice(graph)
    if unknown:
        raise UsageError(f"No institution is called “{unknown[0].text}”.")
    if len(chosen) < MIN_INSTITUTIONS:
        raise UsageError(f"Choose two to five institutions: {request.path}?organisation=…")
    return chosen


def read_choice(graph: GraphContext) -> tuple[list[Chosen], list[Unknown]]:
    """Return the institutions of the request; raise UsageError for more than five."""
    texts = request.args.getlist(FIELD)
    if len(set(texts)) > 4 * MAX_INSTITUTIONS:
        raise UsageError(f"{len(set(texts))} institutions are too many: choose two to five.")
    chosen, unknown = resolve_institutions(graph, texts)
    if len(chosen) > MAX_INSTITUTIONS:
        raise UsageError(
            f"{len(chosen)} institutions are too many to compare. "
            f"Choose 2 to {MAX_INSTITUTIONS}: {', '.join(one.link.text for one in chosen)}."
        )
    return chosen, unknown


def build_address(chosen: list[Chosen], path: str = "/compare", field: str = FIELD) -> str:
    """Return the address of a comparison."""
    fields = "&".join(f"{field}={one.slug}" for one in chosen)
    return f"{path}?{fields}" if fields else path


def find_example(graph: GraphContext) -> Link | None:
    """Return the comparison of the institution with most practices and its first peer, or None."""
    for row in graph.select_rows_once("example-institutions"):
        iri = get_cell_text(row, "organisation")
        labels = EntityLabels(graph)
        labels.load([iri])
        first = Chosen(labels.build_page_link(iri), iri.removeprefix(f"{BASE}id/organisation/"))
        for peer, address in suggest_peers(graph, [first]):
            return Link(f"{first.link.text} and {peer.link.text}", address)
    return None


def suggest_peers(graph: GraphContext, chosen: list[Chosen]) -> list[tuple[Peer, str]]:
    """Return peers of the first institution that are not chosen, with the address that adds each.

    Without a chosen institution there are none.
    """
    if not chosen or len(chosen) >= MAX_INSTITUTIONS:
        return []
    iri = chosen[0].link.iri
    own = list_own_groups(graph, iri)
    peers = load_peers(graph, iri, [group for group in load_groups(graph) if group.link.iri in own])
    slugs = {one.slug for one in chosen}
    return [
        (peer, build_address([*chosen, Chosen(Link(peer.link.text), peer.slug)]))
        for peer in peers
        if peer.slug not in slugs
    ]
