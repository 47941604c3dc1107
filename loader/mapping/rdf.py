"""Passes the statements of an RDF document through, each with its lines."""

from collections.abc import Iterator

from pyoxigraph import DefaultGraph, NamedNode

from loader.document import Document, Rule
from loader.statements import Statement


def rdf_statements(document: Document) -> Iterator[Statement]:
    """The document's own statements; named graphs keep their names."""
    for quad, span in ((located.quad, located.span) for located in document.statements):
        own = None if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name
        assert own is None or isinstance(own, NamedNode)
        yield Statement(quad.subject, quad.predicate, quad.object, span, Rule.RDF, "", own)
