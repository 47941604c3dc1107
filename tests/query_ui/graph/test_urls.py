"""From IRIs to pages."""

import pytest

from query_ui.graph.urls import is_web_iri, to_page_path, to_query_path

BASE = "https://w3id.org/concordat-kg/"


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        ("id/case-study/a-b", "/case-studies/a-b"),
        ("id/initiative/x", "/initiatives/x"),
        ("id/organisation/x", "/organisations/x"),
        ("id/claim/x", "/things/claim/x"),
        ("id/identifier/ror-01v29qb04", "/things/identifier/ror-01v29qb04"),
        ("concept/keywords/training", "/concepts/keywords/training"),
        ("scheme/keywords", "/concepts/keywords"),
        ("graph/catalogue", "/graphs/catalogue"),
        ("ontology#CaseStudy", "/ontology#CaseStudy"),
        ("ontology", "/ontology"),
        ("id/case-study/100%25 é?", "/case-studies/100%2525%20%C3%A9%3F"),
        ("id/case-study/", ""),
        ("elsewhere/x", ""),
    ],
)
def test_path_of_a_thing_of_ours(iri: str, path: str) -> None:
    assert to_page_path(BASE + iri) == path


def test_passage_gets_the_page_for_any_iri() -> None:
    found = to_page_path(f"{BASE}graph/cards#3")
    assert found == "/things?iri=https%3A%2F%2Fw3id.org%2Fconcordat-kg%2Fgraph%2Fcards%233"


def test_iri_of_others_has_no_path() -> None:
    assert to_page_path("https://ror.org/01v29qb04") == ""


def test_query_path_keeps_every_character() -> None:
    assert to_query_path('ASK { ?a ?b "x&y+ é" }') == (
        "/sparql?query=ASK+%7B+?a+?b+%22x%26y%2B+%C3%A9%22+%7D"
    )


def test_only_http_leads_out() -> None:
    addresses = [
        "http://a.org",
        "https://a.org",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://a",
    ]
    assert [is_web_iri(address) for address in addresses] == [True, True, False, False, False]
