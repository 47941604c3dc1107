"""The cells of label columns: the label of each thing, whatever else the graph says of it."""

import pytest
from flask import Flask

from loader.settings import BASE
from query_ui.endpoint.saved_query_request import fetch_label_cells
from query_ui.graph.page_queries import GRAPH_EXTENSION


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("id/commitment/pledge-data", "Collect data"),  # it has a standing
        ("id/claim/pledge-1", "Claim: “Durham is in the Midlands.”"),
        ("graph/article", "An article"),  # it has a trust
        ("id/organisation/durham-university", "Durham University"),
    ],
)
def test_trust_and_standing_are_no_labels(app: Flask, name: str, label: str) -> None:
    graph = app.extensions[GRAPH_EXTENSION]
    found = fetch_label_cells(graph, [BASE + name])
    assert {iri: cell["value"] for iri, cell in found.items()} == {BASE + name: label}
