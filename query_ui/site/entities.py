"""Routes of all other entities: commitments, claims, memberships, units, offers, data issues …"""

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Redirect

from loader.errors import UsageError
from loader.settings import BASE
from query_ui.graph.entity_labels import RDF_TYPE
from query_ui.graph.page_queries import GraphContext, current_graph, get_cell_text
from query_ui.graph.urls import FOLDER_BY_ENTITY_TYPE, build_entity_iri, to_page_path
from query_ui.http.negotiation import split_suffix
from query_ui.http.public_address import to_public_path
from query_ui.site.concept_pages import render_concept, render_scheme
from query_ui.site.entity_page import render_entity
from query_ui.site.lists.list_page import render_list

SKOS = "http://www.w3.org/2004/02/skos/core#"
blueprint = Blueprint("things", __name__, url_prefix="/things")


@blueprint.get("/commitment")
def commitments() -> Response:
    """List commitments, narrowed by facets."""
    return render_list(current_graph(), "/things/commitment")


@blueprint.get("/concept")
def concepts() -> Response:
    """List the concepts of all schemes, narrowed by facets."""
    return render_list(current_graph(), "/things/concept")


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
    graph, suffix = current_graph(), f".{form}" if form else ""
    if not iri.startswith(BASE):
        classes, schemes = fetch_types_and_schemes(graph, iri)
        if f"{SKOS}ConceptScheme" in classes:
            return render_scheme(graph, iri, suffix)
        if schemes:
            return render_concept(graph, iri, schemes[0], suffix)
    return render_entity(graph, iri, suffix, "thing.html")


def fetch_types_and_schemes(graph: GraphContext, iri: str) -> tuple[set[str], list[str]]:
    """Return the classes of an entity, and the concept schemes that it is in, by IRI."""
    rows = graph.select_rows("types-and-names", thing=iri)
    classes = {get_cell_text(r, "value") for r in rows if get_cell_text(r, "property") == RDF_TYPE}
    in_scheme = f"{SKOS}inScheme"
    schemes = {get_cell_text(r, "value") for r in rows if get_cell_text(r, "property") == in_scheme}
    known = {get_cell_text(row, "scheme") for row in graph.select_rows("schemes")}
    return classes, sorted(schemes & known)
