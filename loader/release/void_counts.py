"""Counts of the documents of a release by property, class, graph and link."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode, Quad, Store

from loader.mapping.provenance import Line
from loader.namespaces import CKG, RDF
from loader.queries.build_queries import COUNTING_COLUMNS, QueryRunner, build_query_runner

Term: TypeAlias = NamedNode | Literal


@dataclass(frozen=True, slots=True)
class Partitions:
    """Numbers of statements as in VoID partitions.

    ``properties`` counts the statements of each property, ``classes`` the entities of each class,
    ``pairs`` the statements of a property about entities of a class.
    https://www.w3.org/TR/void/#class-property-partitions
    """

    properties: Mapping[NamedNode, int] = field(default_factory=dict)
    classes: Mapping[NamedNode, int] = field(default_factory=dict)
    pairs: Mapping[tuple[NamedNode, NamedNode], int] = field(default_factory=dict)

    @property
    def triples(self) -> int:
        """The number of all statements."""
        return sum(self.properties.values())


@dataclass(frozen=True, slots=True)
class Links:
    """Statements of one property that link to one other dataset.

    ``space`` is the prefix of its IRIs, ``register`` its IRI in the documents, or None.
    """

    property: NamedNode
    space: str
    register: NamedNode | None
    triples: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """The counts of the graphs of documents and the catalogue.

    ``whole`` is their union, each statement once; ``graphs`` has each graph by itself. ``subjects``
    and ``objects`` are the numbers of distinct ones.
    """

    whole: Partitions = field(default_factory=Partitions)
    graphs: Mapping[NamedNode, int] = field(default_factory=dict)
    subjects: int = 0
    objects: int = 0
    links: tuple[Links, ...] = ()
    licences: tuple[Term, ...] = ()
    examples: tuple[NamedNode, ...] = ()


def count_statements(store: Store, folder: Path) -> Statistics:
    """Count with the queries of ``folder``; raise DataError where one is missing or invalid.

    The default graph of ``store`` holds the union of the others, each statement once, as
    ``bulk_load.load_run`` writes it. The engine lets other threads run meanwhile.
    """
    ask = build_counting_runner(store, folder)
    ((subjects,),), ((objects,),) = ask("subjects"), ask("objects")
    return Statistics(
        Partitions(
            {prop: int(n.value) for prop, n in ask("properties")},
            {kind: int(n.value) for kind, n in ask("classes")},
            {(kind, prop): int(n.value) for kind, prop, n in ask("properties-of-classes")},
        ),
        {graph: int(n.value) for graph, n in ask("graphs")},
        int(subjects.value),
        int(objects.value),
        *read_lists(store, folder),
    )


def read_lists(
    store: Store, folder: Path
) -> tuple[tuple[Links, ...], tuple[Term, ...], tuple[NamedNode, ...]]:
    """Return the links, the licences and the examples, with the queries of ``folder``."""
    ask = build_counting_runner(store, folder)
    return (
        tuple(Links(p, space.value, known, int(n.value)) for p, space, known, n in ask("links")),
        tuple(term for (term,) in ask("licences")),
        tuple(term for (term,) in ask("examples")),
    )


def build_counting_runner(store: Store, folder: Path) -> QueryRunner:
    """Return a function that runs a query of ``folder`` by its name."""
    purpose = "it counts what a release says of itself"
    return build_query_runner(store, folder, COUNTING_COLUMNS, purpose)


def count_partitions(quads: Iterable[Quad]) -> Partitions:
    """Return the partitions of one graph, each triple of a subject counted once.

    The quads of each subject follow one another.
    """
    properties: Counter[NamedNode] = Counter()
    classes: Counter[NamedNode] = Counter()
    pairs: Counter[tuple[NamedNode, NamedNode]] = Counter()
    for _, group in groupby(quads, key=lambda quad: quad.subject):
        triples = {quad.triple for quad in group}
        used = Counter(triple.predicate for triple in triples)
        stated = (triple.object for triple in triples if triple.predicate == RDF.type)
        properties.update(used)
        for kind in {one for one in stated if isinstance(one, NamedNode)}:
            classes[kind] += 1
            for prop, number in used.items():
                pairs[kind, prop] += number
    return Partitions(properties, classes, pairs)


class IssueCounter:
    """Counts the partitions of the graph of data issues while their lines pass by."""

    def __init__(self) -> None:
        self._issues = 0
        self._properties: Counter[str] = Counter()

    def pass_on(self, issues: Iterable[list[Line]]) -> Iterator[Line]:
        """Yield the lines of each issue, and count them."""
        for lines in issues:
            self._issues += 1
            self._properties.update(triple.split(" ", 2)[1] for triple, _ in lines)
            yield from lines

    def list_partitions(self) -> Partitions:
        """Return what was counted so far; every issue has the one class."""
        found = {NamedNode(prop[1:-1]): number for prop, number in self._properties.items()}
        classes = {CKG.DataIssue: self._issues} if self._issues else {}
        pairs = {(kind, prop): number for kind in classes for prop, number in found.items()}
        return Partitions(found, classes, pairs)
