"""The figures of coverage: those that sets of entities give, counted once for a release."""

from collections.abc import Iterator

import pytest
from flask import Flask

from query_ui.graph.facets import FACET_BY_NAME, Facet
from query_ui.graph.page_queries import GRAPH_EXTENSION, GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.site.coverage_figures import CoverageCounter
from query_ui.site.coverage_table import CoverageAxis, CoverageTable
from query_ui.site.lists.list_definitions import get_list_definition
from query_ui.site.practice_counts import rank_entities

PRACTICES = get_list_definition("/practices")


@pytest.fixture(scope="module")
def graph(shipped_app: Flask) -> Iterator[GraphContext]:
    with shipped_app.app_context():
        yield shipped_app.extensions[GRAPH_EXTENSION]


@pytest.fixture(scope="module")
def index(graph: GraphContext) -> SearchIndex:
    assert graph.index
    return graph.index


def find_entities(index: SearchIndex, facet: Facet, value: str) -> set[int]:
    """The entities of the list of practices with a value."""
    counter = CoverageCounter(index, PRACTICES)
    numbers = index.facet(facet.query_name).find_entities(value).tolist()
    return {number for number in numbers if counter.entity_mask[number]}


def describe(index: SearchIndex, entities: set[int]) -> list[int]:
    """The figures of some entities."""
    broad = set(index.facet("broad-tagging").find_entities("true").tolist())
    ranks = rank_entities(index)
    return [
        len(entities),
        len(entities & broad),
        max((int(ranks[number]) for number in entities), default=0),
    ]


@pytest.mark.parametrize(
    ("rows", "columns"),
    [("beneficiary", "kind"), ("keyword", "keyword"), ("beneficiary", "organisation")],
)
def test_figures_are_those_of_sets_of_entities(index: SearchIndex, rows: str, columns: str) -> None:
    counter = CoverageCounter(index, PRACTICES)
    down, across = FACET_BY_NAME[rows], FACET_BY_NAME[columns]
    row_values = [*counter.list_values_in_use(down)[:25], "https://example.org/unused"]
    column_values = counter.list_values_in_use(across)[:25]
    found = counter.count(down, row_values, across, column_values)
    own = [find_entities(index, down, value) for value in row_values]
    other = [find_entities(index, across, value) for value in column_values]
    assert found.cells.tolist() == [[describe(index, a & b) for b in other] for a in own]
    assert found.rows.tolist() == [describe(index, a) for a in own]
    assert found.columns.tolist() == [describe(index, b) for b in other]
    assert found.rows[-1].tolist() == [0, 0, 0] and found.has_evidence
    assert len({number for number, *_ in found.rows.tolist()}) > 5


def test_values_in_use_are_sorted(index: SearchIndex) -> None:
    counter = CoverageCounter(index, get_list_definition("/initiatives"))
    years = counter.list_values_in_use(FACET_BY_NAME["year"])
    assert years == sorted(years, reverse=True) and len(years) > 3
    kinds = counter.list_values_in_use(FACET_BY_NAME["kind"])
    totals = counter.count_totals(FACET_BY_NAME["kind"], kinds)[:, 0].tolist()
    assert totals == sorted(totals, reverse=True) and totals[-1] > 0


def test_a_table_is_counted_once_for_all_its_parts(
    shipped_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    count = CoverageCounter.count

    def count_once(counter: CoverageCounter, *given: object) -> object:
        calls.append(given)
        return count(counter, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(CoverageCounter, "count", count_once)
    client = shipped_app.test_client()
    pages = {
        client.get(f"/coverage?rows=stakeholder&columns=organisation&across={part}").text
        for part in (1, 2, 3)
    }
    assert (len(pages), len(calls)) == (3, 1)
    # Every part of a request but the page makes another table.
    for number, fields in enumerate(
        (
            "of=initiative&rows=stakeholder&columns=organisation",
            "rows=principle&columns=organisation",
            "rows=stakeholder&columns=source",
            "rows=keyword&columns=organisation",
            "rows=keyword&columns=organisation&below=culture-and-conduct",
        ),
        2,
    ):
        assert client.get(f"/coverage?{fields}").status_code == 200
        assert len(calls) == number, fields


def test_all_rows_have_the_figures_of_those_that_are_visible(
    graph: GraphContext, index: SearchIndex
) -> None:
    axes = (CoverageAxis(FACET_BY_NAME[name]) for name in ("keyword", "kind"))
    table = CoverageTable(graph, index, PRACTICES, *axes)
    values = [*table.figures.row_values]
    cells = table.select_cells(values, table.column_values)
    assert table.count_all_cells(values).tolist() == cells.tolist()
    back = table.select_cells(values[::-1], table.column_values[::-1])
    assert back.tolist() == [row[::-1] for row in cells.tolist()[::-1]]
