"""The A–Z index of a concept scheme, in which alternative labels lead to preferred ones.

Labels are those of SKOS, section 5: https://www.w3.org/TR/skos-reference/#labels
"""

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
    """One label of the index; ``link`` leads to its concept under the preferred label."""

    label: str
    link: Link
    is_preferred: bool


def group_by_letter(rows: Sequence[PageRow], graph: GraphContext) -> Mapping[str, list[AzEntry]]:
    """Return the entries by first letter without accents; those without a letter are under #."""
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
    """Return the letter under which a label is listed: E for "École", # for "3D"."""
    first = unicodedata.normalize("NFKD", label.strip())[:1].upper()
    return first if first.isalpha() else OTHER_LETTER
