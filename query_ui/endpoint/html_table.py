"""Results as tables on a page: terms as links and texts, rows up to what a browser can bear."""

from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, Literal, NamedNode

from query_ui.engine.protocol import Answer
from query_ui.engine.result_formats import TURTLE
from query_ui.graph.entity_labels import Names
from query_ui.graph.page_queries import Site
from query_ui.graph.urls import Link, is_web, path_of
from query_ui.graph.value_view import Value, literal_value

SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Table:
    """An answer for a page: rows of cells, or the boolean, or a graph as Turtle.

    ``total`` counts all rows, ``shown`` of them from the ``first`` on stand in ``rows`` or
    ``turtle``; None is an empty cell.
    """

    kind: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Value | None, ...], ...] = ()
    total: int = 0
    shown: int = 0
    boolean: bool | None = None
    turtle: str = ""
    first: int = 1

    @property
    def cut(self) -> bool:
        return self.total > self.shown


def table(site: Site, answer: Answer) -> Table:
    """The answer as a page shows it."""
    if answer.kind == "boolean":
        return Table("boolean", boolean=answer.boolean)
    if answer.kind == "graph":
        first = Answer("graph", head(answer.body), answer.prefixes)
        lines = first.serialise(TURTLE).decode("utf-8")
        return Table("graph", total=len(answer.rows), shown=len(first.rows), turtle=lines)
    names = Names(site)
    shown = answer.rows[:SHOWN]
    names.learn(term.value for row in shown for term in row if isinstance(term, NamedNode))
    rows = tuple(tuple(cell(names, term) for term in row) for row in shown)
    return Table("bindings", answer.columns, rows, len(answer.rows), len(rows))


def head(triples: bytes) -> bytes:
    """The first lines of N-Triples, which are whole triples."""
    return b"".join(line + b"\n" for line in triples.split(b"\n", SHOWN)[:SHOWN] if line)


def cell(names: Names, term: object) -> Value | None:
    """One cell: an IRI by its label, leading to its page; a literal with its language."""
    if term is None:
        return None
    if isinstance(term, NamedNode):
        label, link = names.known.get(term.value, ""), short_link(names, term.value)
        return Value(link=replace(link, text=label or link.text), short=label and link.text)
    if isinstance(term, Literal):
        return literal_value(names, term)
    return Value(text=f"_:{term.value}" if isinstance(term, BlankNode) else str(term))


def short_link(names: Names, iri: str) -> Link:
    """An IRI as a query would write it: results are read beside the query that asked."""
    path = path_of(iri)
    if path:
        return Link(names.short(iri), path, iri)
    return Link(names.short(iri), iri if is_web(iri) else "", iri, outside=True)
