"""Templates of queries: with their defaults they are the queries, and filters fit into all."""

import pytest
from flask import Flask

from loader.queries.query_files import load_saved_queries
from loader.queries.rewrite import strip_annotations
from loader.queries.saved_query import SavedQuery
from loader.queries.syntax.parser import parse_query
from query_ui.graph.page_queries import GRAPH_EXTENSION
from query_ui.static_edition.query_templates import (
    build_page_query_templates,
    build_query_template,
    split_pieces,
)
from tests.conftest import PROJECT

SAVED = load_saved_queries(PROJECT / "sparql" / "queries")


def write_with_defaults(template: dict, patterns: str = "") -> str:  # type: ignore[type-arg]
    written = [parameter["written"] for parameter in template["parameters"]]
    return "".join(
        patterns if piece is None else written[piece] if isinstance(piece, int) else piece
        for piece in template["pieces"]
    )


@pytest.mark.parametrize("query", SAVED.values(), ids=SAVED.keys())
def test_a_template_with_its_defaults_is_the_query(query: SavedQuery) -> None:
    assert write_with_defaults(build_query_template(query)) == strip_annotations(query.text)


def test_the_patterns_of_each_facet_fit_into_each_query_about_classes(app: Flask) -> None:
    data = build_page_query_templates(app.extensions[GRAPH_EXTENSION])
    patterns = "".join(write_with_defaults(facet) for facet in data["facets"])
    narrowed = [one for one in data["queries"].values() if None in one["pieces"]]
    assert len(narrowed) > 5
    for template in narrowed:
        parse_query(write_with_defaults(template, patterns))


def test_pieces_are_texts_numbers_and_the_place_of_filters() -> None:
    assert split_pieces("a\x000\x00b\0\0c\x0012\x00") == ["a", 0, "b", None, "c", 12, ""]
