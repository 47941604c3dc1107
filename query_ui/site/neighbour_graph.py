"""The neighbours of an entity as an SVG drawing; the tables of its page say the same."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from query_ui.graph.page_queries import GraphContext
from query_ui.graph.urls import Link, LinkedCount
from query_ui.site.entity_description import DescribedProperty, EntityDescription
from query_ui.site.entity_sections import EntitySection

GRAPH_WIDTH, NODE_SPACING, NODE_WIDTH = 820, 30, 300
"""SVG user units: width of the drawing, height of a row, width of a node."""
MAX_SEPARATE_NODES = 5
"""Neighbours through one property that have nodes of their own; more share a single node."""
MAX_NODES_PER_SIDE = 14
"""Nodes drawn on each side."""
MAX_NODE_LABEL_LENGTH = 25
EXCLUDED_PROPERTIES = ("rdf:type", "skos:inScheme", "skos:topConceptOf", "prov:wasDerivedFrom")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A node before layout: one entity, or several through one property with their ``number``."""

    word: str
    link: Link
    number: LinkedCount | None = None

    @property
    def label(self) -> str:
        """Return the label, shortened with an ellipsis where necessary."""
        text = self.link.text
        return (
            text if len(text) <= MAX_NODE_LABEL_LENGTH else f"{text[: MAX_NODE_LABEL_LENGTH - 1]}…"
        )


@dataclass(frozen=True, slots=True)
class NeighbourNode:
    """A neighbour with the position of its upper left corner in SVG user units."""

    neighbour: Neighbour
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class NeighbourGraph:
    """The nodes of both sides; ``is_truncated`` if there are more than are drawn."""

    name: str
    left: Sequence[NeighbourNode]
    right: Sequence[NeighbourNode]
    is_truncated: bool
    width: int = GRAPH_WIDTH
    node: int = NODE_WIDTH

    @property
    def height(self) -> int:
        """Return the height of the drawing in SVG user units."""
        return max(len(self.left), len(self.right), 1) * NODE_SPACING + 10

    @property
    def middle(self) -> int:
        """Return the y coordinate of the entity itself."""
        return self.height // 2


def build_neighbour_graph(
    graph: GraphContext, description: EntityDescription, sections: Iterable[EntitySection] = ()
) -> NeighbourGraph:
    """Return the drawing: subjects of incoming links on the left, objects on the right."""
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
    is_truncated = len(left) > MAX_NODES_PER_SIDE or len(right) > MAX_NODES_PER_SIDE
    return NeighbourGraph(
        name, place_nodes(left, 4), place_nodes(right, GRAPH_WIDTH - NODE_WIDTH - 4), is_truncated
    )


def place_nodes(neighbours: Sequence[Neighbour], x: int) -> list[NeighbourNode]:
    """Return nodes for the first neighbours in one column at ``x``."""
    return [
        NeighbourNode(one, x, 5 + place * NODE_SPACING)
        for place, one in enumerate(neighbours[:MAX_NODES_PER_SIDE])
    ]


def list_incoming_neighbours(description: EntityDescription) -> Iterator[Neighbour]:
    """Yield the subjects of incoming links, or one neighbour for many of one property."""
    for group in description.incoming:
        if group.number.value > MAX_SEPARATE_NODES:
            yield Neighbour(group.link.text, Link("things", "#incoming"), group.number)
        else:
            yield from (Neighbour(group.link.text, entity) for entity in group.entities)


def list_section_neighbours(sections: Iterable[EntitySection]) -> Iterator[Neighbour]:
    """Yield one neighbour for each section of a concept or organisation that is not empty."""
    for section in sections:
        if section.listing.total.value:
            yield Neighbour("", Link(section.noun, f"#of-{section.kind}"), section.listing.total)


def list_outgoing_neighbours(
    graph: GraphContext, description: EntityDescription, prop: DescribedProperty
) -> Iterator[Neighbour]:
    """Yield the objects of a property that have a page, or one neighbour for many of them."""
    found = {
        link.iri: link
        for statement in prop.statements
        if (link := statement.value.link) and link.href.startswith("/")
    }
    if len(found) > MAX_SEPARATE_NODES:
        number = graph.count("count-values", thing=description.iri, property=prop.link.iri)
        yield Neighbour(prop.link.text, Link("things", "#statements"), number)
    else:
        yield from (Neighbour(prop.link.text, link) for link in found.values())
