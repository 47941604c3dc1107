"""The application: the factory that puts the blueprints of the site together."""

from flask import Flask, Response, request

from loader.errors import BuildError
from loader.saved_queries import load_saved_queries
from loader.settings import Settings
from query_ui.engine.interface import Engine
from query_ui.web import (
    case_studies,
    concepts,
    errors,
    graphs,
    health,
    home,
    identifiers,
    initiatives,
    ontology,
    organisations,
    queries,
    sparql,
    things,
)
from query_ui.web.site import EXTENSION, Site

BLUEPRINTS = (
    home.blueprint,
    case_studies.blueprint,
    initiatives.blueprint,
    organisations.blueprint,
    concepts.blueprint,
    graphs.blueprint,
    things.blueprint,
    ontology.blueprint,
    identifiers.blueprint,
    queries.blueprint,
    sparql.blueprint,
    health.blueprint,
)
MAX_BODY = 1024 * 1024
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Link",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type",
    "Access-Control-Max-Age": "86400",
}


def create_app(settings: Settings, engine: Engine, visitors: Engine | None = None) -> Flask:
    """The site over an engine.

    ``visitors`` answers what strangers write and fill in, under limits; without it ``engine`` does.
    DataError where a query file is not in order.
    """
    app = Flask("query_ui", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions[EXTENSION] = Site(
        engine,
        visitors or engine,
        load_saved_queries(settings.pages),
        load_saved_queries(settings.queries),
    )
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    errors.register(app)
    app.after_request(headed)
    app.context_processor(lambda: {"release": release_of(engine)})
    return app


def headed(response: Response) -> Response:
    """What every answer says: who may read it, what it may load, and that Accept mattered."""
    response.headers.extend(HEADERS)
    if request.method == "OPTIONS":
        response.headers.extend(PREFLIGHT)
    if request.endpoint != "static":
        response.vary.add("Accept")
    return response


def release_of(engine: Engine) -> str:
    """The hash for the foot of a page: "" where the error page itself has to say there is none."""
    try:
        return engine.release
    except BuildError:
        return ""
