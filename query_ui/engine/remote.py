"""The remote engine: any SPARQL 1.1 endpoint, asked by the SPARQL Protocol."""

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
from query_ui.engine.protocol import Answer, Engine, Limits, Question, Result, present
from query_ui.engine.result_buffer import spooled
from query_ui.engine.result_formats import Format, Kind
from query_ui.engine.result_writer import Sink, wanted

_RESULTS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "application/json": QueryResultsFormat.JSON,
    "application/xml": QueryResultsFormat.XML,
}
_GRAPHS = {
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
    """Asks the endpoint at ``address`` (http or https), waiting ``seconds`` for it at most.

    ``guarded`` refuses SERVICE but for ``services``, for visitors; what the endpoint itself allows
    is its own affair.
    https://www.w3.org/TR/sparql11-protocol/#query-operation
    """

    release = ""

    def __init__(
        self,
        address: str,
        prefixes: Mapping[str, str],
        seconds: float = 60.0,
        guarded: bool = False,
        services: Sequence[str] = (),
    ) -> None:
        if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
            raise UsageError(f'"{address}" is no address of an endpoint: it must begin with http.')
        self.address = address
        self.prefixes = prefixes
        self._seconds = seconds
        self._guarded = guarded
        self._services = services

    def ask(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> Answer:
        """See ``Engine.ask``; EndpointError when the endpoint does not answer as it should."""
        if self._guarded:
            check_service(text, self._services)
        fields = [
            ("query", text),
            *(("default-graph-uri", graph) for graph in default_graphs),
            *(("named-graph-uri", graph) for graph in named_graphs),
        ]
        media_type, data = self._post(urllib.parse.urlencode(fields).encode("ascii"))
        try:
            return _answer(media_type, data, self.prefixes)
        except (SyntaxError, ValueError, OSError) as error:
            raise self._error(f"sent {media_type} that cannot be read: {error}") from error

    def run(self, question: Question, gone: Callable[[], bool] = present) -> Result:
        """See ``Engine.run``."""
        return spooled(self, question)

    def write(self, question: Question, sink: Sink) -> tuple[Kind, Format]:
        """Write the whole answer in the format that the question wants for its kind."""
        answer = self.ask(
            question.text,
            default_graphs=question.default_graphs,
            named_graphs=question.named_graphs,
        )
        form = wanted(answer.kind, question.formats)
        sink.write(answer.serialise(form))
        return answer.kind, form

    def for_visitors(self, limits: Limits | None = None) -> Engine:
        """See ``Engine.for_visitors``."""
        from query_ui.engine.worker_engine import WorkerEngine

        limits = limits or Limits()
        seconds = min(self._seconds, limits.seconds)
        opener = partial(
            RemoteEngine, self.address, dict(self.prefixes), seconds, True, limits.services
        )
        return WorkerEngine(self, opener, limits)

    def close(self) -> None:
        """Nothing to end: each question has its own connection."""

    def _post(self, form: bytes) -> tuple[str, bytes]:
        """The media type and the whole body of the endpoint's answer."""
        request = urllib.request.Request(self.address, form, {"Accept": _ACCEPT})
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(request, timeout=self._seconds) as response:
                return response.headers.get_content_type(), response.read()
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(2000).decode("utf-8", "replace").strip()
            raise self._error(f"answered {error.code} {error.reason}: {said}") from error
        except http.client.IncompleteRead as error:
            raise self._error("broke off in the middle of its answer") from error
        except TimeoutError as error:
            raise self._error(f"did not answer within {self._seconds:g} s") from error
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            raise self._error(f"cannot be reached: {reason}") from error

    def _error(self, what: str) -> EndpointError:
        return EndpointError(f"The endpoint {self.address} {what.rstrip('.')}.")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Turns a redirect into an error: following it would drop the query from a POST request."""

    def redirect_request(self, *_: object) -> None:
        return None


def _answer(media_type: str, data: bytes, prefixes: Mapping[str, str]) -> Answer:
    """The answer in ``data``; what is of no known type, or breaks off, is a ValueError."""
    if media_type in _GRAPHS:
        return Answer("graph", _triples(data, _GRAPHS[media_type]), prefixes)
    if media_type not in _RESULTS:
        raise ValueError("neither SPARQL results nor RDF")
    results = parse_query_results(data, format=_RESULTS[media_type])
    kind: Kind = "boolean" if isinstance(results, QueryBoolean) else "bindings"
    try:
        return Answer(kind, results.serialize(format=QueryResultsFormat.JSON) or b"", prefixes)
    finally:
        # A traceback would keep the results, and pyoxigraph cannot drop them in another thread.
        del results


def _triples(data: bytes, form: RdfFormat) -> bytes:
    """A graph as N-Triples."""
    quads = parse(data, format=form)
    try:
        return serialize([quad.triple for quad in quads], format=RdfFormat.N_TRIPLES) or b""
    finally:
        del quads
