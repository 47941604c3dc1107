"""Metrics since the start of the server, in the text format of Prometheus.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from typing import cast

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from loader.errors import BuildError
from query_ui.engine.query_metrics import QueryMetrics
from query_ui.graph.page_queries import current_graph

blueprint = Blueprint("metrics", __name__)

METRICS_EXTENSION = "concordat-kg-counts"


@blueprint.get("/metrics", endpoint="counted")
def serve_metrics() -> Response:
    """Report queries by outcome, their duration, and the current release, for Prometheus."""
    try:
        release = current_graph().engine.release
    except BuildError:
        release = ""
    told = cast(QueryMetrics, current_app.extensions[METRICS_EXTENSION]).render_metrics(release)
    return Response(told, content_type=CONTENT_TYPE_PLAIN_0_0_4)
