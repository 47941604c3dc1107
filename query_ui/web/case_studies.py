"""Case studies: their list and their pages."""

from flask import Blueprint, Response

from loader.settings import BASE
from query_ui.web.answering import split_suffix, thing_answer
from query_ui.web.links import id_iri
from query_ui.web.lists import class_page
from query_ui.web.site import site

blueprint = Blueprint("case_studies", __name__, url_prefix="/case-studies")

CASE_STUDY = f"{BASE}ontology#CaseStudy"
SHOWN = {
    f"{BASE}ontology#organisation": "institution",
    f"{BASE}ontology#principle": "principle",
}


@blueprint.get("")
def listed() -> Response:
    """Case studies by title."""
    return class_page(
        site(),
        CASE_STUDY,
        SHOWN,
        "list.html",
        title="Case studies",
        lead="What institutions say they did for the careers and the culture of their researchers.",
        noun="case studies",
    )


@blueprint.get("/<path:name>")
def page(name: str) -> Response:
    """One case study."""
    slug, suffix = split_suffix(name)
    return thing_answer(site(), id_iri("case-study", slug), suffix, "thing.html")
