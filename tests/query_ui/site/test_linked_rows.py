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
from query_ui.site.linked_rows import CKG, may_be_linked, select_linked_rows

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
