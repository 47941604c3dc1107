"""Health checks: liveness of the process and readiness of the graph."""

from flask import Blueprint, Response

from loader.errors import BuildError
from query_ui.engine.embedded_engine import describe_degradation
from query_ui.graph.page_queries import current_graph

blueprint = Blueprint("health", __name__, url_prefix="/health")
LIVE_ENDPOINT = "health.live"


@blueprint.get("/live")
def live() -> Response:
    """Report that the process is running."""
    return Response("alive\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/ready")
def ready() -> Response:
    """Report the release that is ready for queries; 503 if there is none or it is empty.

    While the current release is damaged, further lines say so: ``degraded: true`` and why.
    """
    if not current_graph().select_rows("ready"):
        raise BuildError("The graph is empty: build a release first.")
    release = current_graph().engine.release or "remote endpoint"
    problem = describe_degradation(current_graph().engine)
    lines = [f"ready: {release}", *(["degraded: true", problem] if problem else [])]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
