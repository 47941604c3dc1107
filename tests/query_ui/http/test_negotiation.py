"""Pages and data: what a suffix and an Accept header get."""

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat

from query_ui.http.negotiation import split_suffix
from tests.query_ui.conftest import BROWSER

ALPHA = NamedNode("https://w3id.org/concordat-kg/id/case-study/alpha")
FORMATS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (BROWSER, "text/html"),
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/*", "text/html"),
        ("text/turtle", "text/turtle"),
        ("application/n-triples", "application/n-triples"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/ld+json"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("text/turtle;q=0.4, application/ld+json;q=0.6", "application/ld+json"),
        ("text/html;q=0.2, text/turtle;q=0.9", "text/turtle"),
        ("text/turtle, text/html", "text/html"),
        ("image/png, text/turtle;q=0.1", "text/turtle"),
        ("TEXT/TURTLE", "text/turtle"),
        ("text/turtle;charset=utf-8", "text/turtle"),
        ('text/html;q=0.5, text/turtle; Charset="UTF-8";q=0.9', "text/turtle"),
        ("text/html;q=0, text/turtle", "text/turtle"),
        ("text/turtle;q=oops, text/html;q=0.5", "text/html"),
        (",,text/turtle,", "text/turtle"),
        ("application/*", "application/n-triples"),
    ],
)
def test_accept_chooses_for_a_thing(client: FlaskClient, accept: str, media_type: str) -> None:
    response = client.get("/case-studies/alpha", headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, media_type)
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("suffix", "media_type"), [*zip((".ttl", ".nt", ".jsonld", ".rdf"), FORMATS, strict=True)]
)
def test_suffix_gives_every_statement_of_the_store(
    client: FlaskClient, store: pyoxigraph.Store, suffix: str, media_type: str
) -> None:
    response = client.get(f"/case-studies/alpha{suffix}", headers={"Accept": BROWSER})
    assert response.mimetype == media_type
    given = {q.triple for q in pyoxigraph.parse(response.data, format=FORMATS[media_type])}
    assert given == {q.triple for q in store.quads_for_pattern(ALPHA, None, None, None)}


def test_data_holds_the_statements_of_unnamed_nodes(client: FlaskClient) -> None:
    text = client.get("/organisations/durham-university.nt").text
    assert '<http://www.w3.org/2004/02/skos/core#notation> "10007143"' in text


def test_suffix_that_does_not_fit_is_not_found(client: FlaskClient) -> None:
    response = client.get("/case-studies/alpha.csv")
    assert response.status_code == 404
    assert response.json == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no .csv of this: "
        "it can be had as .ttl, .nt, .jsonld, .rdf, .trig, .nq.",
    }


def test_nothing_acceptable_is_said_with_what_there_is(client: FlaskClient) -> None:
    response = client.get("/case-studies/alpha", headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert response.mimetype == "application/problem+json"
    assert response.json is not None
    assert response.json["detail"] == (
        "This can be had as text/html and text/turtle, application/n-triples, "
        "application/ld+json, application/rdf+xml, application/trig, application/n-quads."
    )


@pytest.mark.parametrize("suffix", ["", ".ttl"])
def test_unknown_thing_is_not_found(client: FlaskClient, suffix: str) -> None:
    response = client.get(f"/case-studies/nix{suffix}")
    assert response.status_code == 404
    assert response.json is not None
    assert "case-study/nix, and nothing in it points there" in response.json["detail"]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("alpha", ("alpha", "")),
        ("alpha.ttl", ("alpha", ".ttl")),
        ("v1.2", ("v1.2", "")),
        ("v1.2.rdf", ("v1.2", ".rdf")),
        (".ttl", (".ttl", "")),
    ],
)
def test_split_suffix(name: str, parts: tuple[str, str]) -> None:
    assert split_suffix(name) == parts
