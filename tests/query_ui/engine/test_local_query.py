"""What is known of a query before it is sent, and which queries may be parsed on a thread."""

import pytest

from query_ui.engine.local_query import is_quickly_parsed, parse_locally


def test_kind_and_columns_are_known_before_a_query_is_sent() -> None:
    found = parse_locally("SELECT ?b ?a { ?a ?p ?b }", (), (), {})
    assert (found.kind, found.columns) == ("bindings", ("b", "a"))
    assert parse_locally("ASK {}", (), (), {}).kind == "boolean"
    assert parse_locally("DESCRIBE <urn:a>", (), (), {}).kind == "graph"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?t { ?s <http://purl.org/dc/terms/title> ?t } LIMIT 5",
        "SELECT (COUNT(*) AS ?n) { ?s a ?c OPTIONAL { ?s ?p ?o } FILTER(?a || ?b) } GROUP BY ?c",
    ],
)
def test_plain_queries_are_parsed_on_a_thread(text: str) -> None:
    assert is_quickly_parsed(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { VALUES ?a { 1 2 } Values ?b { 1 2 } }",
        "ASK { {} UNION {} }",
        "ASK { <urn:a> (<urn:p>?|<urn:q>?) ?x }",
        "SELECT (CONCAT(?a, ?a) AS ?b) {}",
        "ASK { \\u0056ALUES ?a { 1 } }",
        "ASK { SERVICE <urn:a> {} }",
        "ASK { ?a ?b " + ",".join(["?c"] * 40) + " }",
        "ASK { FILTER(" + "(" * 40 + "1" + ")" * 40 + ") }",
        "ASK { FILTER(!!!1) }",
        "ASK {} #" + "x" * 2000,
    ],
)
def test_queries_that_may_take_long_are_parsed_in_a_process(text: str) -> None:
    assert not is_quickly_parsed(text)
