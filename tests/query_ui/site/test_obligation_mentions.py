"""The obligations that mention a concept: the same as the query counts that the page links."""

from flask import Flask

from loader.settings import BASE
from query_ui.graph.page_queries import GRAPH_EXTENSION, GraphContext, get_cell_text
from query_ui.site.obligation_mentions import (
    has_any_name,
    list_mentioning_obligations,
    separate_words,
)


def test_names_are_found_as_whole_words() -> None:
    text = separate_words("Offer training, and (career) development.")
    assert has_any_name([text], [separate_words("Career development")])
    assert has_any_name([text], [separate_words("TRAINING")])
    assert not has_any_name([text], [separate_words("train")])
    assert not has_any_name([text], [])


def test_the_list_has_as_many_as_the_query_counts(shipped_app: Flask) -> None:
    graph: GraphContext = shipped_app.extensions[GRAPH_EXTENSION]
    rows = graph.select_rows("scheme-concepts", scheme=f"{BASE}scheme/keywords")
    concepts = sorted({get_cell_text(row, "concept") for row in rows})[::4]
    found = {iri: len(list_mentioning_obligations(graph, iri)) for iri in concepts}
    assert any(found.values()) and not all(found.values())
    for iri, number in found.items():
        assert number == graph.count("count-obligations-mentioning", concept=iri).value, iri
