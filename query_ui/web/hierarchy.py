"""The hierarchy of a scheme: its concepts as branches, and all ways up from one of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from query_ui.web.carried import Carried, carried
from query_ui.web.links import Link
from query_ui.web.lists import subjects
from query_ui.web.names import Names
from query_ui.web.site import Row, Site, string


@dataclass(slots=True)
class Node:
    """A concept in its scheme, with what carries it and the concepts below it."""

    link: Link
    carried: Carried
    notation: str = ""
    definition: str = ""
    below: list["Node"] = field(default_factory=list)


def nested(rows: Sequence[Row], shared: Site) -> list[Node]:
    """The concepts below those that have none above; a concept in a circle stands at the top."""
    names = Names(shared)
    names.learn(subjects(rows, "concept"))
    counts = carried(shared, subjects(rows, "concept"))
    nodes: dict[str, Node] = {}
    above: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        iri = string(row, "concept")
        notation, definition = string(row, "notation"), string(row, "definition")
        nodes.setdefault(iri, Node(names.page_link(iri), counts[iri], notation, definition))
        above[iri].add(string(row, "broader"))
    below: dict[str, list[str]] = defaultdict(list)
    for iri in nodes:
        for parent in above[iri] & nodes.keys():
            below[parent].append(iri)
    placed: set[str] = set()
    top = [iri for iri in nodes if not above[iri] & nodes.keys()]
    tree = [_grown(iri, nodes, below, (), placed) for iri in top]
    return tree + [_grown(iri, nodes, below, (), placed) for iri in nodes if iri not in placed]


def _grown(
    iri: str,
    nodes: dict[str, Node],
    below: dict[str, list[str]],
    path: tuple[str, ...],
    placed: set[str],
) -> Node:
    """A concept with its branches; the path that led here stops a circle."""
    placed.add(iri)
    here = (*path, iri)
    branches = [_grown(b, nodes, below, here, placed) for b in below[iri] if b not in here]
    node = nodes[iri]
    return Node(node.link, node.carried, node.notation, node.definition, branches)


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
