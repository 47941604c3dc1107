"""The engine on a remote endpoint, queried by the SPARQL 1.1 Protocol."""

import io
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import BinaryIO, TypeVar

from pyoxigraph import RdfFormat, parse

from loader.errors import ProjectError
from loader.settings import BASE
from query_ui.engine.answer_reader import (
    read_json_results,
    read_short_results,
    read_xml_results,
    require_kind,
)
from query_ui.engine.endpoint_client import (
    MAX_ANSWER_BYTES,
    EndpointAnswer,
    EndpointClient,
    Watch,
    wait_on,
)
from query_ui.engine.guard import check_service
from query_ui.engine.held_release import HeldRelease
from query_ui.engine.local_query import LocalQuery, parse_locally
from query_ui.engine.pinned_release import get_pinned_release
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
from query_ui.engine.result_writer import require_format, serialise_results, write_graph
from query_ui.engine.term_normaliser import normalise_triple
from query_ui.engine.xml_sink import ByteSink, XmlSink, is_xml

_READER_BY_MEDIA_TYPE = {
    "application/sparql-results+json": read_json_results,
    "application/sparql-results+xml": read_xml_results,
    "application/json": read_json_results,
    "application/xml": read_xml_results,
}
_RDF_FORMAT_BY_MEDIA_TYPE = {
    "application/n-triples": RdfFormat.N_TRIPLES,
    "text/turtle": RdfFormat.TURTLE,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}
Result = TypeVar("Result", QueryResult, SerialisedResult)
SHORT_BYTES = 256 * 1024
"""The largest answer that is converted in one piece, and in the process of the site."""
_GRACE_SECONDS = 2.0
"""How much longer a worker waits for the endpoint than its query may run, so that one limit ends
the query, and says so as for an embedded release."""


