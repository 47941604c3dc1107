"""SPARQLWrapper, rdflib's SPARQLStore and pandas."""

from typing import Any
from urllib.error import HTTPError

import pandas as pd
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import SKOS
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, POSTDIRECTLY, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException

from tests.clients.questions import (
    BASE,
    ENDLESS,
    GRAPH,
    LABELS,
    NO,
    OBLIGATIONS,
    PRINCIPLES,
    WRONG,
    YES,
    address,
)


def wrapper(endpoint: str, query: str, format: str = JSON) -> SPARQLWrapper:
    """A client of SPARQLWrapper that has its query."""
    client = SPARQLWrapper(endpoint)
    client.setReturnFormat(format)
    client.setQuery(query)
    return client


def converted(client: SPARQLWrapper) -> Any:
    """The answer as the library gives it for the format."""
    return client.queryAndConvert()


@pytest.mark.parametrize("way", ["GET", POST, POSTDIRECTLY])
def test_sparqlwrapper_gets_rows_with_their_types(endpoint: str, way: str) -> None:
    client = wrapper(endpoint, PRINCIPLES)
    if way == POSTDIRECTLY:
        client.setMethod(POST)
        client.setRequestMethod(POSTDIRECTLY)
    else:
        client.setMethod(way)
    rows = converted(client)["results"]["bindings"]
    assert [row["label"] for row in rows] == [
        {"type": "literal", "value": label, "xml:lang": "en"} for label in LABELS
    ]
    assert all(row["principle"]["type"] == "uri" and "none" not in row for row in rows)


def test_sparqlwrapper_gets_every_kind_of_answer(endpoint: str) -> None:
    assert converted(wrapper(endpoint, YES))["boolean"] is True
    assert converted(wrapper(endpoint, NO, XML)).toxml().count("<boolean>false<") == 1
    table = converted(wrapper(endpoint, OBLIGATIONS, CSV))
    assert table.splitlines() == [b"n", b"59"]
    turtle = converted(wrapper(endpoint, GRAPH, TURTLE))
    graph = Graph().parse(data=turtle, format="turtle")
    assert sorted(str(o) for o in graph.objects(None, SKOS.prefLabel)) == LABELS


def test_sparqlwrapper_narrows_the_dataset(endpoint: str) -> None:
    client = wrapper(endpoint, OBLIGATIONS)
    client.addDefaultGraph(BASE + "graph/issues")
    assert converted(client)["results"]["bindings"][0]["n"]["value"] == "0"


def test_sparqlwrapper_is_told_of_faults_as_faults(endpoint: str) -> None:
    with pytest.raises(QueryBadFormed, match=r"\"line\": 1"):
        converted(wrapper(endpoint, WRONG))
    client = wrapper(endpoint, ENDLESS)
    client.addParameter("timeout", "0.3")
    with pytest.raises((SPARQLWrapperException, HTTPError), match="504"):
        converted(client)


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_sparqlstore_gets_rows_booleans_and_graphs(endpoint: str, method: str) -> None:
    graph = Graph(SPARQLStore(endpoint, method=method))
    rows = list(graph.query(PRINCIPLES))
    assert [(str(row.label), row.label.language, row.none) for row in rows] == [  # type: ignore[union-attr]
        (label, "en", None) for label in LABELS
    ]
    assert graph.query(YES).askAnswer is True
    assert graph.query(NO).askAnswer is False
    made = graph.query(GRAPH).graph
    assert made is not None
    assert sorted(str(o) for o in made.objects(None, SKOS.prefLabel)) == LABELS


def test_sparqlstore_stands_for_a_graph_of_its_own(endpoint: str) -> None:
    graph = Graph(SPARQLStore(endpoint))
    principle = URIRef(f"{BASE}concept/principles/employment")
    assert [str(o) for o in graph.objects(principle, SKOS.prefLabel)] == ["Employment"]
    bound = list(graph.query(PRINCIPLES, initBindings={"principle": principle}))
    assert [str(row.label) for row in bound] == ["Employment"]  # type: ignore[union-attr]


def test_pandas_reads_a_query_and_a_saved_one(site: str, endpoint: str) -> None:
    table = pd.read_csv(address(endpoint, PRINCIPLES, format="csv"))
    assert list(table.columns) == ["principle", "label", "none"]
    assert list(table.label) == LABELS
    assert table.none.isna().all()
    saved = pd.read_csv(f"{site}/queries/obligations.csv?labels=on")
    assert len(saved) == 59
    assert list(saved.columns)[:2] == ["obligation", "obligationLabel"]


def test_pandas_never_reads_a_stopped_query_as_a_table(endpoint: str) -> None:
    with pytest.raises(HTTPError, match="504"):
        pd.read_csv(address(endpoint, ENDLESS, format="csv", timeout="0.3"))
