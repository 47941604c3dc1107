"""Organisations: institutions, funders, sector bodies and consortia."""

from flask import Blueprint, Response

from loader.settings import BASE
from query_ui.graph.facets import FACETS
from query_ui.graph.page_queries import site
from query_ui.graph.urls import id_iri
from query_ui.http.response_format import chosen, split_suffix
from query_ui.site.entity_page import thing_answer
from query_ui.site.entity_sections import sections
from query_ui.site.lists.list_items import page_number
from query_ui.site.lists.list_page import shelf_page
from query_ui.site.membership_timeline import memberships

OWNED = frozenset({f"{BASE}ontology#organisation"})
"""The property by which things are an organisation's: their sections tell it."""

blueprint = Blueprint("organisations", __name__, url_prefix="/organisations")


@blueprint.get("")
def listed() -> Response:
    """Organisations, each with the number of its case studies, narrowed by facets."""
    return shelf_page(site(), "/organisations")


@blueprint.get("/<path:name>")
def page(name: str) -> Response:
    """One organisation, with what is its own and the consortia it belongs to."""
    slug, suffix = split_suffix(name)
    iri, shared = id_iri("organisation", slug), site()
    if chosen("graph", suffix):
        return thing_answer(shared, iri, suffix, "organisation.html")
    found = list(sections(shared, FACETS["organisation"], iri, page_number()))
    response = thing_answer(
        shared,
        iri,
        suffix,
        "organisation.html",
        apart=OWNED if shared.index else frozenset(),
        sections=found,
        memberships=memberships(shared, iri),
    )
    response.headers.extend(found[0].listing.headers)
    return response
