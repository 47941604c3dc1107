"""A statement with the reason it is made: what mapping gives and provenance records."""

from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from loader.document import Rule, Span

Subject = NamedNode | BlankNode | Triple
Object = NamedNode | BlankNode | Literal | Triple


class Statement(NamedTuple):
    """One triple, the lines it was read from, the rule that made it and the words it rests on.

    ``quoted`` is "" where the words are the object itself. ``graph`` is None for the graph of the
    document; RDF documents may name graphs of their own.
    """

    subject: Subject
    predicate: NamedNode
    object: Object
    span: Span
    rule: Rule
    quoted: str = ""
    graph: NamedNode | None = None
