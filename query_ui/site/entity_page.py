"""Rendering of one entity as a page or as RDF, and the error for an unknown one."""

from functools import partial
from typing import Any

from flask import Response, render_template, request
from werkzeug.exceptions import Gone, HTTPException, NotFound

from query_ui.graph.page_queries import GraphContext
from query_ui.graph.search_index.autocomplete import autocomplete_entities
from query_ui.graph.search_index.search_query import MAX_QUERY_LENGTH
from query_ui.graph.urls import to_page_path
from query_ui.http.negotiation import HTML_MEDIA_TYPE, negotiate_page_or_format
from query_ui.http.public_address import to_public_path
from query_ui.http.response import serialise_result
from query_ui.site.breadcrumbs import build_link_header
from query_ui.site.citations import Citation, build_citation
from query_ui.site.entity_description import EntityDescriber, EntityDescription
from query_ui.site.neighbour_graph import build_neighbour_graph
from query_ui.site.record_view import EVIDENCE_STEPS, build_record_view
from query_ui.site.related_entities import find_related_entities
from query_ui.site.schema_org import build_schema_org_entity


def render_entity(  # noqa: PLR0913
    graph: GraphContext,
    iri: str,
    suffix: str,
    template: str,
    *,
    is_known: bool = False,
    excluded_properties: frozenset[str] = frozenset(),
    **context: Any,
) -> Response:
    """Return all statements about an entity, as its page or as a graph.

    ``excluded_properties`` are left out of the incoming links. Raise NotFound or Gone if the graph
    has no statement about ``iri``, unless ``is_known``.
    """
    if negotiate_page_or_format("graph", suffix):
        return serialise_entity(graph, iri, suffix, is_known)
    description = describe_entity(graph, iri, is_known, excluded_properties)
    return render_description(graph, description, template, context)


def render_work(graph: GraphContext, iri: str, suffix: str, **context: Any) -> Response:
    """Return the page of a practice, case study or other initiative, or its statements as RDF."""
    if negotiate_page_or_format("graph", suffix):
        return serialise_entity(graph, iri, suffix)
    description = describe_entity(graph, iri)
    more = {
        "record": build_record_view(graph, description),
        "evidence_steps": EVIDENCE_STEPS,
        **context,
    }
    return render_description(graph, description, "work.html", more)


def serialise_entity(
    graph: GraphContext, iri: str, suffix: str, is_known: bool = False
) -> Response:
    """Return all statements about an entity as RDF; raise NotFound or Gone if there are none."""
    form = negotiate_page_or_format("graph", suffix)
    assert form
    answer = graph.query_page("statements-graph", thing=iri)
    if not (is_known or answer.rows or graph.select_rows("incoming-properties", thing=iri)):
        raise build_unknown_entity_error(graph, iri)
    return serialise_result(answer, form)


def describe_entity(
    graph: GraphContext,
    iri: str,
    is_known: bool = False,
    excluded_properties: frozenset[str] = frozenset(),
) -> EntityDescription:
    """Return the description of an entity; raise NotFound or Gone if there are no statements."""
    description = EntityDescriber(graph, iri, excluded_properties).describe()
    if not (is_known or description.properties or description.incoming):
        raise build_unknown_entity_error(graph, iri)
    return description


def render_description(
    graph: GraphContext,
    description: EntityDescription,
    template: str,
    context: dict[str, Any],
) -> Response:
    """Return the page about an entity that is described.

    Related entities and the drawing of what it links to are functions, as not every template shows
    them.
    """
    iri = description.iri
    address = f"{request.root_url.rstrip('/')}{to_page_path(iri)}"
    text = render_template(
        template,
        it=description,
        find_related=partial(find_related_entities, graph, iri),
        draw=partial(build_neighbour_graph, graph, description, context.get("sections", ())),
        jsonld=build_schema_org_entity(description, address),
        canonical=address if to_page_path(iri) else "",
        citation=build_entity_citation(graph, description) if to_page_path(iri) else None,
        **context,
    )
    headers = {"Link": build_link_header(iri)} if to_page_path(iri) else {}
    return Response(text, mimetype=HTML_MEDIA_TYPE, headers=headers)


def build_entity_citation(graph: GraphContext, description: EntityDescription) -> Citation:
    """Return the citation of the page about an entity, with its institutions as authors."""
    authors = " and ".join(link.text for link in description.list_links("ckg:organisation"))
    return build_citation(graph, description.iri, description.name, authors)


def build_unknown_entity_error(graph: GraphContext, iri: str) -> HTTPException:
    """Return Gone if an earlier release had the entity, else NotFound with similar labels.

    https://www.rfc-editor.org/rfc/rfc9110#section-15.5.11
    """
    index = graph.index
    # An IRI that earlier releases had is gone for good (410), which crawlers act upon.
    release = index.find_last_release(iri) if index else ""
    if release:
        path = to_public_path("/changes")
        return Gone(
            f"{iri} is in this release no more. The last one that had it is {release}; {path} "
            "tells what took its place, if anything did."
        )
    words = (
        iri.rstrip("/").replace("#", "/").rpartition("/")[2].replace("-", " ")[:MAX_QUERY_LENGTH]
    )
    near = [one.name for one in autocomplete_entities(index, words)] if index else []
    hint = f" Near to it: {'; '.join(dict.fromkeys(near[:3]))}." if near else ""
    return NotFound(f"The graph says nothing about {iri}, and nothing in it points there.{hint}")
