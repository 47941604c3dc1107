"""Whatever an answer holds: label columns and pages leave each row as it is, in its place."""

import io
import json
from collections.abc import Collection, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import QuerySolutions, parse_query_results
from werkzeug.exceptions import NotFound

from loader.errors import EndpointError, UsageError
from query_ui.endpoint.paging.json_rows import JsonCell, JsonRow, JsonRows
from query_ui.endpoint.paging.label_columns import MAX_LABELLED_IRIS, name_label_columns
from query_ui.endpoint.paging.page_range import PageRange
from query_ui.endpoint.paging.result_pages import count_json_rows, insert_row_totals, page_rows
from query_ui.engine.protocol import SerialisedResult
from query_ui.engine.result_formats import CSV, FORMATS_BY_KIND, JSON, TSV

IRIS = [f"https://example.org/{name}" for name in "abcdé"]
NAMES: dict[str, JsonCell] = {
    IRIS[0]: {"type": "literal", "value": 'A, "quoted"\n<b>', "xml:lang": "en"},
    IRIS[1]: {"type": "literal", "value": "Ü"},
}
iri = st.sampled_from(IRIS).map(lambda text: {"type": "uri", "value": text})
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
plain = text.map(lambda value: {"type": "literal", "value": value})
tagged = text.map(lambda value: {"type": "literal", "value": value, "xml:lang": "cy"})
number = st.integers().map(
    lambda value: {
        "type": "literal",
        "value": str(value),
        "datatype": "http://www.w3.org/2001/XMLSchema#integer",
    }
)
blank = st.sampled_from("xy").map(lambda value: {"type": "bnode", "value": value})
quoted = st.tuples(iri, iri, st.one_of(iri, plain)).map(
    lambda parts: {
        "type": "triple",
        "value": dict(zip(("subject", "predicate", "object"), parts, strict=True)),
    }
)
cell = st.one_of(iri, plain, tagged, number, blank, quoted)
columns = st.lists(
    st.sampled_from(["a", "b", "aLabel", "aLabel2", "bLabel"]), unique=True, max_size=4
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[JsonRow]]:
    """Columns and rows: some cells unbound, some rows the same."""
    names = draw(columns)
    row = st.fixed_dictionaries({}, optional={name: cell for name in names})
    rows = draw(st.lists(row, max_size=12))
    return names, rows + rows[: draw(st.integers(0, 3))]


def result_of(names: list[str], rows: list[JsonRow]) -> SerialisedResult:
    """The rows as the engine writes them."""
    body = {"head": {"vars": names}, "results": {"bindings": rows}}
    written = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    return SerialisedResult("bindings", JSON, io.BytesIO(written), len(written))


def naming(iris: Collection[str]) -> Mapping[str, JsonCell]:
    return {one: NAMES[one] for one in iris if one in NAMES}


def read(result: SerialisedResult) -> Any:
    with result.body as body:
        written = body.read()
    assert len(written) == result.size
    return json.loads(written)


@given(tables(), st.none() | st.builds(PageRange, st.just(1), st.integers(1, 5)))
def test_labels_change_no_row(
    table: tuple[list[str], list[JsonRow]], window: PageRange | None
) -> None:
    names, rows = table
    result, total = page_rows(result_of(names, rows), JSON, window, naming)
    found = read(result)
    kept = [{k: v for k, v in row.items() if k in names} for row in found["results"]["bindings"]]
    assert (total, kept) == (len(rows), rows[: window.size] if window else rows)


@given(tables())
def test_each_column_of_iris_has_its_labels_beside_it(
    table: tuple[list[str], list[JsonRow]],
) -> None:
    names, rows = table
    found = read(page_rows(result_of(names, rows), JSON, None, naming)[0])
    head, bindings = found["head"]["vars"], found["results"]["bindings"]
    assert len(set(head)) == len(head)
    for name in names:
        cells = [row.get(name, {"type": ""}) for row in rows]
        after = head[head.index(name) + 1 : head.index(name) + 2]
        new = [label for label in after if label not in names]
        assert len(new) == any(one["type"] == "uri" for one in cells)
        for label in new:
            wanted = [NAMES.get(c["value"]) if c["type"] == "uri" else None for c in cells]
            assert [row.get(label) for row in bindings] == wanted


