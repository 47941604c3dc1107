"""Initiatives: programmes, schemes, pledges, reports and awards, with their commitments."""

from collections.abc import Iterator

from flask import Blueprint, Response

from query_ui.web.answering import chosen, split_suffix
from query_ui.web.browsing import shelf_page
from query_ui.web.links import Link, id_iri
from query_ui.web.lists import subjects
from query_ui.web.memberships import memberships
from query_ui.web.names import Names
from query_ui.web.site import Site, site, string
from query_ui.web.sources import Document, Documents
from query_ui.web.thing_page import thing_answer

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
