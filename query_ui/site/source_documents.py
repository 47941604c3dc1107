"""The sources: one named graph per document, with its file, terms, trust, contents and problems."""

from flask import Blueprint, Response

from loader.settings import BASE
from query_ui.graph.entity_labels import Names
from query_ui.graph.page_queries import Site, site
from query_ui.graph.urls import query_path
from query_ui.http.response_format import chosen, split_suffix
from query_ui.site.entity_describer import issues
from query_ui.site.entity_page import thing_answer
from query_ui.site.lists.list_items import Item, Listing, listing, page_number, subjects
from query_ui.site.lists.list_page import shelf_page

blueprint = Blueprint("graphs", __name__, url_prefix="/graphs")

LISTED = 20_000
"""A graph of more statements is not listed: an answer in time is worth more than the list."""


@blueprint.get("")
def listed() -> Response:
    """The source documents, narrowed by facets."""
    return shelf_page(site(), "/graphs")


@blueprint.get("/<path:name>")
def page(name: str) -> Response:
    """One document: what the catalogue says of it, what it states, what is wrong with it."""
    slug, suffix = split_suffix(name)
    iri, shared = f"{BASE}graph/{slug}", site()
    stated = shared.number("count-in-graph", graph=iri)
    known = stated.value > 0
    if chosen("graph", suffix):
        return thing_answer(shared, iri, suffix, "graph.html", known=known)
    return thing_answer(
        shared,
        iri,
        suffix,
        "graph.html",
        known=known,
        stated=stated,
        found=issues(shared.rows("issues-of-document", graph=iri), Names(shared)),
        problems=shared.number("count-issues-of-document", graph=iri),
        download=query_path(shared.text("graph-statements", graph=iri)),
        listing=things_of(shared, iri) if stated.value <= LISTED else None,
    )


def things_of(shared: Site, iri: str) -> Listing:
    """One page of the things that the document speaks about."""
    page = page_number()
    total = shared.number("count-subjects-of-graph", graph=iri)
    things = subjects(shared.rows("subjects-of-graph", page, graph=iri))
    names = Names(shared)
    names.learn(things)
    return listing([Item(names.page_link(thing)) for thing in things], total, page)
