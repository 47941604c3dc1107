"""Routes of ``/coverage``: concepts against another facet as heat map and CSV, zeros included."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from pyoxigraph import NamedNode

from loader.errors import BadValue, BuildError, UsageError
from query_ui.graph.facets import EVIDENCE_LEVELS, FACET_BY_NAME, Facet
from query_ui.graph.page_queries import GraphContext, current_graph
from query_ui.graph.result_workbooks.result_workbook import build_about
from query_ui.graph.result_workbooks.workbook_response import build_table_workbook
from query_ui.graph.result_workbooks.workbook_writer import ResultTable
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.entity_filter import filter_entities
from query_ui.http.release_address import to_absolute_url
from query_ui.http.request_input import parse_whole_number
from query_ui.site.coverage_findings import CoverageFindings
from query_ui.site.coverage_map import build_map, count_columns, link_value, load_labels
from query_ui.site.coverage_picture import draw_map, read_colours
from query_ui.site.coverage_table import (
    ROWS_PER_PAGE,
    CoverageAxis,
    CoverageTable,
)
from query_ui.site.lists.list_definitions import LIST_DEFINITION_BY_PATH, ListDefinition
from query_ui.site.lists.list_request import TRACKING_PREFIXES
from query_ui.site.practice_counts import PRACTICE_FILTER, PRACTICE_LIST
from query_ui.site.record_cards import CONCEPT

blueprint = Blueprint("coverage", __name__)

LIST_BY_COUNTED = {
    "practice": PRACTICE_LIST,
    "case-study": LIST_DEFINITION_BY_PATH["/case-studies"],
    "initiative": LIST_DEFINITION_BY_PATH["/initiatives"],
    "commitment": LIST_DEFINITION_BY_PATH["/things/commitment"],
}
"""The list that is counted, by the value of the field ``of``."""
ROW_FACETS = ("keyword", "principle", "obligation", "element", "beneficiary", "stakeholder")
COLUMN_FACETS = (
    "consortium",
    "organisation",
    "kind",
    "year",
    "beneficiary",
    "stakeholder",
    "keyword",
    "source",
)
DEFAULT_BY_FIELD: Mapping[str, str | int] = {
    **{"of": "", "rows": "keyword", "columns": "consortium", "below": ""},
    **{"page": 1, "across": 1},
}
"""The query parameters with their default values; that of ``of`` depends on the graph."""


@dataclass(frozen=True, slots=True)
class CoverageRequest:
    """A request for coverage: ``counted`` is a key of ``LIST_BY_COUNTED``.

    ``below`` is the concept whose narrower ones are the rows, or "".
    """

    counted: str
    rows: Facet
    columns: Facet
    below: str = ""

    @property
    def list_definition(self) -> ListDefinition:
        """Return the list whose entities are counted."""
        return LIST_BY_COUNTED[self.counted]

    def address(self, path: str = "/coverage", **changed_fields: str | int) -> str:
        """Return the address of this view with changed fields; defaults are left out."""
        below = self.rows.key(self.below) if self.below else ""
        known = {
            "of": self.counted,
            "rows": self.rows.name,
            "columns": self.columns.name,
        }
        fields: dict[str, str | int] = {**known, "below": below, **changed_fields}
        kept = {name: v for name, v in fields.items() if v and v != DEFAULT_BY_FIELD.get(name)}
        return f"{path}?{urlencode(kept)}" if kept else path


@blueprint.get("/coverage")
def page() -> Response:
    """Return the map of evidence; each number leads to its list."""
    graph, index, asked = current_graph(), require_coverage_index(), parse_coverage_request()
    grid = create_coverage_table(graph, index, asked)
    down, across = parse_coverage_page("page"), parse_coverage_page("across")
    labels = load_labels(graph, grid)
    shown = build_map(grid, labels, down, across)
    findings = CoverageFindings(grid, partial(link_value, labels))
    text = render_template(
        "coverage.html",
        coverage=asked,
        choices=build_coverage_options(asked),
        map=shown,
        findings=findings.list_findings() if shown.rows and shown.columns else [],
        stand_outs=findings.list_stand_outs(partial(link_value, labels)) if shown.rows else [],
        has_evidence=findings.has_evidence,
        levels=[labels.name(f"{CONCEPT}evidence-levels/{level}") for level in EVIDENCE_LEVELS],
        opens=set()
        if len(grid.visible_row_values) > ROWS_PER_PAGE or asked.below
        else find_expandable_rows(index, grid),
        uncovered=list(dict.fromkeys(row.link for row in shown.rows if not row.total.number.value)),
        pages=build_neighbour_urls(
            lambda n: asked.address(page=n, across=across),
            down,
            len(grid.visible_row_values),
            ROWS_PER_PAGE,
        ),
        sides=build_neighbour_urls(
            lambda n: asked.address(page=down, across=n),
            across,
            len(grid.column_values),
            count_columns(grid),
        ),
    )
    return Response(text, mimetype="text/html")


@blueprint.get("/coverage.svg")
def picture() -> Response:
    """Return the map as a picture, with the same rows, columns and numbers as the page."""
    graph, index, asked = current_graph(), require_coverage_index(), parse_coverage_request()
    grid = create_coverage_table(graph, index, asked)
    labels = load_labels(graph, grid)
    down, across = parse_coverage_page("page"), parse_coverage_page("across")
    drawn = draw_map(build_map(grid, labels, down, across), name_map(asked))
    text = render_template("coverage.svg", picture=drawn, colours=read_colours())
    named = {"Content-Disposition": 'inline; filename="coverage.svg"'}
    return Response(text, mimetype="image/svg+xml", headers=named)


def name_map(asked: CoverageRequest) -> str:
    """Return the title of a map, such as "Practices by keyword and group of institutions"."""
    noun = asked.list_definition.noun.capitalize()
    return f"{noun} by {asked.rows.title.lower()} and {asked.columns.title.lower()}"


@blueprint.get("/coverage.csv")
def table() -> Response:
    """Return the complete table as CSV, one line for each pair, those with zero included."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(list_table_rows(current_graph(), parse_coverage_request()))
    named = {"Content-Disposition": 'attachment; filename="coverage.csv"'}
    return Response(file.getvalue(), content_type="text/csv; charset=utf-8", headers=named)


