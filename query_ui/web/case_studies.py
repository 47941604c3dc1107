"""Case studies: their list and their pages."""

from flask import Blueprint, Response

from query_ui.web.answering import split_suffix
from query_ui.web.browsing import shelf_page
from query_ui.web.links import id_iri
from query_ui.web.site import site
from query_ui.web.thing_page import thing_answer

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
