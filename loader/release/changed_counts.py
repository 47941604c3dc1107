"""Counts of the documents of a release, from those of its base and what changed.

What a subject adds to the counts depends on its own statements, so only the subjects that changed
are counted, before and after. ``void_counts.count_statements`` gives the same from nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from pyoxigraph import NamedNode, Quad, Store

from loader.queries.contract_check import digest_queries
from loader.queries.query_files import load_saved_queries
from loader.release.incremental_graph import IncrementalGraph
from loader.release.statement_changes import UNION, list_statements
from loader.release.void_counts import (
    Partitions,
    Statistics,
    count_partitions,
    count_statements,
    read_lists,
)

COUNTING_QUERIES = "eb4848cc73d6048607c2ab9a368b1d19f4aab27098d9b7daa192b5361d76da49"
"""The digest of the queries for which the counts here are the same; others are asked in full."""
Key = TypeVar("Key")


def digest_counting_queries(folder: Path) -> str:
    """Return the SHA-256, in hex, of the queries that count."""
    return digest_queries(load_saved_queries(folder).values())


def update_statistics(graph: IncrementalGraph, store: Store, folder: Path) -> Statistics:
    """Return what ``count_statements`` returns for the store of the documents of ``graph``."""
    if digest_counting_queries(folder) != COUNTING_QUERIES:
        return count_statements(store, folder)
    known, changes = graph.base.statistics, graph.union_changes
    subjects = {triple.subject for triple in changes}
    before, after = (list_statements(one, subjects) for one in (graph.before, store))
    whole, old, new = known.whole, count_partitions(before), count_partitions(after)
    came, went = count_graphs(graph.changes.added), count_graphs(graph.changes.removed)
    objects = {triple.object for triple in changes}
    return Statistics(
        Partitions(
            add_counts(whole.properties, new.properties, old.properties),
            add_counts(whole.classes, new.classes, old.classes),
            add_counts(whole.pairs, new.pairs, old.pairs),
        ),
        add_counts(known.graphs, came, went),
        known.subjects + count_subjects(after) - count_subjects(before),
        known.objects
        + sum(has_object(store, one) - has_object(graph.before, one) for one in objects),
        *read_lists(store, folder),
    )


def count_graphs(lines: Iterable[str]) -> Counter[NamedNode]:
    """Return the number of lines of each graph."""
    ends = Counter(line[line.rindex(" <") + 2 : -len("> .\n")] for line in lines)
    return Counter({NamedNode(iri): number for iri, number in ends.items()})


def count_subjects(quads: Iterable[Quad]) -> int:
    """Return the number of distinct subjects."""
    return len({quad.subject for quad in quads})


def has_object(store: Store, term: object) -> bool:
    """Return whether a statement has ``term`` as its object."""
    found = store.quads_for_pattern(None, None, term, UNION)  # type: ignore[arg-type]
    return next(found, None) is not None


def add_counts(
    known: Mapping[Key, int], added: Mapping[Key, int], removed: Mapping[Key, int]
) -> dict[Key, int]:
    """Return the counts with some added and others removed, without those that became 0."""
    counts = Counter(known)
    counts.update(added)
    counts.subtract(removed)
    return {key: number for key, number in counts.items() if number}
