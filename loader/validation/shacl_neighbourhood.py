"""The plan of a validation: what the shapes say, and which statements an entity needs."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple, serialize

from loader.errors import DataError, Finding, Severity
from loader.namespaces import RDF, Namespace

SH = Namespace("http://www.w3.org/ns/shacl#")
LINKS = tuple(SH[name] for name in ("node", "property", "not", "and", "or", "xone"))
LINKS += (SH.qualifiedValueShape, RDF.first, RDF.rest)
"""The properties that lead from a shape to the shapes inside it, lists included."""
FOREIGN = tuple(SH[name] for name in ("targetNode", "targetObjectsOf", "targetSubjectsOf"))
FOREIGN += (SH.target, SH.sparql, SH.rule, SH.closed)
VALUE_CONSTRAINTS = frozenset(
    SH[name] for name in ("class", "datatype", "flags", "in", "node", "nodeKind", "pattern", "path")
)
"""What a property shape may say for its result on a value to depend on that value alone."""
DESCRIPTIONS = frozenset(
    {RDF.type, *(SH[name] for name in ("description", "message", "name", "severity"))}
)
MARK = Namespace("urn:concordat-kg:validate-as:")
"""Replacements of target classes, which mark only the entities of a chunk.

So no entity is validated twice, nor one that is sent for its class alone.
"""

Subject = NamedNode | BlankNode


@dataclass(frozen=True, slots=True)
class ValidationPlan:
    """What the shapes look at, and so which statements an entity must be sent with.

    ``shapes`` are the shapes as Turtle, their targets replaced by marks; ``classes`` the targets by
    mark; ``paths`` the properties looked at on an entity, ``inner`` those on its objects;
    ``independent`` the paths of which each value conforms or not whatever else an entity has;
    ``messages`` the message of each shape, by its IRI.
    """

    shapes: str
    classes: dict[NamedNode, NamedNode]
    paths: frozenset[NamedNode]
    inner: frozenset[NamedNode]
    independent: frozenset[NamedNode]
    messages: dict[str, str]
    prefixes: dict[str, str]


def read_plan(shapes: Path) -> ValidationPlan:
    """Read the plan of a file of shapes; raise DataError if not Turtle or not supported."""
    graph, prefixes = _load(shapes)
    for quad in graph:
        if quad.predicate in FOREIGN:
            raise _refusal(
                shapes, quad.subject, f"uses {quad.predicate}, which is not applied here"
            )
        if quad.predicate == SH.path and not isinstance(quad.object, NamedNode):
            raise _refusal(shapes, quad.subject, "has a path of more than one property")
    inner = frozenset(_inner_paths(graph, shapes))
    messages = {
        _id(quad.subject): quad.object.value
        for quad in graph.quads_for_pattern(None, SH.message, None, None)
        if isinstance(quad.object, Literal)
    }
    paths = frozenset(_list_iri_objects(graph, SH.path))
    classes = {
        MARK[str(number)]: kind
        for number, kind in enumerate(
            sorted(set(_list_iri_objects(graph, SH.targetClass)), key=str)
        )
    }
    independent = paths - _find_dependent_paths(graph) - inner - {RDF.type}
    return ValidationPlan(
        _serialise_with_marks(graph, classes),
        *(classes, paths, inner, independent, messages, prefixes),
    )


def _serialise_with_marks(graph: Store, classes: Mapping[NamedNode, NamedNode]) -> str:
    """Return the shapes as Turtle, each target class replaced by the subjects of its mark."""
    marks = {kind: mark for mark, kind in classes.items()}
    triples = (quad.triple for quad in graph)
    said = [
        Triple(t.subject, SH.targetSubjectsOf, marks[t.object])
        if t.predicate == SH.targetClass and isinstance(t.object, NamedNode)
        else t
        for t in triples
    ]
    return serialise_ntriples(said)


def _load(shapes: Path) -> tuple[Store, dict[str, str]]:
    graph = Store()
    try:
        graph.load(path=str(shapes), format=RdfFormat.TURTLE)
    except SyntaxError as error:
        message = f"the shapes are not Turtle: {error.msg}"
        raise _fault(shapes, error.lineno or 0, message) from None
    text = shapes.read_text(encoding="utf-8")
    return graph, dict(re.findall(r"(?m)^@prefix\s+([\w-]*):\s*<([^<>]*)>", text))


def _list_iri_objects(graph: Store, prop: NamedNode) -> Iterator[NamedNode]:
    for quad in graph.quads_for_pattern(None, prop, None, None):
        if isinstance(quad.object, NamedNode):
            yield quad.object


def _inner_paths(graph: Store, shapes: Path) -> Iterator[NamedNode]:
    """Yield the paths of property shapes inside a property shape: one step from the entity."""
    for outer in [quad.subject for quad in graph.quads_for_pattern(None, SH.path, None, None)]:
        for shape, path in _inside(graph, outer):
            further = any(_inside(graph, shape)) or any(
                graph.quads_for_pattern(shape, SH["class"], None, None)
            )
            if further:
                raise _refusal(shapes, outer, "looks more than one step away from a thing")
            yield path


def _find_dependent_paths(graph: Store) -> set[NamedNode]:
    """Return the paths whose values cannot be judged one by one.

    A shape may count or compare them, or be part of a shape that combines its results.
    """
    found: set[NamedNode] = set()
    for quad in graph.quads_for_pattern(None, SH.path, None, None):
        shape, path = quad.subject, quad.object
        said = {one.predicate for one in graph.quads_for_pattern(shape, None, None, None)}
        users = {one.predicate for one in graph.quads_for_pattern(None, None, path, None)}
        is_simple = said <= VALUE_CONSTRAINTS | DESCRIPTIONS and users == {SH.path}
        if isinstance(path, NamedNode) and not (is_simple and _is_always_reported(graph, shape)):
            found.add(path)
    return found


def _is_always_reported(graph: Store, shape: Subject | Triple) -> bool:
    """Return whether whatever breaks a property shape is reported: shapes with targets have it."""
    owners = [*graph.quads_for_pattern(None, None, shape, None)]
    return all(
        quad.predicate == SH.property
        and any(graph.quads_for_pattern(quad.subject, SH.targetClass, None, None))
        and not any(graph.quads_for_pattern(None, None, quad.subject, None))
        for quad in owners
    )


def _inside(graph: Store, outer: Subject | Triple) -> Iterator[tuple[Subject, NamedNode]]:
    """Yield the property shapes directly inside ``outer``, each with its path."""
    seen: set[object] = {outer}
    waiting = [outer]
    while waiting:
        shape = waiting.pop()
        for link in LINKS:
            for quad in graph.quads_for_pattern(shape, link, None, None):
                part = quad.object
                if part in seen or not isinstance(part, NamedNode | BlankNode):
                    continue
                seen.add(part)
                path = next(graph.quads_for_pattern(part, SH.path, None, None), None)
                if path is None:
                    waiting.append(part)
                elif isinstance(path.object, NamedNode):
                    yield part, path.object


def serialise_ntriples(triples: Iterable[Triple]) -> str:
    """Return the triples as N-Triples."""
    data = serialize(triples, format=RdfFormat.N_TRIPLES)
    return data.decode("utf-8") if data else ""


def _id(node: object) -> str:
    return node.value if isinstance(node, NamedNode) else str(node)


def _refusal(shapes: Path, shape: object, why: str) -> DataError:
    message = f"the shape {shape} {why}; a shape looks at a thing and one step away, by class"
    return _fault(shapes, 0, message)


def _fault(shapes: Path, line: int, message: str) -> DataError:
    finding = Finding(str(shapes), line, 0, Severity.ERROR, message, "shapes-file")
    return DataError(str(finding), (finding,))
