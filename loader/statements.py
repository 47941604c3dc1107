"""The statement that a mapper makes, with the evidence that the catalogue graph records."""

from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from loader.document import Rule, Span

Subject = NamedNode | BlankNode | Triple
Object = NamedNode | BlankNode | Literal | Triple


class Statement(NamedTuple):
    """One triple with the lines it was read from, the rule that made it and its quotation.

    ``quoted`` is "" where the quotation is the object itself. ``graph`` is None for the graph of
    the document; RDF documents may name graphs of their own.
    """

    subject: Subject
    predicate: NamedNode
    object: Object
    span: Span
    rule: Rule
    quoted: str = ""
    graph: NamedNode | None = None
