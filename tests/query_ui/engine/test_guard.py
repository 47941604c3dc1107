"""The guard: SERVICE in every disguise, and the word where it does no harm."""

import pytest
from pyoxigraph import Store

from loader.errors import QueryRefused, QueryTooLarge
from query_ui.engine.guard import check_query_size, check_service

CALL = "SERVICE <http://127.0.0.1:9/> { ?x ?y ?z }"


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ {CALL} }}",
        "SELECT * { service silent <http://127.0.0.1:9/> { ?x ?y ?z } }",
        "SELECT * { VALUES ?e { <http://127.0.0.1:9/> } SERVICE ?e { ?x ?y ?z } }",
        f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ {CALL} }} }}",
        f"SELECT * {{ ?s ?p ?o FILTER NOT EXISTS {{ {CALL} }} }}",
        f"SELECT * {{ {{ SELECT * {{ OPTIONAL {{ {CALL} }} }} }} }}",
        f"SELECT (EXISTS {{ {CALL} }} AS ?e) {{}}",
        f"SELECT * {{ ?s ?p ?o MINUS {{ {CALL} }} }} ORDER BY ?s",
        f"SELECT * {{ ?s ?p ?o }} GROUP BY ?s HAVING (EXISTS {{ {CALL} }})",
        f"CONSTRUCT {{ ?x ?y ?z }} {{ {CALL} }}",
        f"ASK {{ {CALL} }}",
        f"DESCRIBE ?x {{ {CALL} }}",
        f"SELECT * {{ ?s ?p 1.{CALL} }}",
        f"SELECT * {{ ?s ?p 1{CALL} }}",
        "SELECT * { SERVICE# comment\n<http://127.0.0.1:9/> { ?x ?y ?z } }",
        # A carriage return ends a comment for the engine and not for every parser.
        f"SELECT * {{ # comment \r {CALL} }}",
        # With its escapes read first, all between the two quotes is one long string.
        f'SELECT * {{ FILTER("a" != "\\u0022") {CALL} FILTER("a" != "\\u0022") }}',
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?x ?y ?z } }",
        f"SELECT * {{ <http://e/#a> ?p ?o . {CALL} }}",
        f"SELECT * {{ ?s ?p 'it\\'s # ' . {CALL} }}",
        f"SELECT * {{ ?s ?p '''a ' b ''' . {CALL} # '''\n }}",
        "SELECT * { this is no SPARQL at all, but it says SERVICE",
        "SELECT * { LATERAL { SERVICE <http://127.0.0.1:9/> { ?x ?y ?z } } }",
    ],
)
def test_service_is_refused_wherever_it_stands(text: str) -> None:
    with pytest.raises(QueryRefused, match="SERVICE is not allowed"):
        check_service(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p 'customer service' }",
        'SELECT * { ?s ?p """Service <http://x/> {}""" }',
        "SELECT * { ?s <http://example.org/service> ?o } # SERVICE <http://x/> {}",
        "SELECT ?service { ?service ?p $service }",
        "PREFIX service: <http://x/> PREFIX e: <http://y/> SELECT * { ?s service:a e:service }",
        "SELECT * { ?s ?p ?o FILTER(CONTAINS(?o, 'service')) }",
    ],
)
def test_the_word_alone_does_no_harm(text: str) -> None:
    check_service(text)
    Store().query(text)


def test_the_size_is_limited() -> None:
    check_query_size("x" * 10, 10)
    with pytest.raises(QueryTooLarge, match="has 1,011 characters; the limit is 1,010"):
        check_query_size("x" * 1011, 1010)
