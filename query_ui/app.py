"""The application factory, which joins site, endpoint and reconciliation in one application.

https://flask.palletsprojects.com/en/stable/patterns/appfactories/
"""

import sqlite3
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, current_app, request

from loader.errors import BuildError
from loader.queries.query_files import load_saved_queries, load_sound_and_broken
from loader.release.damage_marks import report_suspicion
from loader.release.name_index.name_schema import NAME_INDEX_FILE as NAMES
from loader.release.search_index.search_schema import SEARCH_INDEX_FILE as INDEX
from loader.settings import Settings
from query_ui.assistants import mcp_endpoint
from query_ui.endpoint import (
    diagnosis_page,
    editor_completion,
    health,
    labels_api,
    metrics,
    named_query_redirect,
    openapi_view,
    permalinks,
    results_since,
    saved_queries,
    sparql_page,
)
from query_ui.endpoint.application import SparqlEndpoint
from query_ui.endpoint.early_responder import choose_early_reader
from query_ui.endpoint.permalinks import PermalinkStore
from query_ui.engine.embedded_engine import (
    EmbeddedEngine,
    describe_degradation,
    describe_unreadable,
)
from query_ui.engine.engine_collector import EngineCollector
from query_ui.engine.protocol import Engine
from query_ui.engine.query_metrics import MeteredEngine, QueryMetrics
from query_ui.engine.release_lookup import ReleaseList, get_release_hash
from query_ui.engine.release_watch import ReleaseWatch
from query_ui.engine.remote import RemoteEngine, describe_missing_files
from query_ui.engine.result_formats import FORMATS_BY_KIND
from query_ui.engine.site_state import SiteState, get_today
from query_ui.graph.contract_status import ContractStatusFile
from query_ui.graph.help_pages import read_definitions
from query_ui.graph.name_index import open_name_index
from query_ui.graph.page_queries import GRAPH_EXTENSION, GraphContext
from query_ui.graph.parameter_choices import ParameterChoices
from query_ui.graph.release_cache import ReleaseCache
from query_ui.graph.search_index import open_search_index
from query_ui.http.cache_headers import CacheHeaders, compute_version
from query_ui.http.compression import compress_response
from query_ui.http.content_security import DEFAULT_POLICY, POLICY_HEADER
from query_ui.http.embedding import (
    EMBED_POLICY,
    EmbedMiddleware,
    choose_layout,
    get_embed,
    get_page_address,
)
from query_ui.http.headers import COMMON_HEADERS, LICENCE_LINK, PREFLIGHT_HEADERS
from query_ui.http.memento import build_memento_headers
from query_ui.http.outer_layers import OuterLayers
from query_ui.http.page_dispatcher import put_dispatcher_first
from query_ui.http.page_pool import PagePool
from query_ui.http.public_address import PublicAddress, add_base_path_to_redirect
from query_ui.http.rate_limit import WorkRateLimiter, WorkRateMiddleware, WsgiApp
from query_ui.http.release_address import (
    get_current_address,
    get_named_release,
    get_since_address,
)
from query_ui.http.release_links import keep_release_in_links
from query_ui.http.release_pin import ReleasePin
from query_ui.http.request_limits import DEFAULT_LIMITS, MAX_BODY_BYTES, RequestLimits
from query_ui.http.response_cache import ResponseCache
from query_ui.http.static_versions import add_version
from query_ui.http.style_sheet import blueprint as style_sheet_blueprint
from query_ui.http.task_gate import TASK_GATE_EXTENSION, TaskGate, end_task
from query_ui.http.template_indentation import IndentationExtension
from query_ui.http.template_links import PublicLinkExtension
from query_ui.reconciliation import about_matching, api, lookup, table_matching
from query_ui.reconciliation.registries.registry_service import RegistryService
from query_ui.reconciliation.served_services import REGISTRIES_EXTENSION, list_registry_names
from query_ui.site import (
    about,
    case_studies,
    changes,
    citations,
    compare,
    concepts,
    contribute,
    coverage,
    dataset,
    due_dates,
    embeds,
    entities,
    error_handlers,
    feedback,
    help,
    home,
    initiatives,
    iri_redirects,
    ontology,
    organisations,
    question_page,
    record_pages,
    search,
    sitemap,
    source_documents,
    time_maps,
)
from query_ui.site.breadcrumbs import list_breadcrumbs
from query_ui.site.feedback_message import FEEDBACK_CONFIG
from query_ui.site.lists import list_downloads, lists_since
from query_ui.site.navigation import list_data_tabs, list_sections

