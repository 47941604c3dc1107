"""The interface of an engine, used by pages, saved queries, commands and ``/sparql``."""

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
ResultTable: TypeAlias = tuple[tuple[str, ...], list[ResultRow]]
"""The columns of a result and its rows, with None where a cell is unbound."""


@dataclass(frozen=True)
class QueryResult:
    """The complete result of one query, held in memory.

    ``body`` is a lossless serialisation: SPARQL 1.1 JSON results for bindings and booleans,
    N-Triples for a graph. A worker process can therefore send it as plain bytes before the output
    format is known; converting 100,000 rows to CSV takes 0.1 s more than writing CSV directly.
    ``prefixes`` (prefix → namespace) shorten the IRIs in Turtle and RDF/XML.
    """

    kind: ResultKind
    body: bytes = field(repr=False)
    prefixes: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The variables in the order of SELECT; ``TRIPLE_COLUMNS`` for a graph, none for ASK."""
        if self.kind == "bindings":
            return tuple(variable.value for variable in self._parse_solutions().variables)
        return TRIPLE_COLUMNS if self.kind == "graph" else ()

    @cached_property
    def rows(self) -> list[ResultRow]:
        """The rows of terms, None where unbound; the triples of a graph; empty for a boolean."""
        if self.kind == "bindings":
            return [tuple(solution) for solution in self._parse_solutions()]
        return [(t.subject, t.predicate, t.object) for t in self._parse_triples()]

    def read_table(self) -> ResultTable:
        """Return the columns and the rows, for which the body of bindings is read only once."""
        if self.kind != "bindings":
            return self.columns, self.rows
        solutions = self._parse_solutions()
        return tuple(v.value for v in solutions.variables), [tuple(one) for one in solutions]

    @cached_property
    def boolean(self) -> bool | None:
        """True or False for ASK, None for any other kind of result."""
        if self.kind != "boolean":
            return None
        return bool(parse_query_results(self.body, format=QueryResultsFormat.JSON))

    @property
    def used_prefixes(self) -> dict[str, str]:
        """The prefixes whose namespace occurs in the body, so that no unused ones are declared."""
        return {k: v for k, v in self.prefixes.items() if f"<{v}".encode() in self.body}

    def serialise(self, result_format: ResultFormat) -> bytes:
        """Return the result in ``result_format``; raise UsageError for a wrong kind."""
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


@dataclass(slots=True)
class EarlyQuery:
    """A query that was begun before its request came to ``Engine.execute``.

    ``begun_at`` is when, by ``time.perf_counter``. An engine that has sent it to a worker adds what
    it knows the query by. ``is_claimed`` is set by whoever gets the result, or ends the query.
    """

    begun_at: float
    is_claimed: bool = field(default=False, init=False)


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """One query with its dataset, output formats and time limit.

    The graphs are IRIs and make up the dataset as in ``Engine.query``. ``formats`` maps each kind
    of result to the requested format; a result of any other kind raises NotOffered. ``seconds``
    is a time limit that applies where it is lower than that of ``QueryLimits``. ``early`` is this
    query where it was begun already.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    formats: Mapping[ResultKind, ResultFormat] = field(default_factory=lambda: EXCHANGE_FORMATS)
    seconds: float | None = None
    early: EarlyQuery | None = None


@dataclass(frozen=True, slots=True)
class SerialisedResult:
    """A complete, serialised result: ``body`` is open at its beginning and has ``size`` bytes.

    A large body is an unnamed temporary file. The receiver closes ``body``.
    """

    kind: ResultKind
    format: ResultFormat
    body: BinaryIO
    size: int


def never_gone() -> bool:
    """Return False: the default ``is_client_gone`` of ``Engine.execute``."""
    return False


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """Limits on the cost of one query of a user and on the number of queries at a time.

    ``seconds`` limits the running time, ``megabytes`` the memory beyond that of an idle worker,
    ``max_result_bytes`` the serialised result, ``text`` the characters of the query. A query
    starts on one of the ``light_workers``, for which at most ``light_queue_size`` queries wait;
    after ``light_seconds`` it moves to one of the ``heavy_workers``, for which at most
    ``heavy_queue_size`` wait. No query waits longer than ``max_wait_seconds``.
    ``allowed_services`` are the only addresses that SERVICE may name.
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
        """The number of queries that can run or wait at the same time."""
        return (
            self.light_workers + self.light_queue_size + self.heavy_workers + self.heavy_queue_size
        )


class Engine(Protocol):
    """Interface of anything that evaluates SPARQL 1.1: the store of a release, or an endpoint."""

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The project's prefixes: prefix → namespace."""

    @property
    def release(self) -> str:
        """The hash of the current release; "" for a remote endpoint."""

    def query(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> QueryResult:
        """Return the complete result of a query; raise QueryError rather than truncate it.

        ``default_graphs`` and ``named_graphs`` are IRIs and work as in the SPARQL 1.1 Protocol:
        if either is given, they are the entire dataset and override FROM. Without them, and
        without FROM, the default graph is the union of all graphs.
        https://www.w3.org/TR/sparql11-protocol/#dataset
        """

    def execute(
        self, request: EngineRequest, is_client_gone: Callable[[], bool] = never_gone
    ) -> SerialisedResult:
        """Return the complete result, serialised in the format that ``request`` has for its kind.

        ``is_client_gone`` returns whether the client has disconnected; the query is then stopped
        and ClientGone raised. Raises NotOffered, and what ``query`` raises.
        """

    def isolate(self, limits: QueryLimits | None = None) -> "Engine":
        """Return an engine on the same graph for users' queries, run in processes with ``limits``.

        The caller closes it. Its ``query`` raises QueryStopped and QueryRefused as well.
        """

    def close(self) -> None:
        """End the processes and connections; the engine must not be used afterwards."""


def _require_bytes(data: bytes | None) -> bytes:
    """Narrow the type of a serialiser's return value, which is bytes where it has no output."""
    assert data is not None
    return data
