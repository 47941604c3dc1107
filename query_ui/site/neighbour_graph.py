"""What a thing points at and what points at it, as a small drawing; the tables say the same."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from query_ui.graph.page_queries import GraphContext
from query_ui.graph.urls import Link, LinkedCount
from query_ui.site.entity_description import DescribedProperty, EntityDescription
from query_ui.site.entity_sections import EntitySection

GRAPH_WIDTH, NODE_SPACING, NODE_WIDTH = 820, 30, 300
"""Units of the drawing: its width, the height of a line, the width of a node."""
MAX_SEPARATE_NODES = 5
"""More neighbours than these through one property are drawn as one node, with their number."""
MAX_NODES_PER_SIDE = 14
"""So many nodes stand on each side."""
MAX_NODE_LABEL_LENGTH = 25
EXCLUDED_PROPERTIES = ("rdf:type", "skos:inScheme", "skos:topConceptOf", "prov:wasDerivedFrom")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One node before it has a place: a thing, or with a ``number`` several of one sort."""

    word: str
    link: Link
    number: LinkedCount | None = None

    @property
    def label(self) -> str:
        """The name as it fits."""
        text = self.link.text
        return (
            text if len(text) <= MAX_NODE_LABEL_LENGTH else f"{text[: MAX_NODE_LABEL_LENGTH - 1]}…"
        )


@dataclass(frozen=True, slots=True)
class NeighbourNode:
    """A neighbour with its place: the upper left corner."""

    neighbour: Neighbour
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class NeighbourGraph:
    """The nodes of both sides; ``cut`` where there are more than are drawn."""

    name: str
    left: Sequence[NeighbourNode]
    right: Sequence[NeighbourNode]
    cut: bool
    width: int = GRAPH_WIDTH
    node: int = NODE_WIDTH

    @property
    def height(self) -> int:
        """The height of the drawing."""
        return max(len(self.left), len(self.right), 1) * NODE_SPACING + 10

    @property
    def middle(self) -> int:
        """Where the thing itself stands."""
        return self.height // 2


def build_neighbour_graph(
    graph: GraphContext, description: EntityDescription, sections: Iterable[EntitySection] = ()
) -> NeighbourGraph:
    """The drawing of a thing: what points at it on the left, what it points at on the right."""
    left = [*list_incoming_neighbours(description), *list_section_neighbours(sections)]
    right = [
        one
        for prop in description.properties
        if prop.short not in EXCLUDED_PROPERTIES
        for one in list_outgoing_neighbours(graph, description, prop)
    ]
    name = (
        description.name
        if len(description.name) <= MAX_NODE_LABEL_LENGTH
        else f"{description.name[: MAX_NODE_LABEL_LENGTH - 1]}…"
    )
    cut = len(left) > MAX_NODES_PER_SIDE or len(right) > MAX_NODES_PER_SIDE
    return NeighbourGraph(
        name, place_nodes(left, 4), place_nodes(right, GRAPH_WIDTH - NODE_WIDTH - 4), cut
    )


def place_nodes(neighbours: Sequence[Neighbour], x: int) -> list[NeighbourNode]:
    """The first neighbours below each other."""
    return [
        NeighbourNode(one, x, 5 + place * NODE_SPACING)
        for place, one in enumerate(neighbours[:MAX_NODES_PER_SIDE])
    ]


def list_incoming_neighbours(description: EntityDescription) -> Iterator[Neighbour]:
    """What points here, thing by thing or as one node for many."""
    for group in description.incoming:
        if group.number.value > MAX_SEPARATE_NODES:
            yield Neighbour(group.link.text, Link("things", "#incoming"), group.number)
        else:
            yield from (Neighbour(group.link.text, thing) for thing in group.things)


def list_section_neighbours(sections: Iterable[EntitySection]) -> Iterator[Neighbour]:
    """What carries a concept or is an organisation's, as one node for each kind."""
    for section in sections:
        if section.listing.total.value:
            yield Neighbour("", Link(section.noun, f"#of-{section.kind}"), section.listing.total)


def list_outgoing_neighbours(
    graph: GraphContext, description: EntityDescription, prop: DescribedProperty
) -> Iterator[Neighbour]:
    """What the thing points at through a property: things of the graph alone."""
    found = {
        link.iri: link
        for statement in prop.statements
        if (link := statement.value.link) and link.href.startswith("/")
    }
    if len(found) > MAX_SEPARATE_NODES:
        number = graph.number("count-values", thing=description.iri, property=prop.link.iri)
        yield Neighbour(prop.link.text, Link("things", "#statements"), number)
    else:
        yield from (Neighbour(prop.link.text, link) for link in found.values())
