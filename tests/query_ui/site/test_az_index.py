"""The index from A to Z."""

import pytest
from flask import Flask
from pyoxigraph import Literal, NamedNode

from query_ui.graph.page_queries import GRAPH_EXTENSION, PageRow
from query_ui.site.az_index import get_index_letter, group_by_letter

BASE = "https://w3id.org/concordat-kg/concept/keywords/"


@pytest.mark.parametrize(
    ("label", "under"),
    [("Équité", "E"), ("wellbeing", "W"), ("3Rs", "#"), ("  ", "#"), ("Ж", "Ж"), ("“Open”", "#")],
)
def test_letters(label: str, under: str) -> None:
    assert get_index_letter(label) == under


def test_alternative_labels_lead_to_the_preferred_one(app: Flask) -> None:
    given: list[PageRow] = [
        {
            "concept": NamedNode(BASE + "wellbeing"),
            "label": Literal(label, language="en"),
            "preferred": Literal(preferred),
        }
        for label, preferred in (("Health at work", False), ("Wellbeing", True))
    ]
    with app.test_request_context():
        found = group_by_letter(given, app.extensions[GRAPH_EXTENSION])
    assert {
        under: [(e.label, e.link.text, e.is_preferred) for e in es] for under, es in found.items()
    } == {
        "H": [("Health at work", "Wellbeing", False)],
        "W": [("Wellbeing", "Wellbeing", True)],
    }
