"""View of the OpenAPI description at ``/openapi.json``."""

import threading
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import cast

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState

from loader.queries.query_files import SavedQuery
from query_ui.endpoint.openapi.example_values import fetch_example
from query_ui.endpoint.openapi.openapi_builder import (
    JsonObject,
    SavedQueryDescription,
    build_openapi_document,
)
from query_ui.endpoint.query_catalogue import build_choices_path
from query_ui.graph.page_queries import GraphContext, current_graph
from query_ui.http.public_address import PUBLIC_ROOT_KEY
from query_ui.http.response import build_json_response

blueprint = Blueprint("openapi", __name__)

OPENAPI_EXTENSION = "concordat-kg-openapi"


@dataclass(slots=True)
class OpenApiCache:
    """The description of one release; cached because its examples are query results."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    release: str = ""
    document: JsonObject | None = None


@blueprint.record_once
def attach_openapi_cache(state: BlueprintSetupState) -> None:
    """Give each application a cache of its own."""
    state.app.extensions[OPENAPI_EXTENSION] = OpenApiCache()


@blueprint.get("/openapi.json", endpoint="described")
def serve_openapi() -> Response:
    """Describe every route and every saved query, as OpenAPI 3.1."""
    shared, kept = current_graph(), cast(OpenApiCache, current_app.extensions[OPENAPI_EXTENSION])
    release = shared.engine.release
    with kept.lock:
        if kept.document is None or kept.release != release:
            kept.document, kept.release = build_openapi(shared), release
        document = kept.document
    # Where no public address is known, the server is the one that the client asked.
    servers = [{"url": request.environ.get(PUBLIC_ROOT_KEY, "/")}]
    response = build_json_response({**document, "servers": servers})
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def build_openapi(graph: GraphContext) -> JsonObject:
    """Build the OpenAPI document; without examples on a remote endpoint, whose data may change."""
    found = (describe_saved_query(graph, query) for query in graph.saved_queries.values())
    return build_openapi_document(version("concordat-kg"), found)


def describe_saved_query(graph: GraphContext, query: SavedQuery) -> SavedQueryDescription:
    """Describe a saved query with its choices and, unless the engine is remote, an example."""
    choices = {
        p.name: (graph.choices.options(p.choices), build_choices_path(query, p))
        for p in query.parameters
    }
    kind, found = fetch_example(graph.user_engine, query) if graph.engine.release else (None, {})
    return SavedQueryDescription(query, choices, kind, found)
