"""Whether the process lives, and whether it can answer."""

from flask import Blueprint, Response

from loader.errors import BuildError
from query_ui.graph.page_queries import current_graph

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
def live() -> Response:
    """The process answers."""
    return Response("alive\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/ready")
def ready() -> Response:
    """The graph answers; 503 where there is nothing to ask."""
    if not current_graph().select_rows("ready"):
        raise BuildError("The graph is empty: build a release first.")
    release = current_graph().engine.release or "remote endpoint"
    return Response(f"ready: {release}\n", content_type="text/plain; charset=utf-8")
