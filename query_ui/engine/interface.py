"""The small interface by which pages, saved queries, commands and ``/sparql`` ask the graph."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeAlias

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
from loader.saved_queries import TRIPLE_COLUMNS
from query_ui.formats import Format, Kind

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

    def serialise(self, form: Format) -> bytes:
        """The answer as the engine writes ``form``; UsageError when that does not fit its kind."""
        if isinstance(form.writer, RdfFormat) != (self.kind == "graph"):
            raise UsageError(f"An answer of the kind {self.kind} cannot be written as {form.name}.")
        if isinstance(form.writer, RdfFormat):
            return _bytes(serialize(self._triples(), format=form.writer, prefixes=self._used()))
        results = parse_query_results(self.body, format=QueryResultsFormat.JSON)
        return _bytes(results.serialize(format=form.writer))

    def _solutions(self) -> QuerySolutions:
        results = parse_query_results(self.body, format=QueryResultsFormat.JSON)
        assert isinstance(results, QuerySolutions)
        return results

    def _triples(self) -> Iterable[Triple]:
        body = self.body if self.kind == "graph" else b""
        return (quad.triple for quad in parse(body, format=RdfFormat.N_TRIPLES))

    def _used(self) -> dict[str, str]:
        """The prefixes whose namespace occurs: 27 unused ones above three triples help nobody."""
        return {k: v for k, v in self.prefixes.items() if f"<{v}".encode() in self.body}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a visitor's query may cost before it is stopped.

    ``seconds`` of running, ``megabytes`` of memory beyond what an idle worker needs, ``answer``
    bytes of result, ``workers`` processes, ``waiting`` seconds until one of them is free, ``text``
    characters of query.
    """

    seconds: float = 30.0
    megabytes: int = 1024
    answer: int = 128 * 1024 * 1024
    workers: int = 2
    waiting: float = 10.0
    text: int = 100_000


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