@blueprint.get("/coverage.xlsx")
def workbook() -> Response:
    """Return the complete table as a workbook."""
    graph, asked = current_graph(), parse_coverage_request()
    address = to_absolute_url(asked.address())
    note = "Rows include narrower concepts and count nothing twice. Zero: none was found."
    about = build_about(graph, name_map(asked), address, [("About", note)])
    columns, *rows = list_table_rows(graph, asked)
    cells = [
        [NamedNode(str(v)) if n in (1, 3) and ":" in str(v) else v for n, v in enumerate(row)]
        for row in rows
    ]
    table = ResultTable([str(name) for name in columns], lambda: cells)
    return build_table_workbook(graph, table, about, "coverage")


def list_table_rows(graph: GraphContext, asked: CoverageRequest) -> list[list[str | int]]:
    """Return the complete table with its headings: one row for each pair, zeros included."""
    grid = create_coverage_table(graph, require_coverage_index(), asked)
    values = list(dict.fromkeys(value for _, value in grid.all_row_values))
    labels = load_labels(graph, grid)
    labels.load([value for value in values if ":" in value])
    down, across = asked.rows.name, asked.columns.name
    rows: list[list[str | int]] = [
        [down, f"{down}_iri", across, f"{across}_iri", "things", "broadly_tagged"]
    ]
    rows[0].append("strongest_evidence")
    levels = [labels.name(f"{CONCEPT}evidence-levels/{level}") for level in EVIDENCE_LEVELS]
    for value, cells in zip(values, grid.count_all_cells(values).tolist(), strict=True):
        for column, (number, broad, rank) in zip(grid.column_values, cells, strict=True):
            name = labels.name(column) if ":" in column else column
            level = levels[rank] if rank else ""
            rows.append([labels.name(value), value, name, column, number, broad, level])
    return rows


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
                f"Coverage has no field “{name}”. It may be {', '.join(DEFAULT_BY_FIELD)}."
            )
    counted = parse_coverage_option("of", tuple(LIST_BY_COUNTED), choose_counted())
    rows, columns = (
        FACET_BY_NAME[parse_coverage_option("rows", ROW_FACETS)],
        FACET_BY_NAME[parse_coverage_option("columns", COLUMN_FACETS)],
    )
    key = request.args.get("below", "")
    below = rows.value(key) if key else ""
    index = current_graph().index
    if below and index and below not in index.concepts_by_scheme.get(rows.scheme, ()):
        raise BadValue(f"There is no {rows.word.lower()} “{key}”.")
    return CoverageRequest(counted, rows, columns, below)


def choose_counted() -> str:
    """Return what is counted unless a request says it: practices, or else case studies."""
    index = current_graph().index
    has_practices = index is not None and filter_entities(index, PRACTICE_FILTER).any()
    return "practice" if has_practices else "case-study"


def parse_coverage_option(
    name: str, allowed_values: tuple[str, ...], default: str | None = None
) -> str:
    """Return the value of a field; raise UsageError unless it is allowed."""
    text = request.args.get(name) or default or str(DEFAULT_BY_FIELD[name])
    if text not in allowed_values:
        raise UsageError(f"{name} is “{text}”. It may be {', '.join(allowed_values)}.")
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
            "Count",
            [
                (key, definition.title, key == coverage_request.counted)
                for key, definition in LIST_BY_COUNTED.items()
            ],
        ),
        (
            "rows",
            "Rows",
            [
                (n, FACET_BY_NAME[n].plural.capitalize(), n == coverage_request.rows.name)
                for n in ROW_FACETS
            ],
        ),
        (
            "columns",
            "Columns",
            [
                (n, FACET_BY_NAME[n].title, n == coverage_request.columns.name)
                for n in COLUMN_FACETS
            ],
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
