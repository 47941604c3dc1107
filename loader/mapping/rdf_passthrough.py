"""Mapping of RDF documents: their statements pass through, each with its lines."""

from collections.abc import Iterator
from functools import lru_cache

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from loader.document import Document, Rule, Statement
from loader.namespaces import XSD

PLACEHOLDER_IRI = NamedNode("https://example.org/")


def map_rdf_statements(document: Document) -> Iterator[Statement]:
    """Yield the statements of the document; named graphs keep their names."""
    for quad, span in ((located.quad, located.span) for located in document.statements):
        own = None if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name
        assert own is None or isinstance(own, NamedNode), "readers take no graph without a name"
        value = quad.object
        if isinstance(value, Literal) and value.datatype != XSD.string and not value.language:
            value = normalise_literal(value)
        yield Statement(quad.subject, quad.predicate, value, span, Rule.RDF, "", own)


@lru_cache(maxsize=10_000)
def normalise_literal(value: Literal) -> Literal:
    """Return the literal as the store returns it, which keeps numbers and dates by value.

    ``0.0`` becomes ``0``, so that ``graph.nq`` and the store have the same text.
    """
    store = Store()
    store.add(Quad(PLACEHOLDER_IRI, PLACEHOLDER_IRI, value))
    (quad,) = store
    assert isinstance(quad.object, Literal)
    return quad.object
