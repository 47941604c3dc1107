"""Rows of results in SPARQL TSV: no form of a term is lost on the way to a workbook."""

import io
from typing import cast

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, Store

from query_ui.graph.result_workbooks.result_workbook import read_table

XSD = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?a ?b { VALUES (?a ?b) { (UNDEF UNDEF) (1 UNDEF) (UNDEF 'x') } }",
        "SELECT ?a { VALUES ?a { UNDEF 1 UNDEF } }",
        "SELECT ?a { VALUES ?a { } }",
        "SELECT * { }",
        "SELECT ?a { VALUES ?a { 007 1.50 .5 1e5 true 'x'@cy 'y'@en-GB <urn:a?b=c&d> '' } }",
        r"""SELECT ?a { VALUES ?a { '\t\n\r\"\\ é \U0001F600' "'" '<b>' '?a' } }""",
        "SELECT ?a { VALUES ?a { '+5'^^xsd:integer '1'^^xsd:boolean 'x'^^xsd:integer } }",
        "SELECT ?a { VALUES ?a { 'INF'^^xsd:double '1'^^xsd:double '1e5'^^xsd:decimal } }",
        "SELECT ?a { VALUES ?a { '2020'^^xsd:gYear 'P1Y'^^xsd:duration '1'^^<urn:own> } }",
    ],
)
def test_rows_are_those_of_the_result(query: str) -> None:
    store = Store()
    expected = [tuple(row) for row in cast(QuerySolutions, store.query(XSD + query))]
    body = io.BytesIO()
    cast(QuerySolutions, store.query(XSD + query)).serialize(body, QueryResultsFormat.TSV)
    table = read_table(body)
    assert list(table.read_rows()) == expected
    assert list(table.read_rows()) == expected, "the rows are read twice"
