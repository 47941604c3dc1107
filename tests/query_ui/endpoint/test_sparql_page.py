"""The SPARQL protocol and the page to write queries on."""

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

TITLES = """PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX graph: <https://w3id.org/concordat-kg/graph/>
SELECT ?title WHERE { ?thing dcterms:title ?title } ORDER BY ?title"""
DOCUMENTS = ["An article", "Curated", "Organisations", "Three cards"]
ARTICLE = "https://w3id.org/concordat-kg/graph/article"
CATALOGUE = "https://w3id.org/concordat-kg/graph/catalogue"
TURTLE = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . ?s a <http://www.w3.org/ns/org#Membership> }"


def titles(body: bytes) -> list[str]:
    return [row["title"]["value"] for row in json.loads(body)["results"]["bindings"]]


def test_get_asks_the_union_of_all_graphs(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": TITLES})
    assert response.mimetype == "application/sparql-results+json"
    assert titles(response.data) == [
        "Alpha <b>bold</b> <https://example.org/x> a owl:Thing .",
        *("An article", "Collect data", "Curated", "Organisations", "The pledge", "Three cards"),
    ]


@pytest.mark.parametrize("way", ["get", "form", "body"])
def test_default_graph_of_the_protocol_is_the_dataset(client: FlaskClient, way: str) -> None:
    graph = {"default-graph-uri": CATALOGUE}
    if way == "get":
        response = client.get("/sparql", query_string={"query": TITLES, **graph})
    elif way == "form":
        response = client.post("/sparql", data={"query": TITLES, **graph})
    else:
        response = client.post(
            "/sparql",
            data=TITLES.encode(),
            query_string=graph,
            content_type="application/sparql-query",
        )
    assert titles(response.data) == DOCUMENTS


def test_named_graph_of_the_protocol_is_the_dataset(client: FlaskClient) -> None:
    text = TITLES.replace("{ ?thing", "{ GRAPH ?g { ?thing").replace("}", "} }", 1)
    response = client.post("/sparql", data={"query": text, "named-graph-uri": ARTICLE})
    assert titles(response.data) == ["Collect data", "The pledge"]


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        (TITLES, "*/*", "application/sparql-results+json"),
        (TITLES, "", "application/sparql-results+json"),
        (TITLES, BROWSER, "text/html"),
        (TITLES, "text/csv", "text/csv"),
        (TITLES, "text/tab-separated-values", "text/tab-separated-values"),
        (TITLES, "application/xml", "application/sparql-results+xml"),
        (TITLES, "application/json", "application/sparql-results+json"),
        ("ASK {}", "application/sparql-results+xml", "application/sparql-results+xml"),
        (TURTLE, "*/*", "text/turtle"),
        (TURTLE, "application/sparql-results+json, application/ld+json", "application/ld+json"),
        (TURTLE, BROWSER, "text/html"),
    ],
)
def test_accept_chooses_after_the_kind_of_answer(
    client: FlaskClient, query: str, accept: str, media_type: str
) -> None:
    response = client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, media_type)
    assert "Accept" in response.headers["Vary"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_nothing_acceptable(client: FlaskClient) -> None:
    response = client.get(
        "/sparql", query_string={"query": "ASK {}"}, headers={"Accept": "text/turtle"}
    )
    assert response.status_code == 406
    assert response.json is not None
    assert "application/sparql-results+json" in response.json["detail"]


def test_format_goes_before_accept(client: FlaskClient) -> None:
    response = client.get(
        "/sparql", query_string={"query": TITLES, "format": "csv"}, headers={"Accept": BROWSER}
    )
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.text.splitlines()[2] == "An article"


def test_format_that_does_not_fit_is_said(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": TITLES, "format": "ttl"})
    assert response.status_code == 406
    assert response.json is not None
    assert response.json["detail"] == (
        "The answer to this query can be had as json (application/sparql-results+json), "
        "csv (text/csv), tsv (text/tab-separated-values), xml (application/sparql-results+xml)."
    )
    unknown = client.get("/sparql", query_string={"query": TITLES, "format": "xlsx"})
    assert unknown.status_code == 400
    assert unknown.json is not None
    assert unknown.json["detail"].startswith("format is “xlsx”; it can be html, json, csv")


def test_editor_holds_a_query_that_runs(page: Callable[[str], Element]) -> None:
    editor = page("/sparql")
    (text,) = editor.one("textarea").children
    assert isinstance(text, str)
    assert "SELECT DISTINCT ?study ?title ?keyword" in text
    assert not editor.find("table")


def test_page_shows_the_query_and_the_rows(client: FlaskClient) -> None:
    query = 'SELECT ("<i>x</i>" AS ?text) ("y"@cy AS ?word) (1 AS ?one) ?none {}'
    response = client.get("/sparql", query_string={"query": query}, headers={"Accept": BROWSER})
    page = parsed(response.text)
    assert page.one("textarea").text == query
    assert [th.text for th in page.one("table").find("th")] == ["text", "word", "one", "none"]
    cells = [td.text for td in page.one("table").find("td")]
    assert cells == ["<i>x</i>", "y cy", "1 xsd:integer", ""]
    assert page.one("a", "rows").text == "1"


def test_page_shows_a_boolean(client: FlaskClient) -> None:
    response = client.get("/sparql?query=ASK%20%7B%7D", headers={"Accept": BROWSER})
    assert parsed(response.text).one("p", "answer").text == "Yes (true)"


def test_page_shows_a_graph_as_turtle(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": TURTLE}, headers={"Accept": BROWSER})
    page = parsed(response.text)
    assert page.one("a", "rows").text == "3"
    assert "org:member organisation:durham-university" in page.one("pre", "turtle").text


@pytest.mark.parametrize(
    ("arguments", "status", "detail"),
    [
        ({"data": {"quest": "ASK {}"}}, 400, "Send one query: this request has 0."),
        ({"data": {"query": ["ASK {}", "ASK {}"]}}, 400, "Send one query: this request has 2."),
        (
            {"data": {"update": "CLEAR ALL"}},
            403,
            "Updates are not allowed: releases are read-only.",
        ),
        (
            {"data": "CLEAR ALL", "content_type": "application/sparql-update"},
            403,
            "Updates are not allowed: releases are read-only.",
        ),
        (
            {"data": "{}", "content_type": "application/json"},
            415,
            "Send the query as application/x-www-form-urlencoded or as application/sparql-query.",
        ),
        (
            {"data": b"ASK { ?s ?p '\xff' }", "content_type": "application/sparql-query"},
            400,
            "The body is not UTF-8: byte 14 cannot be read.",
        ),
    ],
)
def test_posts_that_cannot_be_asked(
    client: FlaskClient, arguments: dict[str, object], status: int, detail: str
) -> None:
    response = client.open("/sparql", method="POST", **arguments)  # type: ignore[arg-type]
    assert response.status_code == status
    assert response.json is not None
    assert response.json["detail"] == detail


def test_too_large_a_body_is_refused_in_the_same_shape(client: FlaskClient) -> None:
    response = client.post(
        "/sparql",
        data=b"#" * (1024 * 1024 + 1),
        content_type="application/sparql-query",
        headers={"Accept": BROWSER},
    )
    assert response.status_code == 413
    assert parsed(response.text).one("p", "problem").text


def test_machines_get_the_service_description(client: FlaskClient) -> None:
    response = client.get("/sparql", headers={"Accept": "application/n-triples"})
    sd = "http://www.w3.org/ns/sparql-service-description#"
    assert f"<http://localhost/sparql> <{sd}feature> <{sd}UnionDefaultGraph> ." in response.text


def test_preflight_of_a_browser_elsewhere(client: FlaskClient) -> None:
    response = client.options("/sparql", headers={"Access-Control-Request-Method": "POST"})
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"
