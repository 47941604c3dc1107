"""The page that explains how names are matched and scored."""

from flask import Blueprint, render_template, request

from query_ui.reconciliation.matching.match_name import AHEAD, SURE
from query_ui.reconciliation.matching.scoring import MEANINGS, WEIGHTS
from query_ui.reconciliation.properties import PROPERTIES
from query_ui.reconciliation.types import TYPES

blueprint = Blueprint("about_linking", __name__, url_prefix="/about/linking")


@blueprint.get("")
def explain_matching() -> str:
    """Explain what can be matched, what each feature means, and how features make the score."""
    return render_template(
        "about-linking.html",
        features=[(name, WEIGHTS[name], meaning) for name, meaning in MEANINGS.items()],
        types=TYPES,
        properties=PROPERTIES.values(),
        sure=SURE,
        ahead=AHEAD,
        service=f"{request.url_root}reconcile",
    )
