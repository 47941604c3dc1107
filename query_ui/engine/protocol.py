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
from query_ui.engine.result_formats import EXCHANGE, Format, Kind

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
Row: TypeAlias = tuple[Term | None, ...]


@dataclass(frozen=True)
class Answer:
    """A whole answer; there is no such thing as a part of one.

    ``body`` holds it without loss: SPARQL 1.1 JSON results for bindings and booleans, N-Triples for
    a graph. So an answer crosses from a worker process as plain bytes, before anyone knows which
    format will be asked for; turning 100,000 rows into CSV then costs a tenth of a second more than
    writing CSV at once. ``prefixes`` (name → namespace) shorten Turtle and RDF/XML.
    """

    kind: Kind
    body: bytes = field(repr=False)
    prefixes: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The variables as SELECT orders them; three fixed names for a graph, none for ASK."""
        if self.kind == "bindings":
            return tuple(variable.value for variable in self._solutions().variables)
        return TRIPLE_COLUMNS if self.kind == "graph" else ()

    @cached_property
    def rows(self) -> list[Row]:
        """Rows of terms, None where unbound; the triples of a graph; none for a boolean."""
        if self.kind == "bindings":
            return [tuple(solution) for solution in self._solutions()]
        return [(t.subject, t.predicate, t.object) for t in self._triples()]

    @cached_property
    def boolean(self) -> bool | None:
        """True or False for ASK, None for every other kind."""
        if self.kind != "boolean":
            return None
        return bool(parse_query_results(self.body, format=QueryResultsFormat.JSON))

    @property
    def used(self) -> dict[str, str]:
        """The prefixes whose namespace occurs: 27 unused ones above three triples help nobody."""
        return {k: v for k, v in self.prefixes.items() if f"<{v}".encode() in self.body}

    def serialise(self, form: Format) -> bytes:
        """The answer as the engine writes ``form``; UsageError when that does not fit its kind."""
        if isinstance(form.writer, RdfFormat) != (self.kind == "graph"):
            raise UsageError(f"An answer of the kind {self.kind} cannot be written as {form.name}.")
        if isinstance(form.writer, RdfFormat):
            return _bytes(serialize(self._triples(), format=form.writer, prefixes=self.used))
        results = parse_query_results(self.body, format=QueryResultsFormat.JSON)
        return _bytes(results.serialize(format=form.writer))

    def _solutions(self) -> QuerySolutions:
        results = parse_query_results(self.body, format=QueryResultsFormat.JSON)
        assert isinstance(results, QuerySolutions)
        return results

    def _triples(self) -> Iterable[Triple]:
        body = self.body if self.kind == "graph" else b""
        return (quad.triple for quad in parse(body, format=RdfFormat.N_TRIPLES))


@dataclass(frozen=True, slots=True)
class Question:
    """One query with all that a request may say about it.

    The graphs are IRIs and make up the dataset as in ``Engine.ask``. ``formats`` has the format
    that is wanted for each kind of answer; a kind that is missing cannot be answered (NotOffered).
    ``seconds`` asks to be stopped earlier than the limits say.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    formats: Mapping[Kind, Format] = field(default_factory=lambda: EXCHANGE)
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A whole answer, written: ``body`` is open at its beginning and has ``size`` bytes.

    A large body lies in a temporary file that has no name any more. Whoever gets it closes it.
    """

    kind: Kind
    form: Format
    body: BinaryIO
    size: int


def present() -> bool:
    """The usual ``gone`` of ``Engine.run``: whoever asked is still there."""
    return False


@dataclass(frozen=True, slots=True)
class Limits:
    """What visitors' queries may cost before they are stopped, and how many run at once.

    ``seconds`` of running, ``megabytes`` of memory beyond what an idle worker needs, ``answer``
    bytes of result, ``text`` characters of query. Every query begins on one of the ``light``
    processes, for which ``light_queue`` may wait; past ``brief`` seconds it goes on among the
    ``heavy`` ones, or waits for them with at most ``queue`` others. Nobody waits longer than
    ``waiting`` seconds. ``services`` are the only addresses that SERVICE may name.
    """

    seconds: float = 30.0
    megabytes: int = 1024
    answer: int = 200 * 1024 * 1024
    text: int = 250_000
    light: int = 2
    heavy: int = 2
    brief: float = 0.25
    light_queue: int = 64
    queue: int = 8
    waiting: float = 10.0
    services: tuple[str, ...] = ()

    @property
    def most_at_once(self) -> int:
        """How many queries can be running or waiting."""
        return self.light + self.light_queue + self.heavy + self.queue


class Engine(Protocol):
    """Anything that answers SPARQL 1.1: the store of a release, or a remote endpoint."""

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The project's short names: prefix → namespace."""

    @property
    def release(self) -> str:
        """The hash of the release that answers now; "" for a remote endpoint."""

    def ask(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> Answer:
        """The whole answer to a query, or a QueryError; never a part.

        ``default_graphs`` and ``named_graphs`` are IRIs and work as in the SPARQL 1.1 Protocol:
        when either is given they are the whole dataset and overrule FROM. Without them, and without
        FROM, the default graph is the union of all graphs.
        https://www.w3.org/TR/sparql11-protocol/#dataset
        """

    def run(self, question: Question, gone: Callable[[], bool] = present) -> Result:
        """The whole answer written in the format that the question wants for its kind.

        ``gone`` tells whether whoever asked has left: the query is then stopped (ClientGone).
        Raises NotOffered, and what ``ask`` raises.
        """

    def for_visitors(self, limits: Limits | None = None) -> "Engine":
        """The same graph for the queries of strangers: in processes that are stopped at a limit.

        Close it when done. Its ``ask`` raises QueryStopped and QueryRefused besides.
        """

    def close(self) -> None:
        """End the processes and connections; the engine is not asked again."""


def _bytes(written: bytes | None) -> bytes:
    """What a writer gives when it was given no file to write to, which is always bytes."""
    assert written is not None
    return written
