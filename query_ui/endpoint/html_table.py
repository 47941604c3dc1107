"""Results as HTML tables: terms as links and texts, at most ``MAX_TABLE_ROWS`` rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import NamedNode

from query_ui.endpoint.paging.page_range import PageRange
from query_ui.endpoint.paging.result_pages import page_rows
from query_ui.engine.protocol import QueryResult, SerialisedResult
from query_ui.engine.result_formats import JSON, TURTLE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.value_view import ValueView, build_cell

_CHUNK_BYTES = 256 * 1024


def read_first_rows(
    result: SerialisedResult, max_rows: int, prefixes: Mapping[str, str]
) -> tuple[QueryResult, int]:
    """Return the first ``max_rows`` rows or triples, and the total number (0 for a boolean).

    ``result`` is in one of ``EXCHANGE_FORMATS``, and is closed.
    """
    total = 0
    if result.kind == "bindings":
        result, total = page_rows(result, JSON, PageRange(1, max_rows), None)
    with result.body as body:
        if result.kind != "graph":
            return QueryResult(result.kind, body.read(), prefixes), total
        triples = list(islice(body, max_rows))  # N-Triples: one line each
        total = len(triples)
        while chunk := body.read(_CHUNK_BYTES):
            total += chunk.count(b"\n")
        return QueryResult("graph", b"".join(triples), prefixes), total


MAX_TABLE_ROWS = 1000


@dataclass(frozen=True, slots=True)
class HtmlTable:
    """A result for a page: rows of cells, a boolean, or a graph as Turtle.

    ``total`` is the number of all rows or triples; ``rows`` or ``turtle`` hold ``shown`` of them
    from number ``first`` on, counted from 1. An empty cell is None.
    """

    kind: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[ValueView | None, ...], ...] = ()
    total: int = 0
    shown: int = 0
    boolean: bool | None = None
    turtle: str = ""
    first: int = 1

    @property
    def is_truncated(self) -> bool:
        """Whether there are more rows or triples than are shown."""
        return self.total > self.shown


def build_html_table(graph: GraphContext, result: QueryResult) -> HtmlTable:
    """Build the table of a result, with the labels of its IRIs."""
    if result.kind == "boolean":
        return HtmlTable("boolean", boolean=result.boolean)
    if result.kind == "graph":
        first = QueryResult("graph", take_first_triples(result.body), result.prefixes)
        lines = first.serialise(TURTLE).decode("utf-8")
        return HtmlTable("graph", total=len(result.rows), shown=len(first.rows), turtle=lines)
    names = EntityLabels(graph)
    shown = result.rows[:MAX_TABLE_ROWS]
    names.load(term.value for row in shown for term in row if isinstance(term, NamedNode))
    rows = tuple(tuple(build_cell(names, term) for term in row) for row in shown)
    return HtmlTable("bindings", result.columns, rows, len(result.rows), len(rows))


def take_first_triples(triples: bytes) -> bytes:
    """Return the first ``MAX_TABLE_ROWS`` lines of N-Triples, a triple each."""
    return b"".join(
        line + b"\n" for line in triples.split(b"\n", MAX_TABLE_ROWS)[:MAX_TABLE_ROWS] if line
    )
