"""Results as tables on a page: terms as links and texts, rows up to what a browser can bear."""

from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

from query_ui.engine.interface import Answer
from query_ui.formats import TURTLE
from query_ui.web.links import Link, is_web, path_of
from query_ui.web.names import Names
from query_ui.web.site import Site
from query_ui.web.values import Value, literal_value

SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Table:
    """An answer for a page: rows of cells, or the boolean, or a graph as Turtle.

    ``total`` counts all rows, ``rows`` holds the first of them; None is an empty cell.
    """

    kind: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Value | None, ...], ...] = ()
    total: int = 0
    boolean: bool | None = None
    turtle: str = ""

    @property
    def cut(self) -> bool:
        return self.total > len(self.rows)


def table(site: Site, answer: Answer) -> Table:
    """The answer as a page shows it."""
    if answer.kind == "boolean":
        return Table("boolean", boolean=answer.boolean)
    if answer.kind == "graph":
        lines = answer.serialise(TURTLE).decode("utf-8")
        return Table("graph", total=len(answer.rows), turtle=lines)
    names = Names(site)
    rows = tuple(tuple(cell(names, term) for term in row) for row in answer.rows[:SHOWN])
    return Table("bindings", answer.columns, rows, len(answer.rows))


def cell(names: Names, term: object) -> Value | None:
    """One cell: an IRI with its prefix, leading to its page; a literal with its language."""
    if term is None:
        return None
    if isinstance(term, NamedNode):
        return Value(link=short_link(names, term.value))
    if isinstance(term, Literal):
        return literal_value(names, term)
    return Value(text=f"_:{term.value}" if isinstance(term, BlankNode) else str(term))


def short_link(names: Names, iri: str) -> Link:
    """An IRI as a query would write it: results are read beside the query that asked."""
    path = path_of(iri)
    if path:
        return Link(names.short(iri), path, iri)
    return Link(names.short(iri), iri if is_web(iri) else "", iri, outside=True)
