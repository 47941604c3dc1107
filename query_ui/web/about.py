"""Pages that explain how something on the site is reckoned."""

from decimal import Decimal

from flask import Blueprint, render_template, request

from loader.settings import BASE
from query_ui.linking.features import MEANINGS, WEIGHTS
from query_ui.linking.matching import AHEAD, SURE
from query_ui.reconcile.properties import PROPERTIES
from query_ui.reconcile.types import TYPES
from query_ui.selection import Selection
from query_ui.web.links import Link, Measure, Number, query_path
from query_ui.web.lists import subjects
from query_ui.web.names import Names
from query_ui.web.relations import WORK_CLASSES
from query_ui.web.site import Site, site, string

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


@blueprint.get("/linking")
def linking() -> str:
    """What can be matched, what the features of a candidate mean, and how they make its score."""
    return render_template(
        "about-linking.html",
        features=[(name, WEIGHTS[name], meaning) for name, meaning in MEANINGS.items()],
        types=TYPES,
        properties=PROPERTIES.values(),
        sure=SURE,
        ahead=AHEAD,
        service=f"{request.url_root}reconcile",
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
