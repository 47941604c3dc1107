"""The comparison of two results of one query."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from query_ui.engine.protocol import QueryResult
from query_ui.graph.result_diff import compare_results


def build_result(*rows: tuple[str, str]) -> QueryResult:
    """A result with the columns k and v, of plain literals."""
    cells = ",".join(
        f'{{"k":{{"type":"literal","value":"{k}"}},"v":{{"type":"literal","value":"{v}"}}}}'
        for k, v in rows
    )
    head = '{"head":{"vars":["k","v"]},"results":{"bindings":['
    return QueryResult("bindings", f"{head}{cells}]}}}}".encode())


def read_rows(rows: object) -> list[tuple[str, ...]]:
    """The texts of rows of terms."""
    return [tuple(term.value for term in row) for row in rows]  # type: ignore[attr-defined]


EARLIER = build_result(("a", "1"), ("b", "1"), ("c", "1"), ("c", "2"), ("d", "1"), ("d", "1"))
LATER = build_result(("a", "1"), ("b", "2"), ("c", "3"), ("e", "1"), ("d", "1"))


def test_rows_are_paired_by_a_key_that_only_one_row_of_each_side_has() -> None:
    diff = compare_results(EARLIER, LATER, ("k",))
    assert [read_rows(pair) for pair in diff.changed] == [[("b", "1"), ("b", "2")]]
    assert read_rows(diff.appeared) == [("c", "3"), ("e", "1")]
    assert read_rows(diff.vanished) == [("c", "1"), ("c", "2"), ("d", "1")]
    assert (diff.unchanged, diff.total, diff.key) == (2, 6, ("k",))


def test_without_a_key_whole_rows_are_compared_as_often_as_they_occur() -> None:
    diff = compare_results(EARLIER, LATER, ())
    assert diff.changed == ()
    assert read_rows(diff.appeared) == [("b", "2"), ("c", "3"), ("e", "1")]
    assert read_rows(diff.vanished) == [("b", "1"), ("c", "1"), ("c", "2"), ("d", "1")]


@pytest.mark.parametrize(("values", "total"), [((True, True), 0), ((True, False), 2)])
def test_true_and_false_are_results_of_one_row(values: tuple[bool, bool], total: int) -> None:
    earlier, later = (
        QueryResult("boolean", f'{{"head":{{}},"boolean":{str(value).lower()}}}'.encode())
        for value in values
    )
    diff = compare_results(earlier, later, ())
    assert (diff.total, diff.columns) == (total, ("result",))


def test_triples_of_a_graph_are_rows() -> None:
    line = b'<https://e.org/s> <https://e.org/p> "%s" .\n'
    diff = compare_results(QueryResult("graph", line % b"1"), QueryResult("graph", b""), ())
    assert (len(diff.vanished), diff.columns) == (1, ("subject", "predicate", "object"))


ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("12")), max_size=8)


@given(ROWS, ROWS, st.sampled_from([(), ("k",)]))
def test_the_difference_leads_from_the_earlier_rows_to_the_later(
    before: list[tuple[str, str]], after: list[tuple[str, str]], key: tuple[str, ...]
) -> None:
    diff = compare_results(build_result(*before), build_result(*after), key)
    rows: Counter[tuple[str, ...]] = Counter(before)
    rows.subtract(read_rows(diff.vanished))
    rows.subtract(read_rows(old for old, _ in diff.changed))
    rows.update(read_rows(diff.appeared))
    rows.update(read_rows(new for _, new in diff.changed))
    assert +rows == Counter(after) and min(rows.values(), default=0) >= 0
    assert diff.unchanged == (Counter(before) & Counter(after)).total()
