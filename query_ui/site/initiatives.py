"""Routes of initiatives (programmes, schemes, pledges, reports, awards) with their commitments."""

from collections.abc import Iterator
from dataclasses import replace

from flask import Blueprint, Response

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, current_graph, get_cell_text
from query_ui.graph.urls import Link, build_entity_iri
from query_ui.http.negotiation import negotiate_page_or_format, split_suffix
from query_ui.site.entity_page import render_entity, render_work
from query_ui.site.linked_rows import select_linked_rows
from query_ui.site.lists.list_items import collect_column_iris
from query_ui.site.lists.list_page import render_list
from query_ui.site.membership_timeline import build_membership_timeline
from query_ui.site.statement_sources import SourceDocument, SourceDocuments

blueprint = Blueprint("initiatives", __name__)

PART_OF = "http://purl.org/dc/terms/isPartOf"
CommitmentView = dict[str, str | Link | SourceDocument]


@blueprint.get("/initiatives", endpoint="listed")
def list_initiatives() -> Response:
    """List initiatives, filtered by facets."""
    return render_list(current_graph(), "/initiatives")


@blueprint.get("/practices", endpoint="practices")
def list_practices() -> Response:
    """List the initiatives that are practices, filtered by facets."""
    return render_list(current_graph(), "/practices")


@blueprint.get("/programmes", endpoint="programmes")
def list_programmes() -> Response:
    """List the initiatives that are no practices, filtered by facets."""
    return render_list(current_graph(), "/programmes")


@blueprint.get("/initiatives/<path:name>")
def page(name: str) -> Response:
    """Return one initiative with its commitments in order, as a page or as RDF."""
    slug, suffix = split_suffix(name)
    iri = build_entity_iri("initiative", slug)
    shared = current_graph()
    if negotiate_page_or_format("graph", suffix):
        return render_entity(shared, iri, suffix, "work.html")
    return render_work(
        shared,
        iri,
        suffix,
        commitments=list(fetch_commitments(shared, iri)),
        memberships=build_membership_timeline(shared, iri),
    )


def fetch_commitments(graph: GraphContext, initiative_iri: str) -> Iterator[CommitmentView]:
    """Yield the commitments of an initiative, each with its standing and source document."""
    rows = select_linked_rows(graph, "commitments-of", initiative_iri, incoming=[PART_OF])
    names = EntityLabels(graph)
    documents = SourceDocuments(graph, names)
    names.load([*collect_column_iris(rows, "commitment"), *collect_column_iris(rows, "standing")])
    documents.load(collect_column_iris(rows, "graph"))
    for row in rows:
        standing = get_cell_text(row, "standing")
        yield {
            # The standing has a place of its own below, so the link needs no badge.
            "link": replace(names.build_page_link(get_cell_text(row, "commitment")), badge=""),
            "description": get_cell_text(row, "description"),
            "standing": names.name(standing) if standing else "",
            "document": documents.get_document(get_cell_text(row, "graph")),
        }