class RemoteEngine:
    """An engine on the endpoint at ``address``; it waits ``timeout_seconds`` for a response.

    ``is_guarded`` refuses SERVICE except for ``allowed_services``; it is set for users' queries.
    A syntax error is found here, before anything is sent. With ``held``, the release that the
    endpoint holds, each answer is given out once it is confirmed to be of the release of the
    request; without it there is no release. Thread-safe.
    https://www.w3.org/TR/sparql11-protocol/#query-operation
    """

    def __init__(  # noqa: PLR0913 (one parameter a part)
        self,
        address: str,
        prefixes: Mapping[str, str],
        timeout_seconds: float = 60.0,
        is_guarded: bool = False,
        allowed_services: Sequence[str] = (),
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> None:
        self.address = address
        self.prefixes = prefixes
        self.held: HeldRelease | None = None
        self._client = EndpointClient(address, timeout_seconds, max_bytes)
        self._seconds = timeout_seconds
        self._guarded = is_guarded
        self._services = allowed_services

    @property
    def release(self) -> str:
        """The hash of the release that the endpoint holds; "" where there are no files of it."""
        if self.held is None:
            return ""
        return get_pinned_release() or self.held.find()

    def query(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> QueryResult:
        """See ``Engine.query``; raise EndpointError where the response is late or not valid.

        Raise ReleaseChanged where the endpoint has another release than the request.
        """
        request = EngineRequest(text, tuple(default_graphs), tuple(named_graphs))
        return self.run_on_release(lambda: self.query_once(request))

    def query_once(self, request: EngineRequest) -> QueryResult:
        """Return the result of a query, of whichever release the endpoint then holds."""
        body = io.BytesIO()
        kind, _ = self.write_result(request, body)
        return QueryResult(kind, body.getvalue(), self.prefixes)

    def run_on_release(self, run: Callable[[], Result]) -> Result:
        """Return what ``run`` returns; raise ReleaseChanged unless that is of one release.

        The release is that of the request, or the one that the endpoint holds when this begins.
        """
        if self.held is None:
            return run()
        release, sent_at = self.release, self.held.get_time()
        result = run()
        try:
            self.held.confirm(release, sent_at)
        except ProjectError:
            if isinstance(result, SerialisedResult):
                result.body.close()
            raise
        return result

    def execute(
        self, request: EngineRequest, is_client_gone: Callable[[], bool] = never_gone
    ) -> SerialisedResult:
        """See ``Engine.execute``; raises ReleaseChanged as ``query`` does."""
        return self.run_on_release(lambda: execute_buffered(self, request))

    def write_result(
        self, request: EngineRequest, sink: ByteSink
    ) -> tuple[ResultKind, ResultFormat]:
        """See ``ResultWriter.write_result``; the response is converted while it is read."""
        result = self._write_result(request, sink, wait_on, is_short=False)
        assert result is not None
        return result

    def execute_short(self, request: EngineRequest, watch: Watch) -> SerialisedResult | None:
        """Return a result of at most ``SHORT_BYTES``, or None where the answer has more.

        ``watch`` can end the wait for the endpoint, see ``EndpointClient.post_form``.
        """
        body = io.BytesIO()
        result = self._write_result(request, body, watch, is_short=True)
        if result is None:
            return None
        size = body.tell()
        body.seek(0)
        return SerialisedResult(*result, body, size)

    def _write_result(
        self, request: EngineRequest, sink: ByteSink, watch: Watch, is_short: bool
    ) -> tuple[ResultKind, ResultFormat] | None:
        """Write the result; with ``is_short`` return None where the answer is not short."""
        if self._guarded:
            check_service(request.text, self._services)
        local = parse_locally(
            request.text, request.default_graphs, request.named_graphs, self.prefixes
        )
        with self._client.post_form(encode_form(request), watch) as answer:
            body = answer.read_all(min(SHORT_BYTES, self._client.max_bytes))
            if is_short and body is None:
                return None
            try:
                return self._convert_answer(local, answer, body, request, sink)
            except ProjectError as error:
                raise answer.failure or error from error
            except (SyntaxError, ValueError, OSError) as error:
                raise answer.failure or self._client.build_error(
                    f"sent {answer.media_type} that cannot be read: {error}"
                ) from error

    def isolate(self, limits: QueryLimits | None = None) -> Engine:
        """See ``Engine.isolate``."""
        from query_ui.engine.remote_workers import RemoteWorkers

        limits = limits or QueryLimits()
        opener = partial(
            RemoteEngine,
            self.address,
            dict(self.prefixes),
            min(self._seconds, limits.seconds) + _GRACE_SECONDS,
            True,
            limits.allowed_services,
            limits.max_result_bytes,
        )
        return RemoteWorkers(self, opener, limits)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _convert_answer(
        self,
        local: LocalQuery,
        answer: EndpointAnswer,
        body: bytes | None,
        request: EngineRequest,
        sink: ByteSink,
    ) -> tuple[ResultKind, ResultFormat]:
        """Write the answer in the requested format; raise ValueError where it does not fit.

        ``body`` is a short answer, already read; a longer one is read from ``answer``.
        """
        stream: BinaryIO = io.BufferedReader(answer) if body is None else io.BytesIO(body)
        if answer.media_type in _RDF_FORMAT_BY_MEDIA_TYPE:
            require_kind(local.kind, "graph")
            form = require_format("graph", request.formats)
            quads = parse(stream, format=_RDF_FORMAT_BY_MEDIA_TYPE[answer.media_type])
            target = XmlSink(sink, "graph") if is_xml(form) else sink
            triples = (normalise_triple(quad.triple) for quad in quads)
            write_graph(triples, form, self.prefixes, target)
            return "graph", form
        if answer.media_type not in _READER_BY_MEDIA_TYPE:
            raise ValueError("neither SPARQL results nor RDF")
        if local.kind == "graph":
            raise ValueError("these are rows, and the query has a graph")
        reader = _READER_BY_MEDIA_TYPE[answer.media_type]
        results = None
        if body is not None and reader is read_json_results:
            results = read_short_results(body, local.kind, local.columns)
        if results is None:
            results = reader(stream, local.kind, local.columns)
        try:
            return serialise_results(results, request.formats, self.prefixes, sink)
        finally:
            # A traceback would keep them alive, and pyoxigraph fails if another thread drops them.
            del results


def describe_missing_files(engine: Engine) -> str:
    """Return what a site lacks whose engine is remote and without the files of a release, or ""."""
    if not isinstance(engine, RemoteEngine) or engine.held is not None:
        return ""
    return (
        "This site reads a SPARQL endpoint and has no files of a release. SPARQL and lists work. "
        "Search, filters with counts, related records, coverage, changes and matching of names "
        "do not; `serve --endpoint URL --release FOLDER` adds them."
    )


def encode_form(request: EngineRequest) -> bytes:
    """Encode the query with its dataset as a form; relative IRIs begin as those of the project."""
    fields = [
        ("query", f"BASE <{BASE}> {request.text}"),
        *(("default-graph-uri", graph) for graph in request.default_graphs),
        *(("named-graph-uri", graph) for graph in request.named_graphs),
    ]
    return urllib.parse.urlencode(fields).encode("ascii")
