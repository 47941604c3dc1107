"""Page that explains how names are matched and scored."""

from flask import Blueprint, render_template, request
from flask.blueprints import BlueprintSetupState

from query_ui.reconciliation.matching.match_name import CERTAIN_SCORE, MIN_LEAD
from query_ui.reconciliation.matching.scoring import FEATURE_DESCRIPTIONS, FEATURE_WEIGHTS
from query_ui.reconciliation.properties import PROPERTIES, TYPES
from query_ui.reconciliation.registries.registry_properties import REGISTRY_PROPERTIES
from query_ui.reconciliation.served_services import list_registries

blueprint = Blueprint("about_matching", __name__)


@blueprint.record_once
def add_route(state: BlueprintSetupState) -> None:
    """Add the page to the app.

    The endpoint is named like the other page under ``/about``: the operationId in the description
    of the API follows from it, and generated clients rely on that name.
    """
    state.app.add_url_rule("/about/linking", endpoint="about.linking", view_func=explain_matching)


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
        registries=list_registries(),
        registry_properties=REGISTRY_PROPERTIES.values(),
        service=f"{request.url_root}reconcile",
    )
