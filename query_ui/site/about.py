"""The page that explains how relatedness is computed."""

from decimal import Decimal

from flask import Blueprint, render_template

from loader.settings import BASE
from query_ui.graph.entity_labels import Names
from query_ui.graph.facet_filter import Selection
from query_ui.graph.page_queries import Site, site, string
from query_ui.graph.urls import Link, Measure, Number, query_path
from query_ui.site.lists.list_items import subjects
from query_ui.site.related_entities import WORK_CLASSES

blueprint = Blueprint("about", __name__, url_prefix="/about")

KEYWORDS = f"{BASE}scheme/keywords"


@blueprint.get("/related")
def related() -> str:
    """How relatedness is reckoned, with what each keyword tells."""
    shared = site()
    return render_template(
        "about-related.html",
        weights=weights(shared),
        query=query_path(shared.text("weights", scheme=KEYWORDS)),
    )


def weights(shared: Site) -> list[tuple[Link, Number, Measure]]:
    """The keywords that most carry: how many, and how many bits that is."""
    rows = shared.rows("weights", scheme=KEYWORDS)
    names = Names(shared)
    names.learn(subjects(rows, "concept"))
    found = []
    for row in rows:
        iri = string(row, "concept")
        works = Selection("", WORK_CLASSES, {"keyword": (iri,)})
        carriers = query_path(shared.selected("count-of-class", works))
        bits = query_path(shared.text("bits-of-concept", concept=iri))
        found.append(
            (
                names.page_link(iri),
                Number(int(string(row, "carriers")), carriers),
                Measure(Decimal(string(row, "bits")), bits),
            )
        )
    return found
