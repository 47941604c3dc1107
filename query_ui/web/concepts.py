"""The concept schemes: their hierarchies, and a page for each concept with what is tagged by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from flask import Blueprint, Response, render_template

from loader.settings import BASE
from query_ui.web.alphabet import alphabet
from query_ui.web.answering import chosen, split_suffix, thing_answer
from query_ui.web.carried import CASE_STUDY, INITIATIVE, Carried, carried
from query_ui.web.hierarchy import nested, ways_up
from query_ui.web.links import Link, Number
from query_ui.web.lists import Item, Listing, listing, page_number, subjects
from query_ui.web.names import Names
from query_ui.web.site import Site, site, string

blueprint = Blueprint("concepts", __name__, url_prefix="/concepts")

MOST_WAYS = 20
"""So many ways up are shown; of a concept with more the page says that there are more."""


@blueprint.get("")
def schemes() -> str:
    """The concept schemes with the number of concepts in each."""
    shared = site()
    rows = {string(row, "scheme"): row for row in shared.rows("schemes")}
    names = Names(shared)
    names.learn(rows)
    found: list[tuple[Link, str, Number]] = [
        (
            names.page_link(iri),
            string(row, "description"),
            shared.number("count-in-scheme", scheme=iri),
        )
        for iri, row in rows.items()
    ]
    return render_template("schemes.html", schemes=found)


@blueprint.get("/<scheme>")
def hierarchy(scheme: str) -> Response:
    """One scheme: its concepts as nested lists, then everything said about the scheme itself."""
    name, suffix = split_suffix(scheme)
    iri, shared = f"{BASE}scheme/{name}", site()
    if chosen("graph", suffix):
        return thing_answer(shared, iri, suffix, "scheme.html")
    tree = nested(shared.rows("scheme-concepts", scheme=iri), shared)
    total = shared.number("count-in-scheme", scheme=iri)
    index = alphabet(shared.rows("scheme-labels", scheme=iri), shared)
    return thing_answer(shared, iri, suffix, "scheme.html", tree=tree, total=total, index=index)


@blueprint.get("/<scheme>/<path:name>")
def page(scheme: str, name: str) -> Response:
    """One concept, with the case studies and initiatives tagged with it or below it."""
    slug, suffix = split_suffix(name)
    iri, shared = f"{BASE}concept/{scheme}/{slug}", site()
    if chosen("graph", suffix):
        return thing_answer(shared, iri, suffix, "concept.html")
    studies = tagged(shared, iri, CASE_STUDY, page_number())
    initiatives = tagged(shared, iri, INITIATIVE, 1)
    response = thing_answer(
        shared,
        iri,
        suffix,
        "concept.html",
        place=placed(shared, iri),
        groups=narrower(shared, iri),
        studies=studies,
        initiatives=initiatives,
    )
    response.headers.extend(studies.headers)
    return response


@dataclass(frozen=True, slots=True)
class Place:
    """Where a concept stands: the ways that lead down to it, and whether there are more."""

    ways: Sequence[Sequence[Link]]
    more: bool


def placed(shared: Site, iri: str) -> Place:
    """The ways from the top of the hierarchy to a concept."""
    ways = list(islice(ways_up(shared.rows("broader-steps", start=iri), iri), MOST_WAYS + 1))
    names = Names(shared)
    names.learn({step for way in ways for step in way})
    shown = [[names.page_link(step) for step in way] for way in ways[:MOST_WAYS]]
    return Place(shown, len(ways) > MOST_WAYS)


def narrower(shared: Site, iri: str) -> list[tuple[str, list[tuple[str, Link, Carried]]]]:
    """The concepts right below one, by the group that is responsible ("" for most), with counts."""
    rows = shared.rows("narrower", above=iri)
    names = Names(shared)
    names.learn(subjects(rows, "concept"))
    counts = carried(shared, subjects(rows, "concept"))

    def told(concept: str, notation: str) -> tuple[str, Link, Carried]:
        return notation, names.page_link(concept), counts[concept]

    return [
        (group, [told(string(row, "concept"), string(row, "notation")) for row in members])
        for group, members in groupby(rows, key=lambda row: string(row, "group"))
    ]


def tagged(shared: Site, iri: str, kind: str, page: int) -> Listing:
    """One page of the things of a class that carry the concept or one below it."""
    total = shared.number("count-tagged", concept=iri, **{"class": kind})
    things = subjects(shared.rows("tagged", page, concept=iri, **{"class": kind}))
    names = Names(shared)
    names.learn(things)
    return listing([Item(names.page_link(thing)) for thing in things], total, page)
