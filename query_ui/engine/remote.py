"""The engine on a remote endpoint, queried by the SPARQL 1.1 Protocol."""

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    parse,
    parse_query_results,
    serialize,
)

from loader.errors import EndpointError, UsageError
from query_ui.engine.guard import check_service
from query_ui.engine.protocol import (
    Engine,
    EngineRequest,
    QueryLimits,
    QueryResult,
    SerialisedResult,
    never_gone,
)
from query_ui.engine.result_buffer import execute_buffered
from query_ui.engine.result_formats import ResultFormat, ResultKind
from query_ui.engine.result_writer import require_format
from query_ui.engine.xml_sink import ByteSink

_RESULTS_FORMAT_BY_MEDIA_TYPE = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "application/json": QueryResultsFormat.JSON,
    "application/xml": QueryResultsFormat.XML,
}
_RDF_FORMAT_BY_MEDIA_TYPE = {
    "application/n-triples": RdfFormat.N_TRIPLES,
    "text/turtle": RdfFormat.TURTLE,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}
_ACCEPT = (
    "application/sparql-results+json, application/sparql-results+xml;q=0.9, "
    "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.8"
)


class RemoteEngine:
    """An engine on the endpoint at ``address``; it waits ``timeout_seconds`` for a response.

    ``is_guarded`` refuses SERVICE except for ``allowed_services``; it is set for users' queries.
    https://www.w3.org/TR/sparql11-protocol/#query-operation
    """

    release = ""

    def __init__(
        self,
        address: str,
        prefixes: Mapping[str, str],
        timeout_seconds: float = 60.0,
        is_guarded: bool = False,
        allowed_services: Sequence[str] = (),
    ) -> None:
        if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
            raise UsageError(f'"{address}" is no address of an endpoint: it must begin with http.')
        self.address = address
        self.prefixes = prefixes
        self._seconds = timeout_seconds
        self._guarded = is_guarded
        self._services = allowed_services

    def query(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> QueryResult:
        """See ``Engine.query``; raise EndpointError where the response is late or not valid."""
        if self._guarded:
            check_service(text, self._services)
        fields = [
            ("query", text),
            *(("default-graph-uri", graph) for graph in default_graphs),
            *(("named-graph-uri", graph) for graph in named_graphs),
        ]
        media_type, data = self._post_form(urllib.parse.urlencode(fields).encode("ascii"))
        try:
            return _parse_result(media_type, data, self.prefixes)
        except (SyntaxError, ValueError, OSError) as error:
            raise self._build_error(f"sent {media_type} that cannot be read: {error}") from error

    def execute(
        self, request: EngineRequest, is_client_gone: Callable[[], bool] = never_gone
    ) -> SerialisedResult:
        """See ``Engine.execute``."""
        return execute_buffered(self, request)

    def write_result(
        self, request: EngineRequest, sink: ByteSink
    ) -> tuple[ResultKind, ResultFormat]:
        """See ``ResultWriter.write_result``."""
        answer = self.query(
            request.text,
            default_graphs=request.default_graphs,
            named_graphs=request.named_graphs,
        )
        form = require_format(answer.kind, request.formats)
        sink.write(answer.serialise(form))
        return answer.kind, form

    def isolate(self, limits: QueryLimits | None = None) -> Engine:
        """See ``Engine.isolate``."""
        from query_ui.engine.worker_engine import WorkerEngine

        limits = limits or QueryLimits()
        seconds = min(self._seconds, limits.seconds)
        opener = partial(
            RemoteEngine, self.address, dict(self.prefixes), seconds, True, limits.allowed_services
        )
        return WorkerEngine(self, opener, limits)

    def close(self) -> None:
        """Do nothing: each query has its own connection."""

    def _post_form(self, form: bytes) -> tuple[str, bytes]:
        """Post the form and return the media type and the complete body of the response."""
        request = urllib.request.Request(self.address, form, {"Accept": _ACCEPT})
        opener = urllib.request.build_opener(_NoRedirectHandler)
        try:
            with opener.open(request, timeout=self._seconds) as response:
                return response.headers.get_content_type(), response.read()
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(2000).decode("utf-8", "replace").strip()
            raise self._build_error(f"answered {error.code} {error.reason}: {said}") from error
        except http.client.IncompleteRead as error:
            raise self._build_error("broke off in the middle of its answer") from error
        except TimeoutError as error:
            raise self._build_error(f"did not answer within {self._seconds:g} s") from error
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            raise self._build_error(f"cannot be reached: {reason}") from error

    def _build_error(self, reason: str) -> EndpointError:
        return EndpointError(f"The endpoint {self.address} {reason.rstrip('.')}.")


class _NoRedirectHandler(urllib.request.HTTPRedirectHandler):
    """A handler that makes a redirect an error: following it would drop the query of a POST."""

    def redirect_request(self, *_: object) -> None:
        return None


def _parse_result(media_type: str, data: bytes, prefixes: Mapping[str, str]) -> QueryResult:
    """Parse the body of a response; raise ValueError for an unknown type or truncated data."""
    if media_type in _RDF_FORMAT_BY_MEDIA_TYPE:
        return QueryResult(
            "graph", _to_n_triples(data, _RDF_FORMAT_BY_MEDIA_TYPE[media_type]), prefixes
        )
    if media_type not in _RESULTS_FORMAT_BY_MEDIA_TYPE:
        raise ValueError("neither SPARQL results nor RDF")
    results = parse_query_results(data, format=_RESULTS_FORMAT_BY_MEDIA_TYPE[media_type])
    kind: ResultKind = "boolean" if isinstance(results, QueryBoolean) else "bindings"
    try:
        return QueryResult(kind, results.serialize(format=QueryResultsFormat.JSON) or b"", prefixes)
    finally:
        # A traceback would keep them alive, and pyoxigraph fails if another thread drops them.
        del results


def _to_n_triples(data: bytes, rdf_format: RdfFormat) -> bytes:
    """Convert a graph to N-Triples."""
    quads = parse(data, format=rdf_format)
    try:
        return serialize([quad.triple for quad in quads], format=RdfFormat.N_TRIPLES) or b""
    finally:
        del quads
