"""The concept schemes: their hierarchies, and a page for each concept with what is tagged by it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Blueprint, Response, render_template

from loader.settings import BASE
from query_ui.web.answering import chosen, split_suffix, thing_answer
from query_ui.web.links import Link, Number
from query_ui.web.lists import Item, Listing, listing, page_number, subjects
from query_ui.web.names import Names
from query_ui.web.site import Row, Site, site, string

blueprint = Blueprint("concepts", __name__, url_prefix="/concepts")

CASE_STUDY = f"{BASE}ontology#CaseStudy"
INITIATIVE = f"{BASE}ontology#Initiative"


@dataclass(slots=True)
class Node:
    """A concept in its scheme, with the concepts below it."""

    link: Link
    notation: str = ""
    definition: str = ""
    below: list["Node"] = field(default_factory=list)


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
    return thing_answer(shared, iri, suffix, "scheme.html", tree=tree, total=total)


def nested(rows: Sequence[Row], shared: Site) -> list[Node]:
    """The concepts below those that have none above; a concept in a circle stands at the top."""
    names = Names(shared)
    names.learn(subjects(rows, "concept"))
    nodes: dict[str, Node] = {}
    above: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        iri = string(row, "concept")
        notation, definition = string(row, "notation"), string(row, "definition")
        nodes.setdefault(iri, Node(names.page_link(iri), notation, definition))
        above[iri].add(string(row, "broader"))
    below: dict[str, list[str]] = defaultdict(list)
    for iri in nodes:
        for parent in above[iri] & nodes.keys():
            below[parent].append(iri)
    placed: set[str] = set()
    top = [iri for iri in nodes if not above[iri] & nodes.keys()]
    tree = [grown(iri, nodes, below, (), placed) for iri in top]
    return tree + [grown(iri, nodes, below, (), placed) for iri in nodes if iri not in placed]


def grown(
    iri: str,
    nodes: dict[str, Node],
    below: dict[str, list[str]],
    path: tuple[str, ...],
    placed: set[str],
) -> Node:
    """A concept with its branches; the path that led here stops a circle."""
    placed.add(iri)
    here = (*path, iri)
    branches = [grown(b, nodes, below, here, placed) for b in below[iri] if b not in here]
    node = nodes[iri]
    return Node(node.link, node.notation, node.definition, branches)


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
        shared, iri, suffix, "concept.html", studies=studies, initiatives=initiatives
    )
    response.headers.extend(studies.headers)
    return response


def tagged(shared: Site, iri: str, kind: str, page: int) -> Listing:
    """One page of the things of a class that carry the concept or one below it."""
    total = shared.number("count-tagged", concept=iri, **{"class": kind})
    things = subjects(shared.rows("tagged", page, concept=iri, **{"class": kind}))
    names = Names(shared)
    names.learn(things)
    return listing([Item(names.page_link(thing)) for thing in things], total, page)
