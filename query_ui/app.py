"""The application: the factory that puts the blueprints of the site together."""

from functools import partial

from flask import Flask, Response, request

from loader.errors import BuildError
from loader.queries.query_files import load_saved_queries, sound_and_broken
from loader.release.name_index.name_schema import FILE as NAMES
from loader.release.search_index.search_schema import FILE as INDEX
from loader.settings import Settings
from query_ui.endpoint import (
    diagnosis_page,
    editor_completion,
    health,
    labels_api,
    metrics,
    openapi_view,
    permalinks,
    saved_queries,
    sparql_page,
)
from query_ui.endpoint.application import MAX_BODY, Service
from query_ui.endpoint.permalink_store import Permalinks
from query_ui.endpoint.rate_limit import Rate
from query_ui.engine.protocol import Engine
from query_ui.engine.query_metrics import Counted, Counts
from query_ui.graph.contract_status import LastProofs
from query_ui.graph.name_index import open_gazetteer
from query_ui.graph.page_queries import EXTENSION, Site
from query_ui.graph.parameter_choices import Choices
from query_ui.graph.release_cache import PerRelease
from query_ui.graph.search_index import open_index
from query_ui.http.content_security import PLAIN, POLICY
from query_ui.http.headers import HEADERS, PREFLIGHT
from query_ui.http.page_compression import smaller
from query_ui.reconciliation import about_matching, api, lookup, table_matching
from query_ui.site import (
    about,
    case_studies,
    changes,
    concepts,
    coverage,
    dataset,
    entities,
    errors,
    home,
    initiatives,
    iri_redirects,
    ontology,
    organisations,
    search,
    sitemap,
    source_documents,
)
from query_ui.site.breadcrumbs import crumbs
from query_ui.site.lists import list_downloads

BLUEPRINTS = (
    home.blueprint,
    list_downloads.blueprint,
    case_studies.blueprint,
    initiatives.blueprint,
    organisations.blueprint,
    concepts.blueprint,
    coverage.blueprint,
    changes.blueprint,
    about.blueprint,
    about_matching.blueprint,
    source_documents.blueprint,
    dataset.blueprint,
    entities.blueprint,
    ontology.blueprint,
    iri_redirects.blueprint,
    saved_queries.blueprint,
    search.blueprint,
    api.blueprint,
    table_matching.blueprint,
    lookup.blueprint,
    openapi_view.blueprint,
    sparql_page.blueprint,
    editor_completion.blueprint,
    labels_api.blueprint,
    permalinks.blueprint,
    diagnosis_page.blueprint,
    health.blueprint,
    metrics.blueprint,
    sitemap.blueprint,
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
        partial(sparql_page.described, shared),
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
