"""SHACL validation of a store in chunks of 150 entities.

A validator given all data at once needs time and memory that grow faster than the data
(``docs/decisions/0005-shacl-engine.md`` has the figures). A shape of ours looks at an entity's own
statements and one step further, so each entity is sent with just these, and a chunk costs the same
however large the store is. A shape that looks further is refused, not half applied.
"""

import os
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyrudof
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from loader.errors import DataError, Finding, Severity
from loader.namespaces import RDF, RDFS
from loader.queries.evaluate import get_union_graph
from loader.validation.shacl_neighbourhood import (
    Subject,
    ValidationPlan,
    read_plan,
    serialise_ntriples,
)
from loader.validation.sparql_checks import Locate
from loader.validation.term_formatter import TermFormatter

CHUNK = 150
"""The entities that are validated together; many more take more memory, and more time for each."""
WORKERS = 4
REMEMBERED = 20_000
"""The most objects whose context is cached; the cache is emptied when it is full."""

EMPTY = "# no statement\n"
"""Data without a statement; the engine does not accept an empty text."""

SEVERITIES = {"Violation": Severity.ERROR, "Warning": Severity.WARNING}


def validate(
    store: Store, shapes: Path, locate: Locate, only: Collection[Subject] | None = None
) -> Iterator[Finding]:
    """Yield the findings of ``shapes`` (Turtle) on the union of all graphs, chunk by chunk.

    ``only`` restricts them to some entities.

    The code of a finding is ``shape:`` and the last part of the IRI of the violated shape. Only
    class targets are supported (https://www.w3.org/TR/shacl/#targetClass), subclasses in the store
    included. Raise DataError where the shapes are not Turtle or look too far.
    """
    plan = read_plan(shapes)
    surroundings = _Surroundings(store, plan)
    wording = TermFormatter(store, plan.prefixes)
    marks = _marks(store, plan.classes, only)
    entities = sorted(marks, key=str)
    chunks = [entities[start : start + CHUNK] for start in range(0, len(entities), CHUNK)]
    engines = _Engines(plan, surroundings.kinds)

    def judge(chunk: list[Subject]) -> list["pyrudof.ShaclValidationEntry"]:
        text, independent = surroundings.text({entity: marks[entity] for entity in chunk})
        entries = engines.report(text)
        reported = {entry.focus_node for entry in entries}
        surroundings.remember_conforming(independent, marks, reported)
        return entries

    pool = ThreadPoolExecutor(min(WORKERS, os.cpu_count() or 1))
    try:
        for entries in pool.map(judge, chunks):
            yield from sorted(_finding(entry, plan, wording, locate) for entry in entries)
    finally:
        pool.shutdown(cancel_futures=True)


def _marks(
    store: Store, classes: Mapping[NamedNode, NamedNode], only: Collection[Subject] | None
) -> dict[Subject, tuple[NamedNode, ...]]:
    """Return every instance of the classes and of their subclasses, with its marks.

    ``only`` restricts them to some entities.
    """
    marks: dict[Subject, tuple[NamedNode, ...]] = {}
    for mark, kind in classes.items():
        for quad in _typings(store, _kinds(store, kind), only):
            entity = quad.subject
            if not isinstance(entity, Triple) and mark not in marks.get(entity, ()):
                marks[entity] = (*marks.get(entity, ()), mark)
    return marks


def _typings(
    store: Store, kinds: Collection[NamedNode], only: Collection[Subject] | None
) -> Iterator[Quad]:
    """Yield the statements that an entity, or one of some, is of one of the classes."""
    union = get_union_graph(store)
    if only is None:
        for kind in kinds:
            yield from store.quads_for_pattern(None, RDF.type, kind, union)
        return
    for entity in only:
        quads = store.quads_for_pattern(entity, RDF.type, None, union)
        yield from (quad for quad in quads if quad.object in kinds)


def _kinds(store: Store, kind: NamedNode) -> set[NamedNode]:
    """Return the class and all its transitive subclasses in the store."""
    seen, waiting = {kind}, [kind]
    while waiting:
        for quad in store.quads_for_pattern(None, RDFS.subClassOf, waiting.pop(), None):
            if isinstance(quad.subject, NamedNode) and quad.subject not in seen:
                seen.add(quad.subject)
                waiting.append(quad.subject)
    return seen


