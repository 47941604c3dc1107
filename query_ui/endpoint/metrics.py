"""What the server has counted since it began, for Prometheus and whatever reads its format."""

from typing import cast

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from loader.errors import BuildError
from query_ui.engine.query_metrics import Counts
from query_ui.graph.page_queries import site

blueprint = Blueprint("metrics", __name__)

COUNTS = "concordat-kg-counts"


@blueprint.get("/metrics")
def counted() -> Response:
    """Queries by how they ended, the time they took, and the release that answers."""
    try:
        release = site().engine.release
    except BuildError:
        release = ""
    told = cast(Counts, current_app.extensions[COUNTS]).told(release)
    return Response(told, content_type=CONTENT_TYPE_PLAIN_0_0_4)
