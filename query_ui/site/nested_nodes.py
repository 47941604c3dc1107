"""Unnamed nodes, notes and lists inside the description of an entity, shown with their text.

SKOS lets a note be a resource (https://www.w3.org/TR/skos-primer/#secadvanceddocumentation), and
the members of an ordered collection are a list (https://www.w3.org/TR/rdf-schema/#ch_collectionvocab).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode

from loader.languages import choose_language
from loader.settings import SKOLEM_BASE
from query_ui.graph.entity_labels import UNNAMED_NODE, EntityLabels
from query_ui.graph.page_queries import GraphContext, PageRow, PageTerm, get_cell_text
from query_ui.graph.urls import Link, to_generic_page_path
from query_ui.graph.value_view import ValueView, build_literal_value

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TEXT_PROPERTIES = (
    f"{RDF}value",
    "http://www.w3.org/2008/05/skos-xl#literalForm",
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://purl.org/dc/terms/description",
    "http://www.w3.org/2000/01/rdf-schema#comment",
)
"""The properties that have the text of a note, the most usual first."""
NOTE_PROPERTIES = frozenset(
    f"http://www.w3.org/2004/02/skos/core#{end}"
    for end in (
        *("definition", "scopeNote", "note", "example"),
        *("editorialNote", "historyNote", "changeNote"),
    )
)
MAX_ITEMS = 100
"""Members shown of a list."""


@dataclass(frozen=True, slots=True)
class NestedNodes:
    """The statements about nodes inside an entity, and the members of lists, by node."""

    rows_by_node: dict[str, list[PageRow]] = field(default_factory=dict)
    members_by_list: dict[str, list[PageTerm]] = field(default_factory=dict)

    @property
    def rows(self) -> list[PageRow]:
        """All rows, whose IRIs need labels."""
        members = [{"member": m} for some in self.members_by_list.values() for m in some]
        return [*(row for some in self.rows_by_node.values() for row in some), *members]


def is_nested(row: PageRow) -> bool:
    """Return whether a statement has an unnamed node, or a note that is a resource, as its value.

    The query ``nested-statements`` selects the same.
    """
    value = row["value"]
    if not isinstance(value, NamedNode):
        return isinstance(value, BlankNode)
    return value.value.startswith(SKOLEM_BASE) or get_cell_text(row, "property") in NOTE_PROPERTIES


def fetch_nested_nodes(graph: GraphContext, iri: str, rows: Sequence[PageRow]) -> NestedNodes:
    """Return the nodes inside an entity; ``rows`` are its own statements."""
    if not any(map(is_nested, rows)):
        return NestedNodes()
    found: dict[str, list[PageRow]] = defaultdict(list)
    for row in graph.select_rows("nested-statements", thing=iri):
        found[get_cell_text(row, "node")].append(row)
    heads = [
        node
        for node, some in found.items()
        if any(get_cell_text(row, "property") == f"{RDF}first" for row in some)
        and isinstance(some[0]["node"], NamedNode)
    ]
    return NestedNodes(dict(found), fetch_lists(graph, heads))


def fetch_lists(graph: GraphContext, heads: Sequence[str]) -> dict[str, list[PageTerm]]:
    """Return the members of each list, in order; a list that leads back into itself ends there."""
    cells: dict[str, PageRow] = {}
    for row in graph.select_rows("list-members", head=list(heads)):
        cells[get_cell_text(row, "cell")] = row
    found: dict[str, list[PageTerm]] = {}
    for head in heads:
        cell, seen, members = head, set[str](), list[PageTerm]()
        while cell in cells and cell not in seen and len(members) < MAX_ITEMS:
            seen.add(cell)
            member = cells[cell]["member"]
            if member is not None:
                members.append(member)
            cell = get_cell_text(cells[cell], "next")
        found[head] = members
    return found


def build_node_value(
    labels: EntityLabels, nested: NestedNodes, node: BlankNode | NamedNode
) -> ValueView:
    """Return the view of a node: a link, the members of a list, or text and statements."""
    rows = nested.rows_by_node.get(node.value, [])
    is_unnamed = isinstance(node, BlankNode) or node.value.startswith(SKOLEM_BASE)
    members = nested.members_by_list.get(node.value)
    if members:
        return ValueView(items=tuple(build_inner_value(labels, term) for term in members))
    text = choose_text(rows)
    if not is_unnamed:
        if not text:
            return ValueView(link=labels.link(node.value))
        link = Link(text.value, to_generic_page_path(node.value), node.value)
        return ValueView(link=link, text=text.value, language=text.language or "")
    parts = (
        (labels.build_term_link(get_cell_text(row, "property")), build_inner_value(labels, value))
        for row in rows
        if (value := row["value"]) is not None
    )
    return ValueView(
        text=text.value if text else "" if rows else UNNAMED_NODE,
        language=(text.language or "") if text else "",
        parts=tuple(parts),
    )


def build_inner_value(labels: EntityLabels, term: PageTerm) -> ValueView:
    """Return the view of a term inside a node, without its own statements."""
    if isinstance(term, Literal):
        return build_literal_value(labels, term)
    if isinstance(term, NamedNode):
        return ValueView(link=labels.link(term.value))
    return ValueView(text=UNNAMED_NODE)


def choose_text(rows: Sequence[PageRow]) -> Literal | None:
    """Return the text of a note, by the property and the language to show; None without one."""
    for prop in TEXT_PROPERTIES:
        values = [row["value"] for row in rows if get_cell_text(row, "property") == prop]
        texts = [v for v in values if isinstance(v, Literal) and v.value.strip()]
        chosen = choose_language(text.language or "" for text in texts)
        fitting = [text for text in texts if (text.language or "") == chosen]
        if fitting:
            return min(fitting, key=lambda text: text.value)
    return None
