"""Counts over the hierarchy: what carries a concept or one below it, nothing counted twice."""

from flask import Flask

from query_ui.graph.page_queries import GRAPH_EXTENSION
from query_ui.site.concept_counts import count_tagged_entities

CONCEPT = "https://w3id.org/concordat-kg/concept/"


def counts(app: Flask, *names: str) -> list[tuple[int, int]]:
    iris = [CONCEPT + name for name in names]
    found = count_tagged_entities(app.extensions[GRAPH_EXTENSION], iris)
    return [(found[iri].studies.value, found[iri].initiatives.value) for iri in iris]


def test_counts_roll_up_and_nothing_counts_twice(app: Flask) -> None:
    # Alpha carries training twice, in two documents, and cards-2 carries careers, which is above.
    names = ("keywords/careers", "keywords/training", "keywords/wellbeing", "keywords/hen")
    assert counts(app, *names) == [(2, 0), (1, 0), (1, 0), (0, 0)]
    assert counts(app, "principles/employment", "principles/eci1") == [(1, 0), (1, 0)]


def test_a_list_of_none_asks_nothing(app: Flask) -> None:
    assert count_tagged_entities(app.extensions[GRAPH_EXTENSION], []) == {}
