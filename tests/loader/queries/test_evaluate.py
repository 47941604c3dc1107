"""One query put to a store: which graphs it sees."""

import pytest
from pyoxigraph import QuerySolutions, RdfFormat, Store

from loader.errors import UsageError
from loader.queries.evaluate import evaluate_query

TRIG = """@prefix e: <http://e/> .
e:g1 { e:a e:p 1 , 2 . }
e:g2 { e:b e:p 3 . }"""


@pytest.fixture
def store() -> Store:
    store = Store()
    store.load(TRIG.encode(), format=RdfFormat.TRIG)
    return store


def count(store: Store, text: str, **graphs: list[str]) -> int:
    results = evaluate_query(
        store, text, graphs.get("default_graphs", ()), graphs.get("named_graphs", ())
    )
    assert isinstance(results, QuerySolutions)
    return sum(1 for _ in results)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SELECT * { ?s ?p ?o }", 3),
        ("SELECT * FROM <http://e/g1> { ?s ?p ?o }", 2),
        ("SELECT * FROM<http://e/g2> { ?s ?p ?o }", 1),
        ("PREFIX e: <http://e/> SELECT *\nfrom e:g2\n{ ?s ?p ?o }", 1),
        ("PREFIX : <http://e/> SELECT * FROM :g2 { ?s ?p ?o }", 1),
        ("SELECT * FROM NAMED <http://e/g1> { ?s ?p ?o }", 0),
        ("SELECT * FROM NAMED <http://e/g1> { GRAPH ?g { ?s ?p ?o } }", 2),
        ("SELECT * FROM # a comment\n <http://e/g1> { ?s ?p ?o }", 2),
        ("SELECT * { ?s ?p ?o } # FROM <http://e/g1>", 3),
        ('SELECT * { ?s ?p ?o FILTER(STR(?o) != " FROM <http://e/g1>") }', 3),
        ("PREFIX from: <http://e/> SELECT * { ?s from:p ?o }", 3),
        ("SELECT * { ?from ?p ?o }", 3),
    ],
)
def test_the_default_graph_is_every_graph_unless_the_query_chooses(
    store: Store, text: str, rows: int
) -> None:
    assert count(store, text) == rows


def test_graphs_of_the_protocol_are_the_whole_dataset(store: Store) -> None:
    everywhere = "SELECT * FROM <http://e/g1> { ?s ?p ?o }"
    inside = "SELECT * { GRAPH ?g { ?s ?p ?o } }"
    assert count(store, everywhere, default_graphs=["http://e/g2"]) == 1
    assert count(store, inside, default_graphs=["http://e/g2"]) == 0
    assert count(store, everywhere, named_graphs=["http://e/g2"]) == 0
    assert count(store, inside, named_graphs=["http://e/g2"]) == 1


SHARED = """@prefix e: <http://e/> .
e:g1 { e:a e:p 1 , 2 . }
e:g2 { e:a e:p 2 , 3 . }
e:g3 { e:b e:p 4 . }"""


@pytest.mark.parametrize(
    ("clauses", "numbers"),
    [
        ("FROM <http://e/g1> FROM <http://e/g2>", "1 2 3"),
        ("FROM e:g1 FROM e:g2 FROM e:g3", "1 2 3 4"),
        ("FROM <g1> # and\n FROM <g2>", "1 2 3"),
        ("FROM <http://e/g1> FROM e:g1", "1 2"),
        ("FROM <http://e/g\\u0031> FROM e:g2 FROM NAMED e:g3", "1 2 3"),
        ("FROM e:g1 FROM e:nowhere", "1 2"),
    ],
)
def test_a_statement_of_several_default_graphs_counts_once(clauses: str, numbers: str) -> None:
    store = Store()
    store.load(SHARED.encode(), format=RdfFormat.TRIG)
    prologue = "BASE <http://e/> PREFIX e: <http://e/>"
    rows = evaluate_query(store, f"{prologue} SELECT ?o {clauses} {{ ?s ?p ?o }} ORDER BY ?o")
    assert isinstance(rows, QuerySolutions)
    assert " ".join(str(row["o"].value) for row in rows) == numbers
    assert count(store, "SELECT * { ?s ?p ?o }", default_graphs=["http://e/g1", "http://e/g2"]) == 3


def test_merged_default_graphs_leave_the_named_ones_alone() -> None:
    store = Store()
    store.load(SHARED.encode(), format=RdfFormat.TRIG)
    clauses = "FROM <http://e/g1> FROM <http://e/g2> FROM NAMED <http://e/g2>"
    assert count(store, f"SELECT * {clauses} {{ ?s ?p ?o GRAPH ?g {{ ?s ?p ?o }} }}") == 2
    assert count(store, f"SELECT * {clauses} {{ GRAPH <http://e/g1> {{ ?s ?p ?o }} }}") == 0


def test_a_graph_that_is_no_iri_is_wrong_usage(store: Store) -> None:
    with pytest.raises(UsageError, match="no IRI"):
        evaluate_query(store, "ASK {}", default_graphs=["not an iri"])
