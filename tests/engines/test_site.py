"""Every kind of page, search, matching and the protocol give the same on every engine."""

import json
import re

import pytest
from flask import Flask
from pyoxigraph import RdfFormat, parse

from loader.release.build import BuildResult
from loader.settings import Settings

PAGES = (
    "/",
    "/search?q=mentoring",
    "/search.json?q=mentoring",
    "/case-studies",
    "/case-studies/development-activity-guidance",
    "/case-studies/development-activity-guidance.ttl",
    "/case-studies.csv",
    "/initiatives?keyword=wellbeing",
    "/initiatives.csv",
    "/initiatives/n8postdocs-campaign",
    "/organisations",
    "/organisations/university-of-glasgow",
    "/organisations.json",
    "/concepts",
    "/concepts/keywords",
    "/concepts/keywords.csv",
    "/concepts/keywords/wellbeing",
    "/concepts/principles/ecf1",
    "/coverage",
    "/graphs",
    "/graphs/case-studies-development-activity-guidance",
    "/queries",
    "/queries/practices-by-keyword",
    "/queries/practices-by-keyword.json?keyword=mentoring",
    "/queries/allowances.xml",
    "/registers",
    "/registers/athena-swan",
    "/action-plans",
    "/indicators",
    "/compare?organisation=university-of-york&organisation=university-of-leeds",
    "/due",
    "/ask?q=peers+of+durham",
    "/changes",
    "/dataset",
    "/dataset.ttl",
    "/.well-known/void",
    "/ontology",
    "/help",
    "/about",
    "/reconcile",
    "/lookup?q=Durham",
    "/id/organisation/university-of-glasgow.nt",
)
CITE_FORM = re.compile(r'<form method="post" action="/cite">.*?</form>', re.DOTALL)
RECONCILE = json.dumps({"q0": {"query": "Univ. of Durham"}, "q1": {"query": "Leeds University"}})
GRAPHS = {"text/turtle": RdfFormat.TURTLE, "application/n-triples": RdfFormat.N_TRIPLES}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_the_same(
    path: str,
    remote_site: Flask,
    embedded_site: Flask,
    shipped: tuple[Settings, BuildResult],
) -> None:
    expected, answer = (
        site.test_client().get(path, buffered=True) for site in (embedded_site, remote_site)
    )
    assert (answer.status_code, answer.mimetype) == (expected.status_code, expected.mimetype)
    assert expected.status_code in (200, 303)
    if expected.mimetype in GRAPHS:
        form = GRAPHS[expected.mimetype]
        graphs = [{*parse(one.data, format=form)} for one in (answer, expected)]
        assert graphs[0] == graphs[1] != set()
        return
    # An endpoint holds one release, so its records are not cited with the release.
    text, expected_text = (CITE_FORM.sub("", one.text) for one in (answer, expected))
    quads = shipped[1].quads
    if path == "/dataset":
        # The endpoint has one statement more than the release, that which names the release.
        text = text.replace(f"{quads + 1:,}", f"{quads:,}").replace(f"{quads + 1}", f"{quads}")
    assert text.splitlines() == expected_text.splitlines()


def test_names_are_matched_in_the_same_way(remote_site: Flask, embedded_site: Flask) -> None:
    answers = [
        site.test_client().post("/reconcile", data={"queries": RECONCILE}, buffered=True).json
        for site in (remote_site, embedded_site)
    ]
    assert answers[0] == answers[1]
    assert answers[0] and answers[0]["q0"]["result"][0]["id"].endswith("durham-university")


ROWS = """SELECT ?s ?o { ?s a <http://www.w3.org/2004/02/skos/core#ConceptScheme> ; ?p ?o }
ORDER BY ?s STR(?o) LIMIT 5"""


@pytest.mark.parametrize(
    ("query", "accept", "status"),
    [
        (ROWS, "application/sparql-results+json", 200),
        (ROWS, "application/sparql-results+xml", 200),
        (ROWS, "text/csv", 200),
        (ROWS, "text/tab-separated-values", 200),
        (ROWS, "text/turtle", 406),
        ("ASK { ?s ?p true }", "application/sparql-results+json", 200),
        ("ASK { <urn:x:a> ?p ?o }", "text/csv", 200),
        ("CONSTRUCT { ?s a ?o } { ?s a ?o . ?s <urn:none> 1 }", "application/n-triples", 200),
        ("SELECT (10 / 4 AS ?x) (2 / 3 AS ?y) (1 = 1 AS ?z) {}", "text/csv", 200),
        ("SELECT * WHERE {\n  ?s ?p }", "application/json", 400),
        ("SELECT ?s { ?s ckg:title ?o FILTER (?o > 1 }", "text/html", 400),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "application/json", 403),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", "application/json", 403),
        ("", "application/json", 400),
    ],
)
def test_the_protocol_is_the_same(
    query: str, accept: str, status: int, remote_site: Flask, embedded_site: Flask
) -> None:
    headers = {"Accept": accept}
    expected, answer = (
        site.test_client().post("/sparql", data={"query": query}, headers=headers, buffered=True)
        for site in (embedded_site, remote_site)
    )
    assert (answer.status_code, answer.mimetype) == (expected.status_code, expected.mimetype)
    assert answer.text == expected.text
    assert answer.status_code == status


def test_a_syntax_error_has_its_line_and_caret(remote_site: Flask) -> None:
    response = remote_site.test_client().post("/sparql", data={"query": "SELECT * {\n ?s ?p }"})
    with response:
        problem = response.json
    assert problem and (problem["status"], problem["line"]) == (400, 2)
    assert "^" in json.dumps(problem)


def test_the_answer_of_an_expression_has_the_form_of_the_embedded_store(
    remote_site: Flask,
) -> None:
    query = 'SELECT (1.50 + 0.5 AS ?a) (1e0 AS ?b) (true AS ?c) ("x"@en-GB AS ?d) {}'
    response = remote_site.test_client().post(
        "/sparql", data={"query": query}, headers={"Accept": "text/csv"}, buffered=True
    )
    assert response.text == "a,b,c,d\r\n2,1,true,x\r\n"
