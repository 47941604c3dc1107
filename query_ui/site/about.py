"""The pages *About and method* and *How relatedness is calculated*."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from flask import Blueprint, render_template

from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.page_queries import GraphContext, current_graph, get_cell_text
from query_ui.graph.urls import Link, LinkedCount, LinkedMeasure
from query_ui.site.licences import build_licence_link
from query_ui.site.lists.list_items import collect_column_iris
from query_ui.site.record_cards import load_cards
from query_ui.site.related_entities import WORK_CLASSES

blueprint = Blueprint("about", __name__, url_prefix="/about")

KEYWORD_SCHEME = f"{BASE}scheme/keywords"
CONCORDAT = f"{BASE}id/initiative/researcher-development-concordat"
CONTENTS = (
    ("Practice", "practices", "/queries/practices-with-evaluation"),
    ("CaseStudy", "case studies", "/case-studies"),
    ("ActionPlan", "action plans", "/action-plans"),
    ("RegisterEvent", "events of registers", "/queries/registers-and-events"),
    ("Obligation", "obligations", "/concepts/principles"),
    ("SourceDocument", "source documents", "/graphs"),
)
"""Class, words and list of what the page counts as covered."""
GAPS = (
    (
        "count-obligations-without-practice",
        "obligations to which no practice is linked",
        "/queries/obligations-without-practice",
    ),
    ("count-practices-of-low-trust", "practices of low trust", ""),
    ("count-practices-read-again", "practices that a second reader has read again", ""),
)
"""Query, words and list of what limits the contents."""
SCALES = (
    ("Trust", f"{BASE}ontology#Trust", "Source documents", "How far a document is trusted."),
    (
        "Verification status",
        f"{BASE}ontology#Standing",
        "Claims and commitments",
        "How far other evidence supports a claim or a commitment.",
    ),
    (
        "Evidence level",
        f"{BASE}scheme/evidence-levels",
        "Practices",
        "The strongest kind of evidence that the source reports about a practice.",
    ),
)
"""Title, IRI, what has a level, and meaning of each scale that the page explains."""

Level = tuple[Link, str, LinkedCount]


@blueprint.get("", endpoint="method")
def explain_method() -> str:
    """Return the page on what the graph contains, how facts are checked, and how to cite it."""
    shared = current_graph()
    names = EntityLabels(shared)
    rows = shared.select_rows("about-dataset")
    licences = dict.fromkeys(get_cell_text(row, "licence") for row in rows if row["licence"])
    (concordat,) = load_cards(shared, names, [CONCORDAT])
    return render_template(
        "about.html",
        concordat=concordat,
        rights=get_cell_text(rows[0], "rights") if rows else "",
        licences=[build_licence_link(iri) for iri in licences],
        contents=count_contents(shared),
        gaps=[(count_with_list(shared, path, name), words) for name, words, path in GAPS],
        scales=list_scales(shared, names),
    )


def count_contents(graph: GraphContext) -> list[tuple[LinkedCount, str]]:
    """Return the number of entities of each class of ``CONTENTS`` that occurs, with its words."""
    counts = (
        (
            count_with_list(graph, path, "count-of-class", **{"class": f"{BASE}ontology#{name}"}),
            words,
        )
        for name, words, path in CONTENTS
    )
    return [(count, words) for count, words in counts if count.value]


def count_with_list(graph: GraphContext, list_href: str, query: str, **values: str) -> LinkedCount:
    """Return a count with the path of its list, if that is a page or a saved query that exists."""
    name = list_href.removeprefix("/queries/")
    is_there = name == list_href or name in graph.saved_queries
    return replace(graph.count(query, **values), list_href=list_href if is_there else "")


def list_scales(
    graph: GraphContext, labels: EntityLabels
) -> list[tuple[str, str, str, list[Level]]]:
    """Return each scale with its levels: their page, their definition and how many have them."""
    levels: dict[str, list[Level]] = defaultdict(list)
    for row in graph.select_rows("method-scales"):
        iri = get_cell_text(row, "level")
        to = Link(get_cell_text(row, "label").capitalize(), labels.build_page_link(iri).href)
        count = graph.count("count-at-level", level=iri)
        levels[get_cell_text(row, "scale")].append((to, get_cell_text(row, "definition"), count))
    return [
        (title, noun, meaning, levels[iri]) for title, iri, noun, meaning in SCALES if levels[iri]
    ]


@blueprint.get("/related", endpoint="related")
def explain_relatedness() -> str:
    """Return the page on the similarity score, with the information content of each keyword."""
    shared = current_graph()
    return render_template(
        "about-related.html",
        weights=list_keyword_weights(shared),
        query=shared.named_query_path("weights", scheme=KEYWORD_SCHEME),
    )


def list_keyword_weights(graph: GraphContext) -> list[tuple[Link, LinkedCount, LinkedMeasure]]:
    """Return the most used keywords, each with its number of tagged works and its bits."""
    rows = graph.select_rows("weights", scheme=KEYWORD_SCHEME)
    names = EntityLabels(graph)
    names.load(collect_column_iris(rows, "concept"))
    weights = []
    for row in rows:
        iri = get_cell_text(row, "concept")
        works = FacetFilter("", WORK_CLASSES, {"keyword": (iri,)})
        carriers = graph.narrowed_query_path("count-of-class", works)
        bits = graph.named_query_path("bits-of-concept", concept=iri)
        weights.append(
            (
                names.build_page_link(iri),
                LinkedCount(int(get_cell_text(row, "carriers")), carriers),
                LinkedMeasure(Decimal(get_cell_text(row, "bits")), bits),
            )
        )
    return weights