class _Surroundings:
    """The statements that validate a chunk of entities, as N-Triples.

    Three statements in four of a large release are tags. Whether a tag conforms depends on itself
    alone, so one that did is not sent again for other entities of the same classes.
    """

    def __init__(self, store: Store, plan: ValidationPlan) -> None:
        self.store = store
        self.union = get_union_graph(store)
        self.paths = plan.paths
        self.independent = plan.independent
        self.asked = (RDF.type, *sorted(plan.inner - {RDF.type}, key=str))
        kinds = store.quads_for_pattern(None, RDFS.subClassOf, None, None)
        self.kinds = serialise_ntriples(quad.triple for quad in kinds)
        self.known: dict[Subject, tuple[Triple, ...]] = {}
        self.conforming: dict[tuple[NamedNode, ...], dict[NamedNode, set[NamedNode]]] = {}

    def text(self, entities: Mapping[Subject, tuple[NamedNode, ...]]) -> tuple[str, list[Triple]]:
        """Return the marks of ``entities`` and what shapes look at: statements and inner paths.

        Return besides the statements whose values shapes judge one by one.
        """
        triples: list[Triple] = []
        independent: list[Triple] = []
        for entity, marks in entities.items():
            conforming = self._get_conforming(marks)
            for quad in self.store.quads_for_pattern(entity, None, None, self.union):
                prop, value = quad.predicate, quad.object
                # Quoted triples are RDF 1.2: no shape looks at one, and the engine reads none.
                if prop not in self.paths or isinstance(value, Triple):
                    continue
                if (known := conforming.get(prop)) is None:
                    triples.append(quad.triple)
                elif value not in known:
                    independent.append(quad.triple)
        triples += independent
        objects = {one.object for one in triples if isinstance(one.object, NamedNode | BlankNode)}
        for value in objects:
            triples.extend(self._context(value))
        marked = (Triple(one, mark, one) for one, marks in entities.items() for mark in marks)
        return serialise_ntriples([*triples, *marked]), independent

    def remember_conforming(
        self,
        statements: Iterable[Triple],
        entities: Mapping[Subject, tuple[NamedNode, ...]],
        reported: Collection[str],
    ) -> None:
        """Remember the values of entities of which nothing was reported."""
        for one in statements:
            entity, value = one.subject, one.object
            if (
                isinstance(entity, NamedNode)
                and isinstance(value, NamedNode)
                and entity.value not in reported
            ):
                known = self._get_conforming(entities[entity])[one.predicate]
                if len(known) < REMEMBERED:
                    known.add(value)

    def _get_conforming(self, marks: tuple[NamedNode, ...]) -> dict[NamedNode, set[NamedNode]]:
        """Return the values that conform for entities with some marks, by property."""
        found = self.conforming.get(marks)
        if found is None:
            found = self.conforming[marks] = {prop: set() for prop in self.independent}
        return found

    def _context(self, entity: Subject) -> tuple[Triple, ...]:
        found = self.known.get(entity)
        if found is None:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            quads = (
                self.store.quads_for_pattern(entity, prop, None, self.union) for prop in self.asked
            )
            found = self.known[entity] = tuple(quad.triple for some in quads for quad in some)
        return found


class _Engines(threading.local):
    """One engine per thread: pyrudof releases the GIL, but an engine cannot be shared.

    Each has the subclasses of the store, and for one chunk at a time its statements besides: to
    load data anew, the engine reads every certificate of the system, which takes 0.1 s.
    """

    def __init__(self, plan: ValidationPlan, subclasses: str) -> None:
        self.engine = pyrudof.Rudof(pyrudof.RudofConfig())
        self.engine.read_shacl(plan.shapes, format=pyrudof.ShaclFormat.Turtle)
        self._read(subclasses or EMPTY, merge=False)

    def report(self, text: str) -> list["pyrudof.ShaclValidationEntry"]:
        """Return the violations in ``text``, which is N-Triples; raise DataError if unreadable."""
        self.engine.begin_staging()
        try:
            self._read(text, merge=True)
            return list(self.engine.validate_shacl())
        finally:
            self.engine.rollback_staging()

    def _read(self, text: str, *, merge: bool) -> None:
        form, strict = pyrudof.RDFFormat.NTriples, pyrudof.ReaderMode.Strict
        try:
            self.engine.read_data(text, format=form, reader_mode=strict, merge=merge)
        except pyrudof.RudofError as error:
            raise DataError(f"the SHACL engine cannot read a statement: {error}") from None


def _finding(
    entry: "pyrudof.ShaclValidationEntry",
    plan: ValidationPlan,
    wording: TermFormatter,
    locate: Locate,
) -> Finding:
    shape, about = entry.source_shape or "", entry.focus_node
    path, line = locate(about, entry.path or "")
    message = plan.messages.get(shape) or f"breaks {_last(entry.constraint_component)}"
    if entry.value is not None and entry.value != about:
        message = f"{message} (found: {wording(_term(entry.value))})"
    named = shape if shape and not shape.startswith("_:") else entry.constraint_component
    severity = SEVERITIES.get(entry.severity, Severity.INFO)
    iri = "" if about.startswith("_:") else about
    return Finding(path, line, 0, severity, message, f"shape:{_last(named)}", iri)


def _term(value: str) -> Subject | Literal:
    """Parse the value of an entry: an IRI is bare, a literal in quotes with its datatype."""
    text = re.fullmatch(r'"(.*)"(@[\w-]+|\^\^.+)?', value, re.DOTALL)
    if text:
        return Literal(text[1])
    if value.startswith("_:"):
        return BlankNode(value[2:])
    return NamedNode(value) if re.match(r"[A-Za-z][\w+.-]*:", value) else Literal(value)


def _last(iri: str) -> str:
    return re.split(r"[/#]", iri)[-1]
