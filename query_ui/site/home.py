"""The home page: what is in the graph, in one screen, and the ways in."""

from collections.abc import Mapping

from flask import Blueprint, render_template

from loader.errors import BuildError
from loader.queries.query_files import SavedQuery
from loader.release.release_folder import Release
from loader.settings import BASE
from query_ui.graph.entity_labels import Names
from query_ui.graph.page_queries import Site, Values, site
from query_ui.graph.urls import Number
from query_ui.site.lists.list_definitions import SHELVES
from query_ui.site.lists.list_items import subjects

blueprint = Blueprint("home", __name__)

ORGANISATIONS = SHELVES["/organisations"].classes

COUNTED: tuple[tuple[str, str, Mapping[str, Values], str], ...] = (
    ("case studies", "count-of-class", {"class": f"{BASE}ontology#CaseStudy"}, "/case-studies"),
    ("initiatives", "count-of-class", {"class": f"{BASE}ontology#Initiative"}, "/initiatives"),
    (
        "commitments",
        "count-of-class",
        {"class": f"{BASE}ontology#Commitment"},
        "/things/commitment",
    ),
    ("organisations", "count-of-class", {"class": ORGANISATIONS}, "/organisations"),
    (
        "obligations",
        "count-of-class",
        {"class": f"{BASE}ontology#Obligation"},
        "/concepts/principles",
    ),
    ("keywords", "count-in-scheme", {"scheme": f"{BASE}scheme/keywords"}, "/concepts/keywords"),
    ("claims", "count-of-class", {"class": f"{BASE}ontology#Claim"}, ""),
    ("data issues", "count-of-class", {"class": f"{BASE}ontology#DataIssue"}, ""),
    ("source documents", "count-of-class", {"class": f"{BASE}ontology#SourceDocument"}, "/graphs"),
    ("statements", "count-statements", {}, ""),
)

Count = tuple[str, Number, str]


@blueprint.get("/")
def home() -> str:
    """What is in the graph: counts, schemes, saved queries, release."""
    shared = site()
    names = Names(shared)
    found = dict.fromkeys(subjects(shared.rows("schemes"), "scheme"))
    names.learn(found)
    return render_template(
        "home.html",
        counts=counts(shared),
        schemes=[names.page_link(iri) for iri in found],
        queries=starters(shared),
        release=shared.engine.release,
        built=built(shared),
    )


def built(shared: Site) -> str:
    """The day on which the release was built; "" where that is not known."""
    try:
        report = Release(shared.out / "releases" / shared.engine.release).report()
    except BuildError:
        return ""
    return str(report.get("built", ""))[:10]


def starters(shared: Site) -> list[SavedQuery]:
    """The saved queries to begin with: those tagged ``start``, else the first few."""
    queries = sorted(shared.saved.values(), key=lambda query: query.title.lower())
    return [query for query in queries if "start" in query.tags] or queries[:5]


def counts(shared: Site) -> list[Count]:
    """How many there are of each kind of thing: a word, the number, and the list of them."""
    return [(word, shared.number(name, **values), path) for word, name, values, path in COUNTED]
