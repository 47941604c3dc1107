"""Results that find nothing, and the question that leads to their diagnosis."""

import pytest
from pyoxigraph import QueryBoolean, QueryResultsFormat, QueryTriples, Store

from query_ui.endpoint.empty_result import ask_why_empty, ask_why_examined
from query_ui.engine.protocol import QueryResult


def run(text: str) -> QueryResult:
    """The result of a query on an empty store."""
    result = Store().query(text)
    if isinstance(result, QueryBoolean):
        return QueryResult("boolean", b'{"boolean": %s}' % (b"true" if result else b"false"))
    if isinstance(result, QueryTriples):
        return QueryResult("graph", b"")
    body = result.serialize(format=QueryResultsFormat.JSON)
    return QueryResult("bindings", body or b"")


@pytest.mark.parametrize(
    ("query", "question"),
    [
        ("SELECT * { ?s ?p ?o }", "Why no rows?"),
        ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "Why no rows?"),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s", "Why no rows?"),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "Why 0?"),
        ("SELECT (count(?s) AS ?n) (MAX(?o) AS ?m) { ?s ?p ?o }", "Why 0?"),
        ("SELECT (GROUP_CONCAT(?o) AS ?all) { ?s ?p ?o }", "Why 0?"),
        ("ASK { ?s ?p ?o }", "Why no match?"),
        ("ASK { }", ""),
        ("SELECT (COUNT(*) AS ?n) { }", ""),
        ("SELECT (0 AS ?n) { }", ""),
        ("SELECT (0 AS ?n) { { SELECT (COUNT(*) AS ?m) { ?s ?p ?o } } }", ""),
    ],
)
def test_the_question_fits_the_result(query: str, question: str) -> None:
    assert ask_why_empty(query, run(query)) == question
    if question:
        expected = "Why 0?" if "COUNT" in query and "GROUP" not in query else question
        assert ask_why_examined(query) == expected
