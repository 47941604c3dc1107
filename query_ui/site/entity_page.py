"""The page of one thing, or all statements about it as data; and what to say of an unknown one."""

from typing import Any

from flask import Response, render_template, request
from werkzeug.exceptions import Gone, HTTPException, NotFound

from query_ui.graph.page_queries import Site
from query_ui.graph.search_index.autocomplete import suggest
from query_ui.graph.search_index.search_query import LONGEST
from query_ui.graph.urls import path_of
from query_ui.http.response_format import PAGE, chosen, data
from query_ui.site.breadcrumbs import link_header
from query_ui.site.entity_describer import Describer
from query_ui.site.neighbour_graph import neighbourhood
from query_ui.site.related_entities import relations
from query_ui.site.schema_org import as_jsonld


def thing_answer(  # noqa: PLR0913
    site: Site,
    iri: str,
    suffix: str,
    template: str,
    *,
    known: bool = False,
    apart: frozenset[str] = frozenset(),
    **more: Any,
) -> Response:
    """All statements about a thing, as its page or as a graph.

    ``known``: the thing exists, although nothing may be stated about it. NotFound otherwise.
    ``apart`` are the properties through which things point here that the page tells otherwise.
    """
    form = chosen("graph", suffix)
    if form:
        answer = site.ask("statements-graph", thing=iri)
        if not (known or answer.rows or site.rows("incoming-properties", thing=iri)):
            raise unknown(site, iri)
        return data(answer, form)
    description = Describer(site, iri, apart).describe()
    if not (known or description.properties or description.incoming):
        raise unknown(site, iri)
    address = f"{request.root_url.rstrip('/')}{path_of(iri)}"
    text = render_template(
        template,
        it=description,
        related=relations(site, iri),
        picture=neighbourhood(site, description, more.get("sections", ())),
        jsonld=as_jsonld(description, address),
        canonical=address if path_of(iri) else "",
        **more,
    )
    headers = {"Link": link_header(path_of(iri))} if path_of(iri) else {}
    return Response(text, mimetype=PAGE, headers=headers)


def unknown(site: Site, iri: str) -> HTTPException:
    """What to say of a thing that the graph does not know: that it is gone, or what is near."""
    index = site.index
    release = index.gone(iri) if index else ""
    if release:
        return Gone(
            f"{iri} is in this release no more. The last one that had it is {release}; /changes "
            "tells what took its place, if anything did."
        )
    words = iri.rstrip("/").replace("#", "/").rpartition("/")[2].replace("-", " ")[:LONGEST]
    near = [one.name for one in suggest(index, words)] if index else []
    hint = f" Near to it: {'; '.join(dict.fromkeys(near[:3]))}." if near else ""
    return NotFound(f"The graph says nothing about {iri}, and nothing in it points there.{hint}")
