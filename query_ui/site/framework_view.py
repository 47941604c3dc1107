"""What pages of frameworks and their elements say: crosswalk, who signed, and gaps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, get_cell_text
from query_ui.graph.urls import Link, LinkedCount, to_page_path
from query_ui.site.linked_rows import select_linked_rows
from query_ui.site.lists.list_items import collect_column_iris

OWL = "http://www.w3.org/2002/07/owl#"
MAPPING_PROPERTIES = (f"{OWL}annotatedSource", f"{OWL}annotatedTarget")
RELATION_WORDS = {
    "closeMatch": "Close to",
    "exactMatch": "Same as",
    "broadMatch": "Part of the broader",
    "narrowMatch": "Covers the narrower",
    "relatedMatch": "Related to",
}
"""The words of each mapping relation: https://www.w3.org/TR/skos-reference/#mapping"""


@dataclass(frozen=True, slots=True)
class RelatedElement:
    """An element of another framework, how it is related, and on which basis we say so."""

    relation: str
    link: Link
    framework: Link
    basis: str


@dataclass(frozen=True, slots=True)
class FrameworkView:
    """Who signed a framework, by register, and its elements without practice."""

    registers: Sequence[tuple[Link, LinkedCount]]
    gaps: LinkedCount
    elements_without_practice: Sequence[Link]


def fetch_crosswalk(graph: GraphContext, iri: str) -> list[RelatedElement]:
    """Return the elements of other frameworks that a mapping relates to an element."""
    rows = select_linked_rows(
        graph, "crosswalk-of", iri, incoming=MAPPING_PROPERTIES, parameter="element"
    )
    labels = EntityLabels(graph)
    labels.load([*collect_column_iris(rows, "other"), *collect_column_iris(rows, "scheme")])
    return [
        RelatedElement(
            RELATION_WORDS[get_cell_text(row, "relation").rpartition("#")[2]],
            labels.build_page_link(get_cell_text(row, "other")),
            labels.build_page_link(get_cell_text(row, "scheme")),
            get_cell_text(row, "basis"),
        )
        for row in rows
    ]


def load_framework(graph: GraphContext, iri: str) -> FrameworkView | None:
    """Return who signed a framework, and its elements without practice; None for other schemes."""
    rows = graph.select_rows("registers-of-framework", framework=iri)
    registers = collect_column_iris(rows, "register")
    # The principles are a vocabulary with registers; other vocabularies have no gaps.
    if not registers and not is_framework(graph, iri):
        return None
    rows = graph.select_rows("elements-without-practice", framework=iri)
    gaps = collect_column_iris(rows, "element")
    labels = EntityLabels(graph)
    labels.load([*registers, *gaps])
    total = graph.count("count-elements-without-practice", framework=iri)
    counts = [
        graph.count("count-institutions-in-register", register=register) for register in registers
    ]
    return FrameworkView(
        list(zip(map(labels.build_page_link, registers), counts, strict=True)),
        replace(total, list_href=f"{to_page_path(iri)}#gaps"),
        [labels.build_page_link(element) for element in gaps],
    )


def is_framework(graph: GraphContext, iri: str) -> bool:
    """Return whether a scheme is a framework."""
    classes = {get_cell_text(row, "value") for row in graph.select_rows("outlines", thing=iri)}
    return f"{BASE}ontology#Framework" in classes
