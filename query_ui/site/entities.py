"""Routes of all other entities: commitments, claims, memberships, units, offers, data issues …"""

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Redirect

from loader.errors import UsageError
from query_ui.graph.page_queries import current_graph
from query_ui.graph.urls import FOLDER_BY_ENTITY_TYPE, build_entity_iri, to_page_path
from query_ui.http.negotiation import split_suffix
from query_ui.http.public_address import to_public_path
from query_ui.site.entity_page import render_entity
from query_ui.site.lists.list_page import render_list

blueprint = Blueprint("things", __name__, url_prefix="/things")


@blueprint.get("/commitment")
def commitments() -> Response:
    """List commitments, narrowed by facets."""
    return render_list(current_graph(), "/things/commitment")


@blueprint.get("/<kind>/<path:name>")
def page(kind: str, name: str) -> Response | Redirect:
    """Return one entity, or redirect where its type has pages of its own."""
    if kind in FOLDER_BY_ENTITY_TYPE:
        return redirect(to_page_path(build_entity_iri(kind, name)), 301)
    slug, suffix = split_suffix(name)
    return render_entity(current_graph(), build_entity_iri(kind, slug), suffix, "thing.html")


@blueprint.get("")
def any_page() -> Response:
    """Return all statements about any IRI: ``/things?iri=…``, as data with ``&format=ttl``."""
    iri = request.args.get("iri", "")
    if not iri:
        raise UsageError(f"Say which thing: {to_public_path('/things?iri=')} and its IRI.")
    if any(character in iri for character in '<>"{}|^`\\ \n\t') or ":" not in iri:
        raise NotFound(f"“{iri}” is not a valid IRI, so nothing in the graph can have it.")
    form = request.args.get("format", "")
    return render_entity(current_graph(), iri, f".{form}" if form else "", "thing.html")
