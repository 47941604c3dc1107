"""Queries that are not run where an entity has none of the properties that their rows rest on."""

import pyoxigraph
import pytest
from flask import Flask
from flask.testing import FlaskClient

from loader.settings import BASE
from query_ui.graph.entity_labels import RDF_TYPE
from query_ui.graph.page_queries import GRAPH_EXTENSION, GraphContext
from query_ui.graph.urls import to_page_path
from query_ui.site import linked_rows
from query_ui.site.linked_rows import CKG, has_property, may_be_linked, select_linked_rows
from query_ui.site.membership_timeline import ORG

PROPERTIES_BY_QUERY = {
    "environment-of-institution": [f"{CKG}submissions"],
    "peers-by-size": [f"{CKG}fullTimeEquivalents"],
    "time-line": [f"{ORG}organization", f"{ORG}member", f"{CKG}initiative"],
}
"""The properties of which each row of some queries needs one; they are those of the pages."""
DURHAM = f"{BASE}id/organisation/durham-university"


def list_paths(store: pyoxigraph.Store) -> list[str]:
    """Return the addresses of the pages about all entities, concepts and schemes."""
    subjects = {quad.subject.value for quad in store}
    kinds = ("id/", "concept/", "scheme/")
    return sorted(
        to_page_path(iri) for iri in subjects if iri.startswith(tuple(BASE + k for k in kinds))
    )


def test_pages_are_the_same_as_with_all_queries(
    client: FlaskClient, store: pyoxigraph.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = list_paths(store)
    assert len(paths) > 15
    skipped: list[str] = []

    def decide(graph: GraphContext, iri: str, *properties: object) -> bool:
        decided = may_be_linked(graph, iri, *properties)  # type: ignore[arg-type]
        if not decided:
            skipped.append(iri)
        return decided

    monkeypatch.setattr(linked_rows, "may_be_linked", decide)
    some = [client.get(path).text for path in paths]
    assert len(skipped) > len(paths)
    monkeypatch.setattr(linked_rows, "may_be_linked", lambda *_: True)
    assert [client.get(path).text for path in paths] == some


def test_nothing_is_skipped_where_not_all_statements_are_read(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph: GraphContext = app.extensions[GRAPH_EXTENSION]
    monkeypatch.setattr(linked_rows, "MAX_FIRST_STATEMENTS", 1)
    assert may_be_linked(graph, DURHAM, [f"{CKG}basis"])
    assert not may_be_linked(graph, DURHAM, outgoing=[f"{CKG}basis"])


def test_what_is_linked_has_its_rows_and_what_is_not_has_none(app: Flask) -> None:
    graph: GraphContext = app.extensions[GRAPH_EXTENSION]
    rows = graph.select_rows("incoming", thing=DURHAM, property=f"{CKG}organisation")
    assert rows
    assert may_be_linked(graph, DURHAM, [f"{CKG}organisation"])
    assert not may_be_linked(graph, DURHAM, [f"{CKG}basis"], [f"{CKG}basis"])
    assert not select_linked_rows(graph, "time-line", DURHAM, incoming=[f"{CKG}basis"])
    assert may_be_linked(graph, DURHAM, [f"{CKG}basis"], [RDF_TYPE])


def test_queries_about_an_organisation_have_rows_only_by_its_properties(
    shipped_app: Flask,
) -> None:
    graph: GraphContext = shipped_app.extensions[GRAPH_EXTENSION]
    assert graph.index
    numbers = range(
        *graph.index.fetch_row("SELECT first, after FROM kind WHERE name = 'organisation'")
    )
    skipped: set[str] = set()
    for iri in map(graph.index.iri, numbers[::5]):
        for name, properties in PROPERTIES_BY_QUERY.items():
            if not has_property(graph, iri, *properties):
                skipped.add(name)
                assert graph.select_rows(name, thing=iri) == [], (name, iri)
    assert skipped == PROPERTIES_BY_QUERY.keys()


def test_an_index_that_does_not_say_leaves_queries_to_run(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph: GraphContext = app.extensions[GRAPH_EXTENSION]
    assert graph.index
    assert not has_property(graph, DURHAM, f"{CKG}indicator")
    assert has_property(graph, DURHAM, f"{CKG}indicator", f"{CKG}unknown")
    assert has_property(graph, "urn:not-in-the-index", f"{CKG}indicator")
    monkeypatch.setattr(graph.index, "facet_names", frozenset())
    assert has_property(graph, DURHAM, f"{CKG}indicator")
