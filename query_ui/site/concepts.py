"""The concept schemes: their hierarchies, and a page for each concept with what is tagged by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, islice

from flask import Blueprint, Response, render_template, request

from loader.settings import BASE
from query_ui.graph.entity_labels import Names
from query_ui.graph.entity_types import kind_word
from query_ui.graph.facet_filter import Selection
from query_ui.graph.facets import facet_of
from query_ui.graph.page_queries import Row, Site, site, string
from query_ui.graph.search_index import Index
from query_ui.graph.search_index.co_occurrence import Pair, Together
from query_ui.graph.urls import Link, Measure, Number, query_path
from query_ui.http.response_format import chosen, split_suffix
from query_ui.site.az_index import Entry, alphabet, letter
from query_ui.site.concept_counts import STUDIES, Carried, carried
from query_ui.site.entity_page import thing_answer
from query_ui.site.entity_sections import sections
from query_ui.site.hierarchy import nested, ways_up
from query_ui.site.lists.list_definitions import Shelf
from query_ui.site.lists.list_items import page_number, subjects, whole
from query_ui.site.lists.list_page import found
from query_ui.site.lists.list_request import Asked
from query_ui.site.related_entities import WORK_CLASSES

blueprint = Blueprint("concepts", __name__, url_prefix="/concepts")

WHOLE = 300
"""A scheme of more concepts opens step by step, and its index letter by letter."""
CARRIED = frozenset(
    {f"{BASE}ontology#{end}" for end in ("beneficiary", "stakeholder", "principle", "obligation")}
    | {"http://purl.org/dc/terms/subject"}
)
"""The properties by which things carry concepts: their sections tell it."""
AT_ONCE = 100
"""So many concepts right below one stand on a page."""
SOME = 5
"""So many case studies stand right beside an obligation that they serve."""
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
    total = shared.number("count-in-scheme", scheme=iri)
    large = total.value > WHOLE
    opened = request.args.getlist("open")
    return thing_answer(
        shared,
        iri,
        suffix,
        "scheme.html",
        tree=nested(
            shared.rows("scheme-concepts", scheme=iri),
            shared,
            [f"{BASE}concept/{name}/{key}" for key in opened] if large else None,
        ),
        total=total,
        opened=opened,
        index=indexed(shared, iri, large),
    )


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The index of a scheme; of a large one the letters, and the entries of the one asked for."""

    entries: Mapping[str, Sequence[Entry]]
    letters: Sequence[str] = ()


def indexed(shared: Site, iri: str, large: bool) -> Alphabet:
    """The labels of a scheme from A to Z."""
    rows = shared.rows("scheme-labels", scheme=iri)
    if not large:
        return Alphabet(alphabet(rows, shared))
    letters = sorted({letter(string(row, "label")) for row in rows})
    wanted = request.args.get("letter", "")
    some = [row for row in rows if wanted and letter(string(row, "label")) == wanted]
    return Alphabet(alphabet(some, shared), letters)


@blueprint.get("/<scheme>/<path:name>")
def page(scheme: str, name: str) -> Response:
    """One concept, with the case studies and initiatives tagged with it or below it."""
    slug, suffix = split_suffix(name)
    iri, shared = f"{BASE}concept/{scheme}/{slug}", site()
    if chosen("graph", suffix):
        return thing_answer(shared, iri, suffix, "concept.html")
    index = shared.index
    carrying = list(sections(shared, facet_of(iri), iri, page_number()))
    response = thing_answer(
        shared,
        iri,
        suffix,
        "concept.html",
        apart=CARRIED if index else frozenset(),
        place=placed(shared, iri),
        narrower=narrower(shared, iri, whole("narrower", request.args.get("narrower", "1"))),
        sections=carrying,
        together=together(shared, index, iri) if index else [],
    )
    response.headers.extend(carrying[0].listing.headers)
    return response


@dataclass(frozen=True, slots=True)
class Below:
    """A concept right below another; of an obligation with some case studies that serve it."""

    notation: str
    link: Link
    carried: Carried
    studies: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """A concept that goes with another: how many things carry both, and how much that means."""

    link: Link
    scheme: str
    both: Number
    lift: Measure


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


@dataclass(frozen=True, slots=True)
class Narrower:
    """One page of the concepts right below one, by the group that is responsible ("" for most)."""

    groups: Sequence[tuple[str, Sequence[Below]]]
    earlier: int
    later: int


def narrower(shared: Site, iri: str, page: int) -> Narrower:
    """The concepts right below one, a hundred at a time, each with its counts."""
    every = shared.rows("narrower", above=iri)
    rows = every[(page - 1) * AT_ONCE : page * AT_ONCE]
    later = page + 1 if page * AT_ONCE < len(every) else 0
    return Narrower(grouped(shared, rows), page - 1, later)


def grouped(shared: Site, rows: Sequence[Row]) -> list[tuple[str, list[Below]]]:
    """Concepts by the group that is responsible, each with its counts."""
    names = Names(shared)
    below = subjects(rows, "concept")
    counts = carried(shared, below)
    studies = (
        {one: some_studies(shared, one) for one in below} if any(r["group"] for r in rows) else {}
    )
    names.learn([*below, *(study for some in studies.values() for study in some)])

    def told(row: Row) -> Below:
        concept = string(row, "concept")
        links = tuple(names.page_link(study) for study in studies.get(concept, ()))
        return Below(string(row, "notation"), names.page_link(concept), counts[concept], links)

    return [
        (group, [told(row) for row in members])
        for group, members in groupby(rows, key=lambda row: string(row, "group"))
    ]


def some_studies(shared: Site, concept: str) -> list[str]:
    """The first case studies that carry a concept."""
    _, things = found(shared, shared.index, wanted(STUDIES, concept), 1, SOME)
    return list(things[:SOME])


def wanted(shelf: Shelf, concept: str) -> Asked:
    """The list of what carries a concept."""
    return Asked(shelf, shelf.everything.adding(facet_of(concept).name, concept))


def together(shared: Site, index: Index, iri: str) -> list[Beside]:
    """The concepts that go with one, each with how many things carry both and the lift."""
    pairs = index.made(Together).with_(iri)
    names = Names(shared)
    names.learn([pair.concept for pair in pairs])
    return [beside(shared, names, iri, pair) for pair in pairs]


def beside(shared: Site, names: Names, iri: str, pair: Pair) -> Beside:
    """One concept that goes with another."""
    one, other = facet_of(iri).name, facet_of(pair.concept).name
    both = Selection("", WORK_CLASSES).adding(one, iri).adding(other, pair.concept)
    count = query_path(shared.selected("count-of-class", both.matching(one, True)))
    lift = query_path(shared.text("lift", one=iri, other=pair.concept))
    return Beside(
        names.page_link(pair.concept),
        kind_word("concept", pair.concept),
        Number(pair.things, count),
        Measure((Decimal(pair.tenths) / 10).normalize(), lift),
    )
