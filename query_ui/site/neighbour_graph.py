"""What a thing points at and what points at it, as a small drawing; the tables say the same."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from query_ui.graph.page_queries import Site
from query_ui.graph.urls import Link, Number
from query_ui.site.entity_description import Description, Property
from query_ui.site.entity_sections import Section

WIDTH, ROW, NODE = 820, 30, 300
"""Units of the drawing: its width, the height of a line, the width of a node."""
TOGETHER = 5
"""More neighbours than these through one property are drawn as one node, with their number."""
MOST = 14
"""So many nodes stand on each side."""
LETTERS = 25
APART = ("rdf:type", "skos:inScheme", "skos:topConceptOf", "prov:wasDerivedFrom")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One node before it has a place: a thing, or with a ``number`` several of one sort."""

    word: str
    link: Link
    number: Number | None = None

    @property
    def label(self) -> str:
        """The name as it fits."""
        text = self.link.text
        return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"


@dataclass(frozen=True, slots=True)
class Node:
    """A neighbour with its place: the upper left corner."""

    neighbour: Neighbour
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The nodes of both sides; ``cut`` where there are more than are drawn."""

    name: str
    left: Sequence[Node]
    right: Sequence[Node]
    cut: bool
    width: int = WIDTH
    node: int = NODE

    @property
    def height(self) -> int:
        """The height of the drawing."""
        return max(len(self.left), len(self.right), 1) * ROW + 10

    @property
    def middle(self) -> int:
        """Where the thing itself stands."""
        return self.height // 2


def neighbourhood(shared: Site, it: Description, sections: Iterable[Section] = ()) -> Picture:
    """The drawing of a thing: what points at it on the left, what it points at on the right."""
    left = [*pointing(it), *collected(sections)]
    right = [
        one for prop in it.properties if prop.short not in APART for one in values(shared, it, prop)
    ]
    name = it.name if len(it.name) <= LETTERS else f"{it.name[: LETTERS - 1]}…"
    cut = len(left) > MOST or len(right) > MOST
    return Picture(name, placed(left, 4), placed(right, WIDTH - NODE - 4), cut)


def placed(neighbours: Sequence[Neighbour], x: int) -> list[Node]:
    """The first neighbours below each other."""
    return [Node(one, x, 5 + place * ROW) for place, one in enumerate(neighbours[:MOST])]


def pointing(it: Description) -> Iterator[Neighbour]:
    """What points here, thing by thing or as one node for many."""
    for group in it.incoming:
        if group.number.value > TOGETHER:
            yield Neighbour(group.link.text, Link("things", "#incoming"), group.number)
        else:
            yield from (Neighbour(group.link.text, thing) for thing in group.things)


def collected(sections: Iterable[Section]) -> Iterator[Neighbour]:
    """What carries a concept or is an organisation's, as one node for each kind."""
    for section in sections:
        if section.listing.total.value:
            yield Neighbour("", Link(section.noun, f"#of-{section.kind}"), section.listing.total)


def values(shared: Site, it: Description, prop: Property) -> Iterator[Neighbour]:
    """What the thing points at through a property: things of the graph alone."""
    found = {
        link.iri: link
        for statement in prop.statements
        if (link := statement.value.link) and link.href.startswith("/")
    }
    if len(found) > TOGETHER:
        number = shared.number("count-values", thing=it.iri, property=prop.link.iri)
        yield Neighbour(prop.link.text, Link("things", "#statements"), number)
    else:
        yield from (Neighbour(prop.link.text, link) for link in found.values())