BLUEPRINTS = (
    style_sheet_blueprint,
    home.blueprint,
    list_downloads.blueprint,
    lists_since.blueprint,
    case_studies.blueprint,
    initiatives.blueprint,
    organisations.blueprint,
    compare.blueprint,
    due_dates.blueprint,
    record_pages.blueprint,
    concepts.blueprint,
    coverage.blueprint,
    changes.blueprint,
    about.blueprint,
    citations.blueprint,
    help.blueprint,
    feedback.blueprint,
    embeds.blueprint,
    contribute.blueprint,
    about_matching.blueprint,
    source_documents.blueprint,
    dataset.blueprint,
    entities.blueprint,
    ontology.blueprint,
    iri_redirects.blueprint,
    saved_queries.blueprint,
    results_since.blueprint,
    search.blueprint,
    question_page.blueprint,
    api.blueprint,
    table_matching.blueprint,
    lookup.blueprint,
    openapi_view.blueprint,
    sparql_page.blueprint,
    editor_completion.blueprint,
    labels_api.blueprint,
    permalinks.blueprint,
    named_query_redirect.blueprint,
    diagnosis_page.blueprint,
    health.blueprint,
    metrics.blueprint,
    sitemap.blueprint,
    time_maps.blueprint,
    mcp_endpoint.blueprint,
)

VOLATILE_BLUEPRINTS = ("permalinks", "health", "metrics", "doctor")
"""Blueprints whose responses depend on more than release and request: time, load, other files."""
STATIC_ENDPOINTS = ("static", "style_sheet.style_sheet", "style_sheet.theme")
DATA_MEDIA_TYPES = {
    "application/json",
    "application/csvm+json",
    *(form.media_type for forms in FORMATS_BY_KIND.values() for form in forms),
}
"""The media types of downloads, whose licence and attributions are linked."""


def create_app(  # noqa: PLR0913 (one parameter a part)
    settings: Settings,
    engine: Engine,
    user_engine: Engine | None = None,
    limits: RequestLimits = DEFAULT_LIMITS,
    rate_limiter: WorkRateLimiter | None = None,
    watch: ReleaseWatch | None = None,
    public_address: PublicAddress | None = None,
    feedback_address: str = "",
    registries: Mapping[str, RegistryService] | None = None,
    response_cache: ResponseCache | None = None,
    page_pool: PagePool | None = None,
) -> Flask:
    """Create the application on an engine.

    ``user_engine`` runs the queries that users write or complete, under limits; it defaults to
    ``engine``. ``limits`` bound every request, and ``rate_limiter`` the work of one client; without
    it clients are not told apart. The metrics have the checks of ``watch``. ``public_address`` is
    where the public reaches the site; without it every host is allowed, and the site is at ``/``.
    ``feedback_address``, an e-mail address or a URL, gets reports of errors. ``registries`` are
    served by name. The server puts ``response_cache`` in front by ``get_front``. Processes of
    ``page_pool`` make pages too. Raises DataError for an invalid page query; an invalid saved one
    is only listed.
    """
    app = create_flask()
    app.config[FEEDBACK_CONFIG] = feedback_address
    counts = QueryMetrics()
    asked = MeteredEngine(user_engine or engine, counts)
    shared = build_graph_context(settings, engine, asked)
    app.extensions[GRAPH_EXTENSION] = shared
    app.extensions[REGISTRIES_EXTENSION] = registries or {}
    app.extensions[metrics.METRICS_EXTENSION] = counts
    add_tools(app, settings, limits)
    cache_headers = build_cache_headers(app, settings, list_registry_names(registries or {}))
    register_hooks(app, engine, shared, cache_headers)
    check_times = watch.check_times.copy if watch else dict
    counts.registry.register(EngineCollector(engine, user_engine or engine, check_times))
    find_state = choose_state_finder(engine, settings.out)
    proxies = rate_limiter.trusted_proxies if rate_limiter else ()
    address = public_address or PublicAddress()
    early = choose_early_reader(user_engine, counts, rate_limiter)
    layers = OuterLayers(counts.registry, find_state, proxies, address, response_cache, early)
    app.extensions[mcp_endpoint.INNER_APP_EXTENSION] = put_endpoint_first(
        app.wsgi_app, asked, shared, None
    )
    pages = put_dispatcher_first(app, page_pool, cache_headers.version, counts.registry)
    inner = put_endpoint_first(pages, asked, shared, rate_limiter)
    inner = EmbedMiddleware(ReleasePin(inner, engine, find_state, shared.releases), app.url_map)
    layers.add_to(app, inner)
    return app


