"""Routes of source documents: one named graph each, with file, licence, trust and data issues."""

from flask import Blueprint, Response

from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, current_graph
from query_ui.http.negotiation import negotiate_page_or_format, split_suffix
from query_ui.site.entity_description import build_issues
from query_ui.site.entity_page import render_entity
from query_ui.site.lists.list_items import (
    ListItem,
    ListPage,
    build_list_page,
    collect_column_iris,
    parse_page_number,
)
from query_ui.site.lists.list_page import render_list

blueprint = Blueprint("graphs", __name__, url_prefix="/graphs")

MAX_LISTED_STATEMENTS = 20_000
"""Statements up to which a page lists the entities of a document: more would take too long."""


@blueprint.get("", endpoint="listed")
def list_source_documents() -> Response:
    """List source documents, narrowed by facets."""
    return render_list(current_graph(), "/graphs")


@blueprint.get("/<path:name>")
def page(name: str) -> Response:
    """Return one source document: metadata, entities and data issues, as a page or as RDF."""
    slug, suffix = split_suffix(name)
    iri, shared = f"{BASE}graph/{slug}", current_graph()
    stated = shared.count("count-in-graph", graph=iri)
    known = stated.value > 0
    if negotiate_page_or_format("graph", suffix):
        return render_entity(shared, iri, suffix, "graph.html", is_known=known)
    return render_entity(
        shared,
        iri,
        suffix,
        "graph.html",
        is_known=known,
        stated=stated,
        found=build_issues(
            shared.select_rows("issues-of-document", graph=iri), EntityLabels(shared)
        ),
        problems=shared.count("count-issues-of-document", graph=iri),
        download=shared.named_query_path("graph-statements", graph=iri),
        listing=list_document_entities(shared, iri)
        if stated.value <= MAX_LISTED_STATEMENTS
        else None,
    )


def list_document_entities(graph: GraphContext, graph_iri: str) -> ListPage:
    """Return one page of the subjects of a document's statements."""
    page = parse_page_number()
    total = graph.count("count-subjects-of-graph", graph=graph_iri)
    entities = collect_column_iris(graph.select_rows("subjects-of-graph", page, graph=graph_iri))
    names = EntityLabels(graph)
    names.load(entities)
    return build_list_page(
        [ListItem(names.build_page_link(entity)) for entity in entities], total, page
    )
