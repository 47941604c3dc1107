"""The description of the interface for programs, made of the routes that the app really has."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import cast

from flask import Blueprint, Flask, Response, current_app, request
from flask.blueprints import BlueprintSetupState

from loader.queries.query_files import SavedQuery
from query_ui.endpoint.openapi.example_values import example
from query_ui.endpoint.openapi.openapi_builder import Place, Saved, document
from query_ui.endpoint.query_catalogue import choices_path
from query_ui.graph.page_queries import Site, site

blueprint = Blueprint("openapi", __name__)

KEPT = "concordat-kg-openapi"
METHODS = ("GET", "POST")


@dataclass(slots=True)
class Kept:
    """The description for one release: its examples take a moment to find."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    release: str = ""
    body: str = ""


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """Give each app a description of its own."""
    state.app.extensions[KEPT] = Kept()


@blueprint.get("/openapi.json")
def described() -> Response:
    """Every route and every saved query, as OpenAPI 3.1."""
    shared, kept = site(), cast(Kept, current_app.extensions[KEPT])
    release = shared.engine.release
    with kept.lock:
        if not kept.body or kept.release != release:
            kept.body = json.dumps(description(current_app, shared), ensure_ascii=False)
            kept.release = release
        response = Response(kept.body, mimetype="application/json")
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def description(app: Flask, shared: Site) -> dict[str, object]:
    """The description as an object; a remote endpoint changes, so it gives no examples."""
    found = (saved(shared, query) for query in shared.saved.values())
    return document(version("concordat-kg"), places(app), found)


def places(app: Flask) -> Iterator[Place]:
    """The routes of the app, each with what its view says of itself."""
    for rule in app.url_map.iter_rules():
        said = (app.view_functions[rule.endpoint].__doc__ or "").strip().partition("\n")[0]
        for method in METHODS:
            if method in (rule.methods or ()):
                yield Place(rule.rule, rule.endpoint, method, said)


def saved(shared: Site, query: SavedQuery) -> Saved:
    """A saved query with its choices and an example."""
    choices = {
        p.name: (shared.choices.options(p.choices), choices_path(query, p))
        for p in query.parameters
    }
    kind, found = example(shared.visitors, query) if shared.engine.release else (None, {})
    return Saved(query, choices, kind, found)
