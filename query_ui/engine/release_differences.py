"""The differences between the release that an engine holds and the one it is to hold.

Where the held release is kept here too, and the engine has as many statements in each graph as it,
the files of both are compared: of ten million statements none has to be sent here for that.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store, Triple, parse

from loader.errors import UsageError
from loader.release.dataset_diff import compare_datasets
from loader.release.kept_releases import find_release
from loader.release.release_folder import Release
from loader.release.release_manifest import is_graph_intact

Change: TypeAlias = tuple[NamedNode, Triple]
GraphSizes: TypeAlias = dict[NamedNode, int]
FindDifferences: TypeAlias = Callable[[str, Mapping[NamedNode, int]], "Differences | None"]
"""Returns what differs from the kept release of that name, None unless it has graphs of that size.
"""


@dataclass
class Differences:
    """The statements that an engine has to lose and to gain, and the graphs that they are in."""

    removed: list[Change] = field(default_factory=list)
    added: list[Change] = field(default_factory=list)

    @property
    def graphs(self) -> set[NamedNode]:
        """The graphs that change."""
        return {graph for graph, _ in chain(self.removed, self.added)}

    @property
    def subjects_by_graph(self) -> dict[NamedNode, list[str]]:
        """The IRIs about which statements change in each graph, in order."""
        found: dict[NamedNode, dict[str, None]] = {}
        for graph, triple in chain(self.removed, self.added):
            if isinstance(triple.subject, NamedNode):
                found.setdefault(graph, {})[triple.subject.value] = None
        return {graph: list(subjects) for graph, subjects in found.items()}

    def __bool__(self) -> bool:
        return bool(self.removed or self.added)


def find_no_differences(name: str, sizes: Mapping[NamedNode, int]) -> None:
    """Return None: no release is kept, so the engine has to be asked for all it holds."""


class KeptDifferences:
    """Compares ``release`` with the kept releases of the build folder ``out``.

    ``count_query`` is the query of the sizes of graphs.
    """

    def __init__(self, out: Path, release: Release, count_query: str) -> None:
        self._out = out
        self._release = release
        self._count_query = count_query

    def __call__(self, name: str, sizes: Mapping[NamedNode, int]) -> Differences | None:
        """Return the differences from the kept release ``name``; see ``FindDifferences``.

        Raise BuildError where the lines of a release are not sorted.
        """
        try:
            kept = find_release(self._out, name).release
        except UsageError:
            return None
        if not (is_graph_intact(kept.folder) and is_graph_intact(self._release.folder)):
            return None
        if measure_graphs(Store.read_only(str(kept.store)), self._count_query) != dict(sizes):
            return None
        return compare_graphs_of_releases(kept.graph, self._release.graph)


def measure_graphs(store: Store, count_query: str) -> GraphSizes:
    """Return the number of statements in each named graph of a store."""
    results = store.query(count_query)
    assert isinstance(results, QuerySolutions)
    return {graph: int(count.value) for graph, count in results}


def compare_graphs_of_releases(held: Path, wanted: Path) -> Differences:
    """Return what differs between two files of sorted N-Quads."""
    found = Differences()
    for subject in compare_datasets(held, wanted):
        found.removed += parse_changes(subject.removed)
        found.added += parse_changes(subject.added)
    return found


def parse_changes(lines: Iterable[bytes]) -> Iterator[Change]:
    """Yield the statements of lines of N-Quads with their graphs.

    https://www.w3.org/TR/n-quads/
    """
    for quad in parse(b"".join(lines), RdfFormat.N_QUADS):
        assert isinstance(quad.graph_name, NamedNode), "each statement of a release has a graph"
        yield quad.graph_name, quad.triple
