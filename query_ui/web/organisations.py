"""Organisations: institutions, funders, sector bodies and consortia."""

from flask import Blueprint, Response

from query_ui.web.answering import split_suffix, thing_answer
from query_ui.web.links import id_iri
from query_ui.web.lists import Item, facts_of, list_answer, listing, page_number, subjects
from query_ui.web.names import Names
from query_ui.web.site import site

blueprint = Blueprint("organisations", __name__, url_prefix="/organisations")

SHOWN = {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": "kind",
    "http://www.w3.org/2004/02/skos/core#altLabel": "also called",
}


@blueprint.get("")
def listed() -> Response:
    """Organisations by name, each with the number of its case studies."""
    page, shared = page_number(), site()
    total = shared.number("count-organisations")
    things = subjects(shared.rows("organisations", page))
    names = Names(shared)
    names.learn(things)
    facts = facts_of(shared, names, things, SHOWN)
    items = [
        Item(
            names.page_link(thing),
            facts[thing],
            shared.number("count-of-organisation", organisation=thing),
            "case studies",
        )
        for thing in things
    ]
    return list_answer(
        listing(items, total, page),
        "list.html",
        title="Organisations",
        lead="Institutions, funders and sector bodies, and the consortia they form.",
        noun="organisations",
    )


@blueprint.get("/<path:name>")
def page(name: str) -> Response:
    """One organisation."""
    slug, suffix = split_suffix(name)
    return thing_answer(site(), id_iri("organisation", slug), suffix, "thing.html")
