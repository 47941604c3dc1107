"""Page that explains how names are matched and scored."""

from flask import Blueprint, render_template, request

from query_ui.reconciliation.matching.match_name import CERTAIN_SCORE, MIN_LEAD
from query_ui.reconciliation.matching.scoring import FEATURE_DESCRIPTIONS, FEATURE_WEIGHTS
from query_ui.reconciliation.properties import PROPERTIES, TYPES

blueprint = Blueprint("about_linking", __name__, url_prefix="/about/linking")


@blueprint.get("")
def explain_matching() -> str:
    """Explain what can be matched, what each feature means, and how features make the score."""
    return render_template(
        "about-linking.html",
        features=[
            (name, FEATURE_WEIGHTS[name], meaning) for name, meaning in FEATURE_DESCRIPTIONS.items()
        ],
        types=TYPES,
        properties=PROPERTIES.values(),
        sure=CERTAIN_SCORE,
        ahead=MIN_LEAD,
        service=f"{request.url_root}reconcile",
    )
