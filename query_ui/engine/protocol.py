"""The small interface by which pages, saved queries, commands and ``/sparql`` ask the graph."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO, Protocol, TypeAlias

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
    serialize,
)

from loader.errors import UsageError
from loader.queries.query_files import TRIPLE_COLUMNS
from query_ui.engine.result_formats import EXCHANGE_FORMATS, ResultFormat, ResultKind

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
ResultRow: TypeAlias = tuple[Term | None, ...]


@dataclass(frozen=True)
class QueryResult:
    """A whole answer; there is no such thing as a part of one.

    ``body`` holds it without loss: SPARQL 1.1 JSON results for bindings and booleans, N-Triples for
    a graph. So an answer crosses from a worker process as plain bytes, before anyone knows which
    format will be asked for; turning 100,000 rows into CSV then costs a tenth of a second more than
    writing CSV at once. ``prefixes`` (name → namespace) shorten Turtle and RDF/XML.
    """

    kind: ResultKind
    body: bytes = field(repr=False)
    prefixes: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The variables as SELECT orders them; three fixed names for a graph, none for ASK."""
        if self.kind == "bindings":
            return tuple(variable.value for variable in self._parse_solutions().variables)
        return TRIPLE_COLUMNS if self.kind == "graph" else ()

    @cached_property
    def rows(self) -> list[ResultRow]:
        """Rows of terms, None where unbound; the triples of a graph; none for a boolean."""
        if self.kind == "bindings":
            return [tuple(solution) for solution in self._parse_solutions()]
        return [(t.subject, t.predicate, t.object) for t in self._parse_triples()]

    @cached_property
    def boolean(self) -> bool | None:
        """True or False for ASK, None for every other kind."""
        if self.kind != "boolean":
            return None
        return bool(parse_query_results(self.body, format=QueryResultsFormat.JSON))

    @property
    def used_prefixes(self) -> dict[str, str]:
        """The prefixes whose namespace occurs: 27 unused ones above three triples help nobody."""
        return {k: v for k, v in self.prefixes.items() if f"<{v}".encode() in self.body}

    def serialise(self, result_format: ResultFormat) -> bytes:
        """The answer as the engine writes ``result_format``; UsageError when that does not fit its
        kind.
        """
        if isinstance(result_format.writer, RdfFormat) != (self.kind == "graph"):
            raise UsageError(
                f"An answer of the kind {self.kind} cannot be written as {result_format.name}."
            )
        if isinstance(result_format.writer, RdfFormat):
            return _require_bytes(
                serialize(
                    self._parse_triples(), format=result_format.writer, prefixes=self.used_prefixes
                )
            )
        results = parse_query_results(self.body, format=QueryResultsFormat.JSON)
        return _require_bytes(results.serialize(format=result_format.writer))

    def _parse_solutions(self) -> QuerySolutions:
        results = parse_query_results(self.body, format=QueryResultsFormat.JSON)
        assert isinstance(results, QuerySolutions)
        return results

    def _parse_triples(self) -> Iterable[Triple]:
        body = self.body if self.kind == "graph" else b""
        return (quad.triple for quad in parse(body, format=RdfFormat.N_TRIPLES))


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """One query with all that a request may say about it.

    The graphs are IRIs and make up the dataset as in ``Engine.query``. ``formats`` has the format
    that is wanted for each kind of answer; a kind that is missing cannot be answered (NotOffered).
    ``seconds`` asks to be stopped earlier than the limits say.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    formats: Mapping[ResultKind, ResultFormat] = field(default_factory=lambda: EXCHANGE_FORMATS)
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class SerialisedResult:
    """A whole answer, written: ``body`` is open at its beginning and has ``size`` bytes.

    A large body lies in a temporary file that has no name any more. Whoever gets it closes it.
    """

    kind: ResultKind
    format: ResultFormat
    body: BinaryIO
    size: int


def never_gone() -> bool:
    """The usual ``is_client_gone`` of ``Engine.execute``: whoever asked is still there."""
    return False


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """What the queries of users may cost before they are stopped, and how many run at once.

    ``seconds`` of running, ``megabytes`` of memory beyond what an idle worker needs,
    ``max_result_bytes``, ``text`` characters of query. Every query begins on one of the
    ``light_workers``, for which ``light_queue_size`` queries may wait; past ``light_seconds`` it
    goes on in one of the ``heavy_workers``, or waits for them with at most ``heavy_queue_size``
    others. Nobody waits longer than ``max_wait_seconds``. ``allowed_services`` are the only
    addresses that SERVICE may name.
    """

    seconds: float = 30.0
    megabytes: int = 1024
    max_result_bytes: int = 200 * 1024 * 1024
    text: int = 250_000
    light_workers: int = 2
    heavy_workers: int = 2
    light_seconds: float = 0.25
    light_queue_size: int = 64
    heavy_queue_size: int = 8
    max_wait_seconds: float = 10.0
    allowed_services: tuple[str, ...] = ()

    @property
    def max_concurrent_queries(self) -> int:
        """How many queries can be running or waiting."""
        return (
            self.light_workers + self.light_queue_size + self.heavy_workers + self.heavy_queue_size
        )


class Engine(Protocol):
    """Anything that answers SPARQL 1.1: the store of a release, or a remote endpoint."""

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The project's short names: prefix → namespace."""

    @property
    def release(self) -> str:
        """The hash of the release that answers now; "" for a remote endpoint."""

    def query(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> QueryResult:
        """The whole answer to a query, or a QueryError; never a part.

        ``default_graphs`` and ``named_graphs`` are IRIs and work as in the SPARQL 1.1 Protocol:
        when either is given they are the whole dataset and overrule FROM. Without them, and without
        FROM, the default graph is the union of all graphs.
        https://www.w3.org/TR/sparql11-protocol/#dataset
        """

    def execute(
        self, request: EngineRequest, is_client_gone: Callable[[], bool] = never_gone
    ) -> SerialisedResult:
        """The whole answer written in the format that the question wants for its kind.

        ``is_client_gone`` tells whether whoever asked has left: the query is then stopped
        (ClientGone). Raises NotOffered, and what ``query`` raises.
        """

    def isolate(self, limits: QueryLimits | None = None) -> "Engine":
        """The same graph for the queries of strangers: in processes that are stopped at a limit.

        Close it when done. Its ``query`` raises QueryStopped and QueryRefused besides.
        """

    def close(self) -> None:
        """End the processes and connections; the engine is not asked again."""


def _require_bytes(data: bytes | None) -> bytes:
    """What a writer gives when it was given no file to write to, which is always bytes."""
    assert data is not None
    return data