@given(tables(), st.integers(1, 5))
def test_pages_together_are_all_rows_with_the_same_columns(
    table: tuple[list[str], list[JsonRow]], size: int
) -> None:
    names, rows = table
    pages = [
        read(page_rows(result_of(names, rows), JSON, PageRange(page, size), naming)[0])
        for page in range(1, PageRange(1, size).last(len(rows)) + 1)
    ]
    whole = read(page_rows(result_of(names, rows), JSON, None, naming)[0])
    assert [row for page in pages for row in page["results"]["bindings"]] == (
        whole["results"]["bindings"]
    )
    assert {tuple(page["head"]["vars"]) for page in pages} == {tuple(whole["head"]["vars"])}


@pytest.mark.parametrize("form", FORMATS_BY_KIND["bindings"], ids=lambda form: form.name)
@given(tables())
def test_every_format_has_every_row(form: Any, table: tuple[list[str], list[JsonRow]]) -> None:
    names, rows = table
    result, _ = page_rows(result_of(names, rows), form, None, naming)
    with result.body as body:
        written = body.read()
    if form in (CSV, TSV):
        head = written.splitlines()[0].decode().replace("?", "") if names else ""
        assert [one for one in head.replace("\t", ",").split(",") if one in names] == names
    else:
        found = parse_query_results(written, format=form.writer)
        assert isinstance(found, QuerySolutions)
        assert [v.value for v in found.variables if v.value in names] == names
        assert sum(1 for _ in found) == len(rows)


def test_a_name_that_is_taken_is_not_taken_again() -> None:
    found = name_label_columns(["a", "aLabel", "aLabel2"], {"a", "aLabel"})
    assert found == {"a": "aLabel3", "aLabel": "aLabelLabel"}


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (None, {"total": 5, "truncated": False}),
        (PageRange(1, 5), {"total": 5, "truncated": False, "page": 1, "size": 5}),
        (PageRange(1, 4), {"total": 5, "truncated": True, "page": 1, "size": 4}),
        (PageRange(2, 4), {"total": 5, "truncated": True, "page": 2, "size": 4}),
    ],
)
def test_the_total_stands_where_every_client_reads_on(
    window: PageRange | None, said: dict[str, object]
) -> None:
    rows = [{"a": {"type": "uri", "value": one}} for one in IRIS]
    result = insert_row_totals(result_of(["a"], rows), 5 if window else None, window)
    assert result.body.read(9) == b'{"head":{'
    assert count_json_rows(result.body) == 5
    result.body.seek(0)
    found = read(result)
    assert found.pop("results") == {"bindings": rows}
    assert found == {"head": {"vars": ["a"]}} | said


def test_page_past_the_last_is_not_there() -> None:
    for page, size, last in ((2, 5, 1), (4, 2, 3), (10**9, 1, 5)):
        rows: list[JsonRow] = [{} for _ in IRIS]
        with pytest.raises(NotFound, match=f"no page {page}: its last is page {last}"):
            page_rows(result_of([], rows), JSON, PageRange(page, size), None)
    result, total = page_rows(result_of([], []), JSON, PageRange(1, 5), None)
    assert (read(result)["results"], total) == ({"bindings": []}, 0)


def test_rows_longer_than_a_piece_of_the_file_are_read_whole() -> None:
    rows = [{"a": {"type": "literal", "value": letter * 200_000}} for letter in "é😀x"]
    assert list(JsonRows(result_of(["a"], rows).body)) == rows


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    whole = result_of(["a"], [{"a": {"type": "uri", "value": one}} for one in IRIS]).body.read()
    for end in range(len(b'{"head":{"vars":["a"]},"results":{"bindings":['), len(whole) - 3):
        with pytest.raises(EndpointError, match="breaks off"):
            list(JsonRows(io.BytesIO(whole[:end])))
    with pytest.raises(EndpointError, match="no rows"):
        JsonRows(io.BytesIO(b'{"head":{},"boolean":true}'))


def test_too_many_names_are_refused_and_a_page_of_them_is_not() -> None:
    rows = [
        {"a": {"type": "uri", "value": f"https://example.org/{n}"}}
        for n in range(MAX_LABELLED_IRIS + 1)
    ]
    with pytest.raises(UsageError, match="ask for it a page at a time"):
        page_rows(result_of(["a"], rows), JSON, None, naming)
    result, total = page_rows(result_of(["a"], rows), JSON, PageRange(1, 10), naming)
    assert (len(read(result)["results"]["bindings"]), total) == (10, MAX_LABELLED_IRIS + 1)
