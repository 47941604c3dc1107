"""Routes of organisations: institutions, funders, sector bodies and consortia."""

from flask import Blueprint, Response

from loader.settings import BASE
from query_ui.graph.facets import FACET_BY_NAME
from query_ui.graph.page_queries import current_graph
from query_ui.graph.urls import build_entity_iri
from query_ui.http.negotiation import negotiate_page_or_format, split_suffix
from query_ui.site.entity_page import render_entity
from query_ui.site.entity_sections import build_sections
from query_ui.site.lists.list_items import parse_page_number
from query_ui.site.lists.list_page import render_list
from query_ui.site.membership_timeline import build_membership_timeline

OWNERSHIP_PROPERTIES = frozenset({f"{BASE}ontology#organisation"})
"""Properties that link entities to their organisation; its page shows them in sections."""

blueprint = Blueprint("organisations", __name__, url_prefix="/organisations")


@blueprint.get("", endpoint="listed")
def list_organisations() -> Response:
    """List organisations with their numbers of case studies, narrowed by facets."""
    return render_list(current_graph(), "/organisations")


@blueprint.get("/<path:name>")
def page(name: str) -> Response:
    """Return one organisation with its entities and memberships, as a page or as RDF."""
    slug, suffix = split_suffix(name)
    iri, shared = build_entity_iri("organisation", slug), current_graph()
    if negotiate_page_or_format("graph", suffix):
        return render_entity(shared, iri, suffix, "organisation.html")
    found = list(build_sections(shared, FACET_BY_NAME["organisation"], iri, parse_page_number()))
    response = render_entity(
        shared,
        iri,
        suffix,
        "organisation.html",
        excluded_properties=OWNERSHIP_PROPERTIES if shared.index else frozenset(),
        sections=found,
        memberships=build_membership_timeline(shared, iri),
    )
    response.headers.extend(found[0].listing.headers)
    return response
