"""What a page reads of an answer: the beginning, and how much there is."""

import io
from typing import BinaryIO, cast

import pytest
from pyoxigraph import NamedNode, Triple

from query_ui.endpoint.html_table import read_first_rows
from query_ui.engine.protocol import SerialisedResult
from query_ui.engine.result_formats import EXCHANGE_FORMATS, ResultKind

ROW = b'{"x":{"type":"uri","value":"urn:x:%d"}}'
LINE = b"<urn:x:%d> <urn:p> <urn:o> .\n"


def result(kind: ResultKind, body: BinaryIO) -> SerialisedResult:
    return SerialisedResult(kind, EXCHANGE_FORMATS[kind], body, 0)


def rows(number: int) -> bytes:
    inner = b",".join(ROW % n for n in range(number))
    return b'{"head":{"vars":["x"]},"results":{"bindings":[' + inner + b"]}}"


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, 0), (4, 4), (5, 5), (6, 5), pytest.param(50_000, 5, marks=pytest.mark.long)],
)
def test_the_first_are_shown_and_all_are_counted(number: int, shown: int) -> None:
    table = io.BytesIO(rows(number))
    answer, total = read_first_rows(result("bindings", table), 5, {})
    assert (answer.columns, total) == (("x",), number)
    assert answer.rows == [(NamedNode(f"urn:x:{n}"),) for n in range(shown)]
    graph = io.BytesIO(b"".join(LINE % n for n in range(number)))
    answer, total = read_first_rows(result("graph", graph), 5, {"p": "urn:"})
    assert (answer.kind, total, dict(answer.prefixes)) == ("graph", number, {"p": "urn:"})
    assert answer.rows == [
        tuple(Triple(NamedNode(f"urn:x:{n}"), NamedNode("urn:p"), NamedNode("urn:o")))
        for n in range(shown)
    ]
    assert table.closed and graph.closed


def test_a_boolean_is_given_whole() -> None:
    body = io.BytesIO(b'{"head":{},"boolean":true}')
    answer, total = read_first_rows(result("boolean", cast(BinaryIO, body)), 5, {})
    assert (answer.boolean, total) == (True, 0)
    assert body.closed
