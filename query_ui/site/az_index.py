"""The index of a scheme from A to Z, in which alternative labels lead to the preferred ones."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, PageRow, get_cell_text
from query_ui.graph.urls import Link
from query_ui.site.lists.list_items import collect_column_iris

OTHER_LETTER = "#"


@dataclass(frozen=True, slots=True)
class AzEntry:
    """One label; ``link`` leads to the concept, by its preferred name where the label is not it."""

    label: str
    link: Link
    preferred: bool


def group_by_letter(rows: Sequence[PageRow], graph: GraphContext) -> Mapping[str, list[AzEntry]]:
    """The entries by their first letter, without accents; what begins with none stands under #."""
    names = EntityLabels(graph)
    names.load(collect_column_iris(rows, "concept"))
    found: dict[str, list[AzEntry]] = {}
    for row in rows:
        label = get_cell_text(row, "label")
        preferred = get_cell_text(row, "preferred") == "true"
        link = names.build_page_link(get_cell_text(row, "concept"))
        found.setdefault(get_index_letter(label), []).append(AzEntry(label, link, preferred))
    return dict(sorted(found.items()))


def get_index_letter(label: str) -> str:
    """The letter that a label stands under: "É" under E."""
    first = unicodedata.normalize("NFKD", label.strip())[:1].upper()
    return first if first.isalpha() else OTHER_LETTER
