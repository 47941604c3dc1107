"""The index of a scheme from A to Z, in which alternative labels lead to the preferred ones."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from query_ui.graph.entity_labels import Names
from query_ui.graph.page_queries import Row, Site, string
from query_ui.graph.urls import Link
from query_ui.site.lists.list_items import subjects

OTHER = "#"


@dataclass(frozen=True, slots=True)
class Entry:
    """One label; ``link`` leads to the concept, by its preferred name where the label is not it."""

    label: str
    link: Link
    preferred: bool


def alphabet(rows: Sequence[Row], shared: Site) -> Mapping[str, list[Entry]]:
    """The entries by their first letter, without accents; what begins with none stands under #."""
    names = Names(shared)
    names.learn(subjects(rows, "concept"))
    found: dict[str, list[Entry]] = {}
    for row in rows:
        label = string(row, "label")
        preferred = string(row, "preferred") == "true"
        link = names.page_link(string(row, "concept"))
        found.setdefault(letter(label), []).append(Entry(label, link, preferred))
    return dict(sorted(found.items()))


def letter(label: str) -> str:
    """The letter that a label stands under: "É" under E."""
    first = unicodedata.normalize("NFKD", label.strip())[:1].upper()
    return first if first.isalpha() else OTHER
