"""Case studies: their list and their pages."""

from flask import Blueprint, Response

from query_ui.graph.page_queries import site
from query_ui.graph.urls import id_iri
from query_ui.http.response_format import split_suffix
from query_ui.site.entity_page import thing_answer
from query_ui.site.lists.list_page import shelf_page

blueprint = Blueprint("case_studies", __name__, url_prefix="/case-studies")


@blueprint.get("")
def listed() -> Response:
    """Case studies, narrowed by facets."""
    return shelf_page(site(), "/case-studies")


@blueprint.get("/<path:name>")
def page(name: str) -> Response:
    """One case study."""
    slug, suffix = split_suffix(name)
    return thing_answer(site(), id_iri("case-study", slug), suffix, "thing.html")
