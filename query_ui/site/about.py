"""The page that explains how relatedness is computed."""

from decimal import Decimal

from flask import Blueprint, render_template

from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.page_queries import GraphContext, current_graph, get_cell_text
from query_ui.graph.urls import Link, LinkedCount, LinkedMeasure
from query_ui.site.lists.list_items import collect_column_iris
from query_ui.site.related_entities import WORK_CLASSES

blueprint = Blueprint("about", __name__, url_prefix="/about")

KEYWORD_SCHEME = f"{BASE}scheme/keywords"


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
