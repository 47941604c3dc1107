"""Routes of ``/coverage``: concepts against another facet as heat map and CSV, zeros included."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from loader.errors import BadValue, BuildError, UsageError
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facets import FACET_BY_NAME, Facet
from query_ui.graph.page_queries import GraphContext, current_graph
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.urls import to_page_path
from query_ui.http.request_input import parse_whole_number
from query_ui.site.coverage_table import ROWS_PER_PAGE, CoverageAxis, CoverageTable
from query_ui.site.lists.list_definitions import LIST_DEFINITION_BY_PATH, ListDefinition
from query_ui.site.lists.list_request import TRACKING_PREFIXES

blueprint = Blueprint("coverage", __name__)

LIST_BY_ENTITY_TYPE = {
    s.kind: s
    for s in LIST_DEFINITION_BY_PATH.values()
    if s.kind in ("case-study", "initiative", "commitment")
}
ROW_FACETS = ("keyword", "principle", "obligation", "beneficiary", "stakeholder")
COLUMN_FACETS = (
    "organisation",
    "consortium",
    "source",
    "year",
    "keyword",
    "beneficiary",
    "stakeholder",
)
COLUMNS_PER_PAGE = 10
"""Columns on one page."""
DEFAULT_BY_FIELD: Mapping[str, str | int] = {
    **{"of": "case-study", "rows": "keyword", "columns": "organisation", "below": ""},
    **{"page": 1, "across": 1},
}
"""The query parameters with their default values."""


@dataclass(frozen=True, slots=True)
class CoverageRequest:
    """A request for coverage; ``below`` is the concept whose narrower ones are the rows, or ""."""

    list_definition: ListDefinition
    rows: Facet
    columns: Facet
    below: str = ""

    def address(self, path: str = "/coverage", **changed_fields: str | int) -> str:
        """Return the address of this view with changed fields; defaults are left out."""
        below = self.rows.key(self.below) if self.below else ""
        known = {
            "of": self.list_definition.kind,
            "rows": self.rows.name,
            "columns": self.columns.name,
        }
        fields: dict[str, str | int] = {**known, "below": below, **changed_fields}
        kept = {name: v for name, v in fields.items() if v and v != DEFAULT_BY_FIELD.get(name)}
        return f"{path}?{urlencode(kept)}" if kept else path


@blueprint.get("/coverage")
def page() -> Response:
    """Return the heat map; each number leads to its query and its list."""
    shared, index, coverage_request = (
        current_graph(),
        require_coverage_index(),
        parse_coverage_request(),
    )
    grid = create_coverage_table(shared, index, coverage_request)
    down, across = parse_coverage_page("page"), parse_coverage_page("across")
    rows = grid.visible_row_values[(down - 1) * ROWS_PER_PAGE : down * ROWS_PER_PAGE]
    columns = grid.column_values[(across - 1) * COLUMNS_PER_PAGE : across * COLUMNS_PER_PAGE]
    values = [value for _, value in rows]
    names = EntityLabels(shared)
    names.load([v for v in (*values, *columns) if ":" in v])
    totals = grid.build_row_totals(values)
    text = render_template(
        "coverage.html",
        coverage=coverage_request,
        choices=build_coverage_options(coverage_request),
        names=names,
        page_of=to_page_path,
        rows=list(zip(rows, totals, grid.build_cells(values, columns), strict=True)),
        columns=list(zip(columns, grid.build_column_totals(columns), strict=True)),
        opens=set()
        if len(grid.visible_row_values) > ROWS_PER_PAGE or coverage_request.below
        else find_expandable_rows(index, grid),
        uncovered=[v for v, total in zip(values, totals, strict=True) if not total.number.value],
        pages=build_neighbour_urls(
            lambda n: coverage_request.address(page=n, across=across),
            down,
            len(grid.visible_row_values),
            ROWS_PER_PAGE,
        ),
        sides=build_neighbour_urls(
            lambda n: coverage_request.address(page=down, across=n),
            across,
            len(grid.column_values),
            COLUMNS_PER_PAGE,
        ),
    )
    return Response(text, mimetype="text/html")


@blueprint.get("/coverage.csv")
def table() -> Response:
    """Return the complete table as CSV, one line for each pair, those with zero included."""
    shared, index, coverage_request = (
        current_graph(),
        require_coverage_index(),
        parse_coverage_request(),
    )
    grid = create_coverage_table(shared, index, coverage_request)
    rows = list(dict.fromkeys(value for _, value in grid.all_row_values))
    names = EntityLabels(shared)
    names.load([v for v in (*rows, *grid.column_values) if ":" in v])
    file = io.StringIO(newline="")
    lines = csv.writer(file)
    lines.writerow(
        [coverage_request.rows.name, f"{coverage_request.rows.name}_iri"]
        + [coverage_request.columns.name, f"{coverage_request.columns.name}_iri"]
        + ["things", "broadly_tagged"]
    )
    for value, counts in zip(
        rows, grid.count_pairs(rows, grid.column_values).tolist(), strict=True
    ):
        for column, pair in zip(grid.column_values, counts, strict=True):
            name = names.name(column) if ":" in column else column
            lines.writerow([names.name(value), value, name, column, *pair])
    named = {"Content-Disposition": 'attachment; filename="coverage.csv"'}
    return Response(file.getvalue(), content_type="text/csv; charset=utf-8", headers=named)


def create_coverage_table(
    graph: GraphContext, search_index: SearchIndex, coverage_request: CoverageRequest
) -> CoverageTable:
    """Return the table of a request."""
    return CoverageTable(
        graph,
        search_index,
        coverage_request.list_definition,
        CoverageAxis(coverage_request.rows, coverage_request.below),
        CoverageAxis(coverage_request.columns),
    )


def require_coverage_index() -> SearchIndex:
    """Return the search index; raise BuildError where the release has none."""
    index = current_graph().index
    if index is None:
        raise BuildError(
            "Coverage is counted from the index of a release; a remote endpoint has none, and a "
            "release of an older version needs `concordat-kg build` once more."
        )
    return index


def parse_coverage_request() -> CoverageRequest:
    """Parse the current request; raise UsageError or BadValue for a field or concept not known."""
    for name in request.args:
        if name not in DEFAULT_BY_FIELD and not name.startswith(TRACKING_PREFIXES):
            raise UsageError(
                f"“{name}” is nothing that coverage reads. It may be {', '.join(DEFAULT_BY_FIELD)}."
            )
    shelf = LIST_BY_ENTITY_TYPE[parse_coverage_option("of", tuple(LIST_BY_ENTITY_TYPE))]
    rows, columns = (
        FACET_BY_NAME[parse_coverage_option("rows", ROW_FACETS)],
        FACET_BY_NAME[parse_coverage_option("columns", COLUMN_FACETS)],
    )
    key = request.args.get("below", "")
    below = rows.value(key) if key else ""
    index = current_graph().index
    if below and index and below not in index.concepts_by_scheme.get(rows.scheme, ()):
        raise BadValue(f"There is no {rows.word.lower()} “{key}”, so nothing stands below it.")
    return CoverageRequest(shelf, rows, columns, below)


def parse_coverage_option(name: str, allowed_values: tuple[str, ...]) -> str:
    """Return the value of a field; raise UsageError unless it is allowed."""
    text = request.args.get(name) or str(DEFAULT_BY_FIELD[name])
    if text not in allowed_values:
        raise UsageError(f"{name} is “{text}”, and may be {', '.join(allowed_values)}.")
    return text


def parse_coverage_page(name: str) -> int:
    """Return the page number of a field, from 1; raise UsageError for anything else."""
    return parse_whole_number(name, request.args.get(name, "1"))


def build_coverage_options(
    coverage_request: CoverageRequest,
) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """Return for each field its name, label and options (value, text, whether selected)."""
    return [
        (
            "of",
            "What is counted",
            [
                (k, s.noun, k == coverage_request.list_definition.kind)
                for k, s in LIST_BY_ENTITY_TYPE.items()
            ],
        ),
        (
            "rows",
            "By",
            [(n, FACET_BY_NAME[n].word, n == coverage_request.rows.name) for n in ROW_FACETS],
        ),
        (
            "columns",
            "Against",
            [(n, FACET_BY_NAME[n].word, n == coverage_request.columns.name) for n in COLUMN_FACETS],
        ),
    ]


def find_expandable_rows(search_index: SearchIndex, coverage_table: CoverageTable) -> set[str]:
    """Return the rows that can be opened: concepts with narrower ones that are not shown."""
    shown = {value for _, value in coverage_table.visible_row_values}
    return {
        value for value in shown if set(search_index.narrower_by_concept.get(value, ())) - shown
    }


def build_neighbour_urls(
    build_url: Callable[[int], str], page: int, total: int, page_size: int
) -> tuple[str, str]:
    """Return the addresses of the previous and next page, "" where there is none."""
    return build_url(page - 1) if page > 1 else "", build_url(
        page + 1
    ) if page * page_size < total else ""
