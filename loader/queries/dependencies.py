"""What the result of a query depends on: the statements that its patterns can match.

A pattern is a property, with the object where that is one certain IRI. A change of statements that
match none of them leaves every part of a result as it is, as all operators of the algebra work on
what patterns match: https://www.w3.org/TR/sparql11-query/#sparqlAlgebra
"""

from collections.abc import Iterator
from typing import TypeAlias

from loader.namespaces import RDF
from loader.queries.prologue import Prologue, read_prologue
from loader.queries.syntax.parser import ParsedQuery
from loader.queries.syntax.tree import Node

StatementPattern: TypeAlias = tuple[str, str | None]
"""The IRI of a property, and that of the object, None for any."""

_UNBOUNDED = (
    "DescribeQuery",
    "NoArgument",  # another value each time, such as NOW
    "PathNegated",
    "ReifiedTriple",
    "Reifier",
    "Service",
    "TripleTerm",
)
"""Kinds of nodes by which a result may depend on any statement, or on something else."""
_ANY_NODE = (
    ("PathNode", ("(",)),
    ("PathObject", ("{|",)),
    ("PathStep", ("*", "?")),
)
"""Kinds of nodes by which it may where they have one of these signs."""


def list_dependencies(query: ParsedQuery) -> frozenset[StatementPattern] | None:
    """Return the patterns of all statements that the result depends on; None where it may be any.

    That is so for a property that is a variable, a path of no length (it matches every node), a
    list, a statement about a statement, or a graph of which nothing is asked.
    """
    if not query.is_valid or query.root.find(*_UNBOUNDED):
        return None
    if not all(map(_asks_for_statement, query.root.find_all("Graph"))):
        return None
    if any(node.token(*signs) for kind, signs in _ANY_NODE for node in query.root.find_all(kind)):
        return None
    if query.main.child("Template"):  # CONSTRUCT WHERE, whose template is its pattern too
        return None
    names, found = read_prologue(query), set[StatementPattern]()
    for triples in query.root.find_all("PathList"):
        for verb, objects in _list_verbs(triples):
            if verb.kind == "Var":
                return None
            found.update(_list_patterns(verb, objects, names))
    return frozenset(found)


def _asks_for_statement(graph: Node) -> bool:
    """Return whether the pattern of a GRAPH has a triple, which only its own statements match."""
    group = graph.child("Group")
    return group is not None and group.child("PathTriples") is not None


def _list_verbs(triples: Node) -> Iterator[tuple[Node, Node]]:
    """Yield each verb of a list of predicates with its objects."""
    nodes = triples.nodes
    yield from zip(nodes[::2], nodes[1::2], strict=True)


def _list_patterns(verb: Node, objects: Node, names: Prologue) -> Iterator[StatementPattern]:
    """Yield the patterns of a verb, with each object where it is a property alone."""
    if verb.kind == "Iri" or verb.token("a"):
        for item in objects.nodes:
            yield _expand(verb, names), names.expand(item.nodes[0])
        return
    for node in verb.find_all("Iri", "PathPrimary"):
        if node.kind == "Iri" or node.token("a"):
            yield _expand(node, names), None


def _expand(node: Node, names: Prologue) -> str:
    """Return the IRI of a property."""
    if node.token("a"):
        return RDF.type.value
    iri = names.expand(node)
    assert iri is not None, "the query is valid"
    return iri