def add_tools(app: Flask, settings: Settings, limits: RequestLimits) -> None:
    """Add what views use besides the graph: the form, the gate for tasks, and permalinks."""
    app.extensions[contribute.CONTRIBUTION_EXTENSION] = contribute.ToolsOfRelease(settings)
    app.extensions[TASK_GATE_EXTENSION] = TaskGate(limits)
    app.extensions[permalinks.PERMALINKS_EXTENSION] = PermalinkStore(
        settings.out / "permalinks", limits.max_permalinks, limits.max_permalink_days
    )


def create_flask() -> Flask:
    """Create the Flask application with all routes."""
    app = Flask("query_ui", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY_BYTES
    app.jinja_options = {
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": [IndentationExtension, PublicLinkExtension],
    }
    app.jinja_env.globals |= {
        "definitions": read_definitions,
        "data_tabs": list_data_tabs,
        "choose_layout": choose_layout,
        "get_page_address": get_page_address,
        "get_current_address": get_current_address,
        "get_since_address": get_since_address,
        "describe_embedding": embeds.describe_embedding,
    }
    app.url_defaults(add_version)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.register_blueprint(api.blueprint, url_prefix=api.REGISTRY_PREFIX, name="registry")
    return app


def put_endpoint_first(
    pages: WsgiApp, engine: Engine, graph: GraphContext, rate_limiter: WorkRateLimiter | None
) -> WsgiApp:
    """Return the endpoint before ``pages``, so that most SPARQL requests need no Flask request.

    ``rate_limiter`` comes before both.
    """
    endpoint = SparqlEndpoint(
        engine,
        pages,
        partial(sparql_page.fetch_service_description, graph),
        lambda: graph.snapshots,
        graph.releases,
    )
    return WorkRateMiddleware(endpoint, pages, rate_limiter) if rate_limiter else endpoint


def build_cache_headers(
    app: Flask, settings: Settings, registry_names: Sequence[str]
) -> CacheHeaders:
    """Build what sets ETag and Cache-Control, for this program with these settings."""
    home = Path(__file__).parent
    folders = (home, home.parent / "loader", settings.queries.parent, settings.root / "docs")
    told = [
        str(app.config[FEEDBACK_CONFIG]),
        repr(app.extensions[TASK_GATE_EXTENSION].limits),
        *registry_names,
    ]
    return CacheHeaders(compute_version(folders, told), VOLATILE_BLUEPRINTS)


def choose_state_finder(engine: Engine, out: Path) -> Callable[[], Hashable | None]:
    """Return what finds the state of the site; it finds none where nobody knows the release."""
    if isinstance(engine, EmbeddedEngine):
        return SiteState(out).find
    if isinstance(engine, RemoteEngine) and engine.held:
        kept = SiteState(out)
        return lambda: (
            (held, kept.find(), get_today()) if (held := get_release_hash(engine)) else None
        )
    return lambda: None


def register_hooks(
    app: Flask, engine: Engine, shared: GraphContext, cache_headers: CacheHeaders
) -> None:
    """Register what happens before and after each request, and what every page shows."""
    error_handlers.register_error_handlers(app)
    app.teardown_request(end_task)
    app.after_request(build_memento_headers(shared.releases))  # the last: see Flask.after_request
    app.after_request(cache_headers.set_headers)
    app.after_request(set_common_headers)
    app.after_request(compress_response)
    app.after_request(add_base_path_to_redirect)
    app.after_request(keep_release_in_links)
    app.context_processor(
        lambda: {
            "release": get_release_hash(engine),
            "named_release": get_named_release(),
            "degraded": describe_degradation(engine) or describe_missing_files(engine),
            "breadcrumbs": list_breadcrumbs,
            "embed": get_embed(),
            "navigation": list_sections,
            "data_version": partial(citations.get_data_version, shared),
            "feedback_address": app.config[FEEDBACK_CONFIG],
            "has_saved_query": shared.saved_queries.__contains__,
        }
    )
    app.before_request(partial(require_release, engine))
    app.before_request(cache_headers.respond_unchanged)
    app.register_error_handler(sqlite3.DatabaseError, partial(report_damaged_index, shared))


def build_graph_context(settings: Settings, engine: Engine, user_engine: Engine) -> GraphContext:
    """Build the context that all requests share; raise DataError where a page query is invalid."""
    saved, broken = load_sound_and_broken(settings.queries)
    pages = load_saved_queries(settings.pages)
    return GraphContext(
        engine,
        user_engine,
        pages,
        saved,
        load_saved_queries(settings.doctor),
        load_saved_queries(settings.facets),
        broken,
        ContractStatusFile(settings.out),
        ParameterChoices(engine, saved, pages),
        ReleaseCache(settings.out, partial(get_release_hash, engine), INDEX, open_search_index),
        ReleaseCache(settings.out, partial(get_release_hash, engine), NAMES, open_name_index),
        settings.out,
        ReleaseList(settings.out) if isinstance(engine, EmbeddedEngine) else None,
    )


def set_common_headers(response: Response) -> Response:
    """Set the headers of every response: CORS, content security policy, Vary, and terms of use."""
    response.headers.extend(COMMON_HEADERS)
    if get_embed():
        response.headers[POLICY_HEADER] = EMBED_POLICY
    response.headers.setdefault(POLICY_HEADER, DEFAULT_POLICY)
    if response.status_code == HTTPStatus.OK and response.mimetype in DATA_MEDIA_TYPES:
        response.headers["Link"] = ", ".join([*response.headers.getlist("Link"), LICENCE_LINK])
    if request.method == "OPTIONS":
        response.headers.extend(PREFLIGHT_HEADERS)
    if request.endpoint not in STATIC_ENDPOINTS:
        response.vary.add("Accept")
    return response


def require_release(engine: Engine) -> None:
    """Raise BuildError where no sound release is left, whatever the request; liveness is exempt.

    The style of the page that says so is exempt too, and so are the metrics, which say the same.
    """
    if request.endpoint not in (health.LIVE_ENDPOINT, "metrics.counted", *STATIC_ENDPOINTS):
        engine.release  # noqa: B018 (it raises)


def report_damaged_index(graph: GraphContext, error: sqlite3.DatabaseError) -> Response:
    """Return 503 for an index that cannot be read, and ask for a check of the release."""
    release = get_release_hash(graph.engine)
    report_suspicion(graph.build_folder, release)
    current_app.logger.error("An index of the release %s cannot be read: %s", release, error)
    return error_handlers.build_error_response(BuildError(describe_unreadable(release)))
