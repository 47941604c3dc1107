"""Initiatives: programmes, schemes, pledges, reports and awards, with their commitments."""

from collections.abc import Iterator

from flask import Blueprint, Response

from query_ui.graph.entity_labels import Names
from query_ui.graph.page_queries import Site, site, string
from query_ui.graph.urls import Link, id_iri
from query_ui.http.response_format import chosen, split_suffix
from query_ui.site.entity_page import thing_answer
from query_ui.site.lists.list_items import subjects
from query_ui.site.lists.list_page import shelf_page
from query_ui.site.membership_timeline import memberships
from query_ui.site.statement_sources import Document, Documents

blueprint = Blueprint("initiatives", __name__, url_prefix="/initiatives")

Commitment = dict[str, str | Link | Document]


@blueprint.get("")
def listed() -> Response:
    """Initiatives, narrowed by facets."""
    return shelf_page(site(), "/initiatives")


@blueprint.get("/<path:name>")
def page(name: str) -> Response:
    """One initiative with its commitments in their order."""
    slug, suffix = split_suffix(name)
    iri = id_iri("initiative", slug)
    shared = site()
    if chosen("graph", suffix):
        return thing_answer(shared, iri, suffix, "initiative.html")
    return thing_answer(
        shared,
        iri,
        suffix,
        "initiative.html",
        commitments=list(commitments(shared, iri)),
        memberships=memberships(shared, iri),
    )


def commitments(shared: Site, iri: str) -> Iterator[Commitment]:
    """The commitments of an initiative, each with its standing and the document that tells it."""
    rows = shared.rows("commitments-of", thing=iri)
    names = Names(shared)
    documents = Documents(shared, names)
    names.learn([*subjects(rows, "commitment"), *subjects(rows, "standing")])
    documents.learn(subjects(rows, "graph"))
    for row in rows:
        standing = string(row, "standing")
        yield {
            "link": names.page_link(string(row, "commitment")),
            "description": string(row, "description"),
            "standing": names.name(standing) if standing else "",
            "document": documents.of(string(row, "graph")),
        }
