"""The hierarchy of a scheme: its concepts as branches, and all ways up from one of them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from query_ui.graph.entity_labels import Names
from query_ui.graph.page_queries import Row, Site, string
from query_ui.graph.urls import Link
from query_ui.site.concept_counts import Carried, carried

MOST = 200
"""So many concepts stand below one in a tree; its own page has all of them, in pages."""


@dataclass(slots=True)
class Node:
    """A concept in its scheme, with what carries it and the concepts below it.

    ``closed`` tells that there are others below it, which are not shown, ``cut`` that there are
    more than are shown.
    """

    link: Link
    carried: Carried
    notation: str = ""
    definition: str = ""
    below: list["Node"] = field(default_factory=list)
    closed: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """The concepts of a scheme by their IRIs: those at the top, and what is right below each."""

    tops: Sequence[str]
    below: Mapping[str, Sequence[str]]

    def shown(self, opened: Collection[str] | None) -> set[str]:
        """The tops, what is below the opened ones, and all where nothing is said of that."""
        found = set(self.tops[:MOST])
        for iri in self.below if opened is None else opened:
            found.update(self.below.get(iri, ())[:MOST])
        return found


def outlined(rows: Sequence[Row]) -> Outline:
    """The outline of a scheme; of concepts that stand in circles alone the first is at the top."""
    above: dict[str, set[str]] = {}
    for row in rows:
        above.setdefault(string(row, "concept"), set()).add(string(row, "broader"))
    below: dict[str, list[str]] = defaultdict(list)
    for iri, higher in above.items():
        for parent in higher & above.keys():
            below[parent].append(iri)
    tops = [iri for iri, higher in above.items() if not higher & above.keys()]
    reached = _reached(tops, below)
    for iri in above:
        if iri not in reached:
            tops.append(iri)
            reached |= _reached([iri], below)
    return Outline(tops, below)


def _reached(start: Sequence[str], below: Mapping[str, Sequence[str]]) -> set[str]:
    seen, waiting = set(start), [*start]
    while waiting:
        new = set(below.get(waiting.pop(), ())) - seen
        seen |= new
        waiting += new
    return seen


def nested(rows: Sequence[Row], shared: Site, opened: Collection[str] | None = None) -> list[Node]:
    """The concepts below each other: all of them, or the tops and what is below opened ones."""
    outline = outlined(rows)
    shown = outline.shown(opened)
    names = Names(shared)
    names.learn(shown)
    counts = carried(shared, shown)
    nodes: dict[str, Node] = {}
    for row in rows:
        iri = string(row, "concept")
        if iri in shown and iri not in nodes:
            notation, definition = string(row, "notation"), string(row, "definition")
            nodes[iri] = Node(names.page_link(iri), counts[iri], notation, definition)

    def grown(iri: str, path: tuple[str, ...]) -> Node:
        """A concept with its branches; the path that led here stops a circle."""
        here = (*path, iri)
        every = outline.below.get(iri, ())
        inside = [one for one in every[:MOST] if one not in here]
        if opened is not None and iri not in opened:
            return replace(nodes[iri], closed=bool(inside))
        below = [grown(one, here) for one in inside]
        return replace(nodes[iri], below=below, cut=len(every) > MOST)

    return [grown(iri, ()) for iri in outline.tops[:MOST]]


def ways_up(rows: Sequence[Row], start: str) -> Iterator[list[str]]:
    """Every way from a concept at the top to the one right above ``start``, as IRIs.

    ``rows`` pair a concept with one that is broader. No concept stands twice in a way, so a circle
    ends where it closes. There may be very many ways: take as many as are wanted.
    """
    above: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        above[string(row, "concept")].append(string(row, "broader"))
    return _climbed(start, above, (start,))


def _climbed(
    iri: str, above: Mapping[str, list[str]], below: tuple[str, ...]
) -> Iterator[list[str]]:
    higher = [broader for broader in above.get(iri, ()) if broader not in below]
    for broader in higher:
        yield from _climbed(broader, above, (broader, *below))
    if not higher and len(below) > 1:
        yield list(below[:-1])
