"""The SPARQL endpoint as a WSGI application in front of the site.

https://www.w3.org/TR/sparql11-protocol/
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from io import BytesIO

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request

from loader.errors import ProjectError, UsageError
from query_ui.endpoint.protocol_request import (
    ALLOWED_METHODS,
    FORM_MEDIA_TYPE,
    QUERY_MEDIA_TYPE,
    SparqlRequest,
    parse_sparql_request,
)
from query_ui.engine.protocol import (
    Engine,
    EngineRequest,
    QueryResult,
    SerialisedResult,
    never_gone,
)
from query_ui.engine.release_lookup import ReleaseList
from query_ui.engine.result_formats import ResultFormat, ResultKind
from query_ui.engine.result_writer import require_format
from query_ui.engine.service_snapshots import SNAPSHOT_HEADER, ServiceSnapshot, substitute_snapshots
from query_ui.http.cache_headers import IMMUTABLE, NOT_KEPT, REVALIDATE
from query_ui.http.compression import negotiate_content_coding
from query_ui.http.etag import compute_etag, has_matching_etag
from query_ui.http.headers import PREFLIGHT_HEADERS
from query_ui.http.negotiation import (
    is_page_requested,
    negotiate_formats,
    prefers_html,
    resolve_format_name,
)
from query_ui.http.problem_details import FAILED_REQUEST_KEY, build_problem
from query_ui.http.rate_limit import WsgiApp
from query_ui.http.release_address import NAMED_RELEASE_KEY, use_named_release
from query_ui.http.release_pin import NO_RELEASES_MESSAGE
from query_ui.http.request_input import check_query_string
from query_ui.http.request_limits import MAX_BODY_BYTES
from query_ui.http.response import (
    Environ,
    Headers,
    StartResponse,
    send_bytes,
    send_problem,
    send_result,
)
from query_ui.http.wsgi_bridge import CLIENT_GONE_KEY, EARLY_KEY, NOTES_KEY

ENDPOINT_PATHS = ("/sparql", "/sparql/")

_SAFE_METHODS = ("GET", "HEAD", "QUERY")
_OPTIONS_HEADERS: Headers = [
    ("Allow", ", ".join(ALLOWED_METHODS)),
    ("Accept-Query", f"{QUERY_MEDIA_TYPE}, {FORM_MEDIA_TYPE}"),
    *PREFLIGHT_HEADERS.items(),
]


class _LimitedRequest(Request):
    """A request whose body has a maximum size in bytes."""

    max_content_length = MAX_BODY_BYTES


class SparqlEndpoint:
    """The WSGI application for ``/sparql``; pages and all other paths go to ``site_app``.

    ``describe_endpoint`` returns the service description for the URL of the endpoint.
    ``list_snapshots`` returns copies of other endpoints, by URL, that replace SERVICE; a header
    names those used. ``releases`` are those that a request may name; None where none are kept.
    A response is sent once the result is complete; if sending fails, the connection is closed.
    """

    def __init__(
        self,
        engine: Engine,
        site_app: WsgiApp,
        describe_endpoint: Callable[[str], QueryResult],
        list_snapshots: Callable[[], Mapping[str, ServiceSnapshot]] = dict,
        releases: ReleaseList | None = None,
    ) -> None:
        self._engine = engine
        self._snapshots = list_snapshots
        self._releases = releases
        self._pages = site_app
        self._describe = describe_endpoint

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path not in ENDPOINT_PATHS:
            return self._pages(environ, start_response)
        if environ["REQUEST_METHOD"] == "OPTIONS":
            return send_bytes(environ, start_response, HTTPStatus.NO_CONTENT, [*_OPTIONS_HEADERS])
        request = _LimitedRequest(environ)
        try:
            check_query_string(request.query_string, path)
            found = parse_sparql_request(request)
            name = found.format if found else request.args.get("format", "")
            is_page = is_page_requested(name, environ.get("HTTP_ACCEPT", ""))
            if found and found.release:
                if self._releases is None:
                    raise UsageError(NO_RELEASES_MESSAGE)
                with use_named_release(environ, self._releases.find(found.release)):
                    if not is_page:
                        return self._respond(found, name, request, start_response)
                    _rewind_body(request)
                    return self._pages(environ, start_response)
            if not is_page:
                return self._respond(found, name, request, start_response)
            _rewind_body(request)
        except (ProjectError, HTTPException) as error:
            if not prefers_html(environ.get("HTTP_ACCEPT", "")):
                return send_problem(environ, start_response, *build_problem(error))
            _rewind_body(request)
            environ[FAILED_REQUEST_KEY] = error
        return self._pages(environ, start_response)

    def _respond(
        self,
        sparql_request: SparqlRequest | None,
        format_name: str,
        request: Request,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """Respond with the result or the service description; 304 without running the query."""
        environ = request.environ
        accept = environ.get("HTTP_ACCEPT", "")
        formats = resolve_format_name(format_name) if format_name else negotiate_formats(accept)
        encoding = (
            negotiate_content_coding(environ.get("HTTP_ACCEPT_ENCODING", ""))
            if can_send_chunks(environ)
            else ""
        )
        release = self._engine.release
        whole = sparql_request or SparqlRequest("", (request.base_url,), format=format_name)
        is_fixed = bool(sparql_request and NAMED_RELEASE_KEY in environ)
        tag = compute_etag(release, whole.query, *whole.variants, accept, encoding)
        known = environ.get("HTTP_IF_NONE_MATCH", "") if request.method in _SAFE_METHODS else ""
        if has_matching_etag(known, tag):
            return send_bytes(
                environ,
                start_response,
                HTTPStatus.NOT_MODIFIED,
                build_etag_headers(tag, is_fixed),
            )
        used: tuple[ServiceSnapshot, ...] = ()
        if sparql_request:
            result, used = self._execute_query(sparql_request, formats, environ)
        else:
            result = self._serialise_description(request, formats)
        # The release may have changed since the ETag was computed: then the result has none.
        same = self._engine.release == release
        told = [(SNAPSHOT_HEADER, snapshot.header_value) for snapshot in used]
        headers = [*build_etag_headers(tag if same else "", is_fixed), *told]
        return send_result(environ, start_response, result, encoding, headers)

    def _execute_query(
        self,
        sparql_request: SparqlRequest,
        format_by_kind: Mapping[ResultKind, ResultFormat],
        environ: Environ,
    ) -> tuple[SerialisedResult, tuple[ServiceSnapshot, ...]]:
        graphs = sparql_request.default_graphs, sparql_request.named_graphs
        # A cheap test first: the list of snapshots is itself the result of a query.
        calls = "service" in sparql_request.query.lower()
        known = self._snapshots() if calls else {}
        local = substitute_snapshots(sparql_request.query, known, has_dataset=any(graphs))
        early = environ.get(NOTES_KEY, {}).get(EARLY_KEY)
        question = EngineRequest(local.text, *graphs, format_by_kind, sparql_request.seconds, early)
        gone = environ.get(CLIENT_GONE_KEY, never_gone)
        return self._engine.execute(question, gone), local.snapshots

    def _serialise_description(
        self, request: Request, format_by_kind: Mapping[ResultKind, ResultFormat]
    ) -> SerialisedResult:
        """Serialise the service description, a graph; raise NotOffered for other formats."""
        form = require_format("graph", format_by_kind)
        body = self._describe(request.base_url.rstrip("/")).serialise(form)
        return SerialisedResult("graph", form, BytesIO(body), len(body))


def build_etag_headers(etag: str, is_fixed: bool) -> Headers:
    """Build headers that allow caching with revalidation, or forbid it without an ETag.

    A result that ``is_fixed`` by the release in its address never changes.
    https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2 and https://www.rfc-editor.org/rfc/rfc8246
    """
    if not etag:
        return [("Cache-Control", NOT_KEPT)]
    return [("ETag", etag), ("Cache-Control", IMMUTABLE if is_fixed else REVALIDATE)]


def can_send_chunks(environ: Environ) -> bool:
    """Return whether a response of unknown length can be sent in chunks: not with HTTP/1.0.

    Without chunks a client cannot distinguish a truncated response from a complete one.
    https://www.rfc-editor.org/rfc/rfc9112#section-8
    """
    return environ.get("SERVER_PROTOCOL") == "HTTP/1.1"


def _rewind_body(request: Request) -> None:
    """Put the body back, so that ``site_app`` can read it again, unless it is too large."""
    with suppress(RequestEntityTooLarge):
        body = request.get_data()
        request.environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
