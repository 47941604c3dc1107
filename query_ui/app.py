"""The application: the factory that puts the blueprints of the site together."""

from functools import partial

from flask import Flask, Response, request

from loader.errors import BuildError
from loader.gazetteer.schema import FILE as NAMES
from loader.saved_queries import load_saved_queries, sound_and_broken
from loader.search_index.schema import FILE as INDEX
from loader.settings import Settings
from query_ui.choices import Choices
from query_ui.counted import Counted, Counts
from query_ui.engine.interface import Engine
from query_ui.index import open_index
from query_ui.last_proofs import LastProofs
from query_ui.linking.opened import open_gazetteer
from query_ui.per_release import PerRelease
from query_ui.permalinks import Permalinks
from query_ui.service.application import MAX_BODY, Service
from query_ui.service.headers import HEADERS, PREFLIGHT
from query_ui.service.rate import Rate
from query_ui.web import (
    about,
    case_studies,
    changes,
    completion,
    concepts,
    coverage,
    crawling,
    dataset,
    doctor,
    downloads,
    errors,
    graphs,
    health,
    home,
    identifiers,
    initiatives,
    linking,
    lookup,
    metrics,
    naming,
    ontology,
    openapi,
    organisations,
    permalinks,
    queries,
    reconcile,
    search,
    sparql,
    things,
)
from query_ui.web.compressing import smaller
from query_ui.web.crumbs import crumbs
from query_ui.web.scripts import PLAIN, POLICY
from query_ui.web.site import EXTENSION, Site

BLUEPRINTS = (
    home.blueprint,
    downloads.blueprint,
    case_studies.blueprint,
    initiatives.blueprint,
    organisations.blueprint,
    concepts.blueprint,
    coverage.blueprint,
    changes.blueprint,
    about.blueprint,
    graphs.blueprint,
    dataset.blueprint,
    things.blueprint,
    ontology.blueprint,
    identifiers.blueprint,
    queries.blueprint,
    search.blueprint,
    reconcile.blueprint,
    linking.blueprint,
    lookup.blueprint,
    openapi.blueprint,
    sparql.blueprint,
    completion.blueprint,
    naming.blueprint,
    permalinks.blueprint,
    doctor.blueprint,
    health.blueprint,
    metrics.blueprint,
    crawling.blueprint,
)


def create_app(
    settings: Settings, engine: Engine, visitors: Engine | None = None, rate: int = 0
) -> Flask:
    """The site over an engine.

    ``visitors`` answers what strangers write and fill in, under limits; without it ``engine`` does.
    ``rate`` is how many requests a client may send in a minute, 0 for any number.
    DataError where a query file of the pages is not in order; a broken saved query is only listed.
    """
    app = Flask("query_ui", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    counts = Counts()
    asked = Counted(visitors or engine, counts)
    saved, broken = sound_and_broken(settings.queries)
    pages = load_saved_queries(settings.pages)
    shared = Site(
        engine,
        asked,
        pages,
        saved,
        load_saved_queries(settings.doctor),
        load_saved_queries(settings.facets),
        broken,
        LastProofs(settings.out),
        Choices(engine, saved, pages["choices"]),
        PerRelease(settings.out, partial(release_of, engine), INDEX, open_index),
        PerRelease(settings.out, partial(release_of, engine), NAMES, open_gazetteer),
        settings.out,
    )
    app.extensions[EXTENSION] = shared
    app.extensions[metrics.COUNTS] = counts
    app.extensions[permalinks.KEPT] = Permalinks(settings.out / "permalinks")
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    errors.register(app)
    app.after_request(headed)
    app.after_request(smaller)
    app.wsgi_app = Service(  # type: ignore[method-assign,assignment]
        asked,
        app.wsgi_app,
        partial(sparql.described, shared),
        Rate(rate),
        lambda: shared.snapshots,
    )
    app.context_processor(lambda: {"release": release_of(engine), "crumbs": crumbs})
    return app


def headed(response: Response) -> Response:
    """What every answer says: who may read it, what it may load, and that Accept mattered."""
    response.headers.extend(HEADERS)
    response.headers.setdefault(POLICY, PLAIN)
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
