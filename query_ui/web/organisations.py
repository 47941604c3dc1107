"""Organisations: institutions, funders, sector bodies and consortia."""

from flask import Blueprint, Response

from query_ui.web.answering import split_suffix, thing_answer
from query_ui.web.browsing import shelf_page
from query_ui.web.links import id_iri
from query_ui.web.site import site

blueprint = Blueprint("organisations", __name__, url_prefix="/organisations")


@blueprint.get("")
def listed() -> Response:
    """Organisations, each with the number of its case studies, narrowed by facets."""
    return shelf_page(site(), "/organisations")


@blueprint.get("/<path:name>")
def page(name: str) -> Response:
    """One organisation."""
    slug, suffix = split_suffix(name)
    return thing_answer(site(), id_iri("organisation", slug), suffix, "thing.html")
