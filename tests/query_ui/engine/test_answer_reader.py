"""Results of endpoints: unusual ones that are read, and wrong ones that are not."""

import io
import json
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions

from query_ui.engine.answer_reader import read_json_results, read_xml_results
from query_ui.engine.result_formats import ResultKind

A = {"type": "uri", "value": "urn:a"}
ONE = {
    "type": "typed-literal",
    "value": "1",
    "datatype": "http://www.w3.org/2001/XMLSchema#boolean",
}
TRUE = Literal("true", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#boolean"))


def read(answer: Any, *columns: str, kind: ResultKind = "bindings") -> Any:
    """Return the results in an answer: rows, or true or false."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    results = read_json_results(io.BytesIO(body), kind, columns)
    if isinstance(results, QuerySolutions):
        return [tuple(row) for row in results]
    return bool(results)


def test_columns_are_those_of_the_query() -> None:
    rows = [{"b": ONE, "a": A}, {}, {"a": A}]
    answer = {"head": {"link": [], "vars": ["b", "a"]}, "results": {"bindings": rows}}
    a = NamedNode("urn:a")
    assert read(answer, "a", "b") == [(a, TRUE), (None, None), (a, None)]


def test_unusual_keys_and_their_order_change_nothing() -> None:
    answer = {
        "results": {"distinct": False, "ordered": True, "bindings": [{"a": A}], "more": {"x": [1]}},
        "head": {"vars": ["a"]},
        "took": 12,
    }
    assert read(answer, "a") == [(NamedNode("urn:a"),)]
    assert read({"results": {"bindings": []}, "took": 1}, "a") == []
    assert read({"took": 1, "boolean": True, "head": {"link": []}}, kind="boolean") is True
    assert read({"boolean": False}, kind="boolean") is False


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"results": {"bindings": [{"other": A}]}}, 'has the column "other"'),
        ({"results": {}}, "no list of rows"),
        ({"results": {"bindings": {}}}, "no list of rows"),
        ({"error": "out of memory"}, "no list of rows"),
        ({"head": {}, "boolean": True}, "of the kind boolean, and the query has bindings"),
        ([], "no result of a query"),
        (b"", "not valid JSON"),
        (b'{"results": {"bindings": [{}', "not valid JSON"),
        (b'{"results": {"bindings": [{}, {}]}', "not valid JSON"),
        (b'{"results": {"bindings": [{}]}} {}', "not valid JSON"),
        (b'{"results": ' + b" " * 70_000 + b"{}}", "no result of a query"),
    ],
)
def test_wrong_answers_are_no_rows(answer: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(answer, "a")


@pytest.mark.parametrize("answer", [{"boolean": 1}, {"boolean": "true"}, {"results": {}}, {}, []])
def test_wrong_answers_are_neither_true_nor_false(answer: Any) -> None:
    with pytest.raises(ValueError, match="neither true nor false|no result"):
        read(answer, kind="boolean")


def test_many_rows_are_read_and_written_as_they_come() -> None:
    rows = [{"a": {"type": "literal", "value": f'"é{n}\n'}} for n in range(20_000)]
    body = json.dumps({"head": {"vars": ["a"]}, "results": {"bindings": rows}}).encode()
    stream = io.BytesIO(body)
    results = read_json_results(stream, "bindings", ["a"])
    assert isinstance(results, QuerySolutions)
    assert tuple(next(results)) == (Literal('"é0\n'),)
    assert stream.tell() < len(body) / 2
    assert (results.serialize(format=QueryResultsFormat.CSV) or b"").count(b"\xc3\xa9") == 19_999


def test_xml_is_read_in_the_order_of_the_query() -> None:
    body = b"""<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>
      <variable name="b"/><variable name="a"/></head><results distinct="false" ordered="true">
      <result><binding name="b"><literal datatype="http://www.w3.org/2001/XMLSchema#boolean">1
      </literal></binding></result></results></sparql>""".replace(b"1\n      ", b"1")
    results = read_xml_results(io.BytesIO(body), "bindings", ["a", "b", "c"])
    assert isinstance(results, QuerySolutions)
    assert [tuple(row) for row in results] == [(None, TRUE, None)]
    with pytest.raises(ValueError, match="which the query has not"):
        read_xml_results(io.BytesIO(body), "bindings", ["a"])
    with pytest.raises(ValueError, match="of the kind bindings, and the query has boolean"):
        read_xml_results(io.BytesIO(body), "boolean", [])
