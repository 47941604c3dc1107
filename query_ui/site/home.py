"""The home page: what is in the graph on one screen, and where to start."""

from collections.abc import Iterable, Mapping

from flask import Blueprint, render_template

from loader.errors import BuildError
from loader.namespaces import SCHEMES
from loader.queries.query_files import SavedQuery
from loader.release.release_folder import Release
from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, ParameterValues, current_graph
from query_ui.graph.urls import LinkedCount
from query_ui.site.lists.list_definitions import LIST_DEFINITION_BY_PATH
from query_ui.site.lists.list_items import collect_column_iris

blueprint = Blueprint("home", __name__)

ORGANISATION_CLASSES = LIST_DEFINITION_BY_PATH["/organisations"].classes

COUNT_DEFINITIONS: tuple[tuple[str, str, Mapping[str, ParameterValues], str], ...] = (
    ("case studies", "count-of-class", {"class": f"{BASE}ontology#CaseStudy"}, "/case-studies"),
    ("initiatives", "count-of-class", {"class": f"{BASE}ontology#Initiative"}, "/initiatives"),
    ("of these, practices", "count-of-class", {"class": f"{BASE}ontology#Practice"}, ""),
    (
        "commitments",
        "count-of-class",
        {"class": f"{BASE}ontology#Commitment"},
        "/things/commitment",
    ),
    (
        "action plans",
        "count-of-class",
        {"class": f"{BASE}ontology#ActionPlan"},
        "/action-plans",
    ),
    ("registers", "count-of-class", {"class": f"{BASE}ontology#Register"}, "/registers"),
    ("indicators", "count-of-class", {"class": f"{BASE}ontology#Indicator"}, "/indicators"),
    ("organisations", "count-of-class", {"class": ORGANISATION_CLASSES}, "/organisations"),
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

MAX_HOME_SCHEMES = 8
HomeCount = tuple[str, LinkedCount, str]


@blueprint.get("/")
def home() -> str:
    """Return the home page: counts, concept schemes, saved queries and release."""
    shared = current_graph()
    names = EntityLabels(shared)
    found = dict.fromkeys(collect_column_iris(shared.select_rows("schemes"), "scheme"))
    names.load(found)
    return render_template(
        "home.html",
        counts=build_home_counts(shared),
        schemes=[names.build_page_link(iri) for iri in choose_home_schemes(found)],
        scheme_count=len(found),
        queries=choose_starter_queries(shared),
        release=shared.engine.release,
        built=get_build_date(shared),
    )


def choose_home_schemes(iris: Iterable[str]) -> list[str]:
    """Return the schemes that things are tagged with, or else the first few of the graph."""
    found = [*iris]
    tagged = [iri for iri in found if iri in {f"{BASE}scheme/{name}" for name in SCHEMES}]
    return tagged or found[:MAX_HOME_SCHEMES]


def get_build_date(graph: GraphContext) -> str:
    """Return the date of the build as YYYY-MM-DD; "" where it is not known."""
    try:
        report = Release(graph.build_folder / "releases" / graph.engine.release).report()
    except BuildError:
        return ""
    return str(report.get("built", ""))[:10]


def choose_starter_queries(graph: GraphContext) -> list[SavedQuery]:
    """Return the saved queries tagged ``start``, or else the first five by title."""
    queries = sorted(graph.saved_queries.values(), key=lambda query: query.title.lower())
    return [query for query in queries if "start" in query.tags] or queries[:5]


def build_home_counts(graph: GraphContext) -> list[HomeCount]:
    """Return for each entity type that occurs its label, its number and the path of its list."""
    counts = (
        (word, graph.count(name, **values), path) for word, name, values, path in COUNT_DEFINITIONS
    )
    return [(word, count, path) for word, count, path in counts if count.value]
