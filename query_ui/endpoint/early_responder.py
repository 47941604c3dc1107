"""Small SPARQL queries by GET, begun and answered on the event loop.

It reads a request and builds its response by the same functions as the layers that run in threads,
in the same order. Whatever is not plain it leaves to them.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain

from werkzeug.exceptions import HTTPException

from loader.errors import ProjectError
from query_ui.endpoint.application import (
    ENDPOINT_PATHS,
    build_etag_headers,
    can_send_chunks,
)
from query_ui.endpoint.protocol_request import SparqlRequest, parse_query_string
from query_ui.engine.pinned_release import pin_release
from query_ui.engine.protocol import Engine, EngineRequest
from query_ui.engine.query_metrics import QueryMetrics
from query_ui.engine.result_formats import ResultFormat, ResultKind
from query_ui.engine.worker_engine import WorkerEngine, WorkerQuery
from query_ui.http.compression import negotiate_content_coding
from query_ui.http.early_bridge import EarlyResponse
from query_ui.http.etag import compute_etag
from query_ui.http.negotiation import (
    is_page_requested,
    negotiate_formats,
    resolve_format_name,
)
from query_ui.http.public_address import PublicAddressMiddleware, PublicHeaders
from query_ui.http.rate_limit import WorkRateLimiter, read_work_seconds
from query_ui.http.request_input import check_query_string
from query_ui.http.request_limits import MIN_COST_SECONDS
from query_ui.http.response import send_result
from query_ui.http.wsgi_bridge import (
    AsgiHeaders,
    Scope,
    build_environ,
    encode_headers,
)

MAX_QUERY_STRING_BYTES = 8 * 1024
MAX_ESCAPES, MAX_FIELDS = 500, 16
"""With more of them in a query string, decoding it would keep the event loop for milliseconds."""
MAX_HEADER_BYTES = 4 * 1024
_CACHED_HEADS = 256
_LEFT_TO_THREADS = frozenset(
    (
        *(b"if-none-match", b"accept-datetime", b"content-length", b"transfer-encoding"),
        *(b"content-type", b"expect", b"upgrade"),
    )
)
"""Headers of requests that have a body, a condition, or another state of the site in mind."""
_HEAD_PARTS = ("raw_path", "http_version", "scheme", "root_path")
_ENVIRON = {"REQUEST_METHOD": "GET"}


@dataclass(frozen=True, slots=True)
class RequestHead:
    """What the headers of a request mean, apart from its query string."""

    base_path: str
    route: str
    accept: str
    content_coding: str
    client: str


@dataclass(slots=True)
class EarlyRequest:
    """A plain request; see ``query_ui.http.early_bridge.EarlyRequest``.

    ``seconds`` is the processor time that reading it took.
    """

    responder: "EarlyResponder"
    head: RequestHead
    query: EngineRequest
    variants: tuple[str, ...]
    release: str
    begun_at: float
    seconds: float
    worker_query: WorkerQuery | None = None

    def send(self) -> int | None:
        """Send the query to an idle worker and return the descriptor of its reply, or None."""
        with pin_release(self.release):
            found = self.responder.engine.send_early(self.query, self.begun_at)
        self.worker_query = found
        return found.lease.worker.fileno() if found else None

    def can_wait(self) -> bool:
        """Return whether all workers are busy, so that none has to be started."""
        return self.responder.engine.is_busy

    def respond(self) -> EarlyResponse | None:
        """Return the response, where a small and complete result has come."""
        return self.responder.respond(self)

    def discard(self) -> None:
        """End the query and its worker."""
        if self.worker_query:
            self.responder.engine.discard(self.worker_query)


class EarlyResponder:
    """Reads plain requests to the endpoint, and responds to them, without ever waiting.

    ``address`` and ``limiter`` are those of the layers in front of the endpoint.
    """

    def __init__(
        self,
        engine: WorkerEngine,
        metrics: QueryMetrics,
        limiter: WorkRateLimiter | None,
        address: PublicAddressMiddleware,
    ) -> None:
        self.engine = engine
        self._metrics = metrics
        self._address = address
        self._limiter = limiter
        self._read_head = lru_cache(_CACHED_HEADS)(self._read_new_head)

    def listen(self, listener: Callable[[], None], count_waiting: Callable[[], int]) -> None:
        """Let a function be called, from any thread, when a worker may be idle again.

        ``count_waiting`` returns how many requests wait for that.
        """
        self.engine.listen_for_vacancies(listener, count_waiting)

    def read(self, scope: Scope) -> EarlyRequest | None:
        """Return a request that may be sent early; None where a thread has to read it.

        Every refusal is left to a thread, which finds the same reason and says it.
        """
        query_string: bytes = scope["query_string"]
        if (
            scope["method"] != "GET"
            or not scope["raw_path"].endswith((b"/sparql", b"/sparql/"))
            or not 0 < len(query_string) <= MAX_QUERY_STRING_BYTES
            or query_string.count(b"%") > MAX_ESCAPES
            or query_string.count(b"&") > MAX_FIELDS
            or b"release=" in query_string
            or sum(map(len, chain.from_iterable(scope["headers"]))) > MAX_HEADER_BYTES
        ):
            return None
        begun_at, before = time.perf_counter(), self._read_seconds()
        try:
            head = self._read_head(
                tuple(scope["headers"]),
                (scope.get("client") or ("",))[0],
                tuple(scope.get(name, "") for name in _HEAD_PARTS),
            )
            if head is None:
                return None
            if self._limiter:
                self._limiter.admit(head.client)
            sparql = self._read_query(query_string, head)
            if sparql is None:
                return None
            query = _build_engine_request(sparql, head.accept)
            release = self.engine.release
        except (ProjectError, HTTPException):
            return None
        if not release:
            return None
        seconds = self._read_seconds() - before
        return EarlyRequest(self, head, query, sparql.variants, release, begun_at, seconds)

    def respond(self, request: EarlyRequest) -> EarlyResponse | None:
        """Return the response where a small and complete result has come; account it."""
        query, head = request.worker_query, request.head
        if query is None or not self.engine.receive_early(query):
            return None
        before = self._read_seconds()
        result = self._metrics.measure_query(partial(self.engine.open_early, query), query)
        tag = compute_etag(
            *(request.release, request.query.text, *request.variants),
            *(head.accept, head.content_coding),
        )
        encoded: list[AsgiHeaders] = []
        body = send_result(
            _ENVIRON,
            PublicHeaders(
                lambda status, headers: encoded.append(encode_headers(headers)), head.base_path
            ),
            result,
            head.content_coding,
            build_etag_headers(tag, is_fixed=False),
        )
        if self._limiter:
            seconds = request.seconds + self._read_seconds() - before
            self._limiter.charge(head.client, max(MIN_COST_SECONDS, seconds))
        return EarlyResponse(encoded[0], b"".join(body), head.route, request.release)

    def _read_seconds(self) -> float:
        """Return the seconds of work of this thread, where somebody counts them."""
        return read_work_seconds() if self._limiter else 0.0

    def _read_query(self, query_string: bytes, head: RequestHead) -> SparqlRequest | None:
        check_query_string(query_string, head.route)
        sparql = parse_query_string(query_string)
        if (
            sparql is None
            or is_page_requested(sparql.format, head.accept)
            or "service" in sparql.query.lower()
        ):
            return None
        return sparql

    def _read_new_head(
        self, headers: tuple[tuple[bytes, bytes], ...], client: str, parts: tuple[bytes | str, ...]
    ) -> RequestHead | None:
        """Read what the headers mean; None where a thread has to respond.

        ``parts`` are those of the scope that ``_HEAD_PARTS`` names. Raises HTTPException for a
        request that is refused.
        """
        if any(name in _LEFT_TO_THREADS for name, _ in headers):
            return None
        scope: Scope = dict(zip(_HEAD_PARTS, parts, strict=True))
        scope |= {"method": "GET", "query_string": b"", "headers": headers, "client": (client, 0)}
        environ = build_environ(scope, b"")
        base_path, path = self._address.find_place(environ)
        if path not in ENDPOINT_PATHS:
            return None
        coding = negotiate_content_coding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        return RequestHead(
            base_path,
            path,
            environ.get("HTTP_ACCEPT", ""),
            coding if can_send_chunks(environ) else "",
            self._limiter.find_client(environ) if self._limiter else "",
        )


def choose_early_reader(
    engine: Engine | None, metrics: QueryMetrics, limiter: WorkRateLimiter | None
) -> Callable[[PublicAddressMiddleware], EarlyResponder] | None:
    """Return what builds the reader for an address; None for an engine without workers."""
    if not isinstance(engine, WorkerEngine):
        return None
    return partial(EarlyResponder, engine, metrics, limiter)


def _build_engine_request(sparql: SparqlRequest, accept: str) -> EngineRequest:
    formats: Mapping[ResultKind, ResultFormat] = (
        resolve_format_name(sparql.format) if sparql.format else negotiate_formats(accept)
    )
    return EngineRequest(
        sparql.query, sparql.default_graphs, sparql.named_graphs, formats, sparql.seconds
    )
