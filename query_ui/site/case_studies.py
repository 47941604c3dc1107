"""Routes of case studies: the list and the page of each."""

from flask import Blueprint, Response

from query_ui.graph.page_queries import current_graph
from query_ui.graph.urls import build_entity_iri
from query_ui.http.negotiation import split_suffix
from query_ui.site.entity_page import render_work
from query_ui.site.lists.list_page import render_list

blueprint = Blueprint("case_studies", __name__, url_prefix="/case-studies")


@blueprint.get("", endpoint="listed")
def list_case_studies() -> Response:
    """List case studies, narrowed by facets."""
    return render_list(current_graph(), "/case-studies")


@blueprint.get("/<path:name>")
def page(name: str) -> Response:
    """Return one case study, as a page or as RDF."""
    slug, suffix = split_suffix(name)
    return render_work(current_graph(), build_entity_iri("case-study", slug), suffix)
