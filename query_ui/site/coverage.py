"""``/coverage``: concepts against organisations, consortia, sources or years; empty cells count."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from loader.errors import BadValue, BuildError, UsageError
from query_ui.graph.entity_labels import Names
from query_ui.graph.facets import FACETS, Facet
from query_ui.graph.page_queries import Site, site
from query_ui.graph.search_index import Index
from query_ui.graph.urls import path_of
from query_ui.site.coverage_table import HIGH, Axis, Grid
from query_ui.site.lists.list_definitions import SHELVES, Shelf
from query_ui.site.lists.list_items import whole
from query_ui.site.lists.list_request import LABELS

blueprint = Blueprint("coverage", __name__)

OF = {s.kind: s for s in SHELVES.values() if s.kind not in ("source", "organisation")}
ROWS = ("keyword", "principle", "obligation", "beneficiary", "stakeholder")
COLUMNS = ("organisation", "consortium", "source", "year", "keyword", "beneficiary", "stakeholder")
WIDE = 10
"""So many columns stand beside each other."""
FIELDS: Mapping[str, str | int] = {
    **{"of": "case-study", "rows": "keyword", "columns": "organisation", "below": ""},
    **{"page": 1, "across": 1},
}
"""The fields of an address, with what they are where it does not say."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is set against what; ``below`` keeps the rows to the concepts under one, or is ""."""

    shelf: Shelf
    rows: Facet
    columns: Facet
    below: str = ""

    def address(self, path: str = "/coverage", **changed: str | int) -> str:
        """The address of this view, or of one that differs."""
        below = self.rows.key(self.below) if self.below else ""
        known = {"of": self.shelf.kind, "rows": self.rows.name, "columns": self.columns.name}
        fields: dict[str, str | int] = {**known, "below": below, **changed}
        kept = {name: v for name, v in fields.items() if v and v != FIELDS.get(name)}
        return f"{path}?{urlencode(kept)}" if kept else path


@blueprint.get("/coverage")
def page() -> Response:
    """The heat map: a table in which each number leads to its query and to its list."""
    shared, index, wanted = site(), indexed(), asked()
    grid = made(shared, index, wanted)
    down, across = number("page"), number("across")
    rows = grid.row_values[(down - 1) * HIGH : down * HIGH]
    columns = grid.column_values[(across - 1) * WIDE : across * WIDE]
    values = [value for _, value in rows]
    names = Names(shared)
    names.learn([v for v in (*values, *columns) if ":" in v])
    totals = grid.row_totals(values)
    text = render_template(
        "coverage.html",
        wanted=wanted,
        choices=choices(wanted),
        names=names,
        page_of=path_of,
        rows=list(zip(rows, totals, grid.cells(values, columns), strict=True)),
        columns=list(zip(columns, grid.column_totals(columns), strict=True)),
        opens=set() if len(grid.row_values) > HIGH or wanted.below else folded(index, grid),
        uncovered=[v for v, total in zip(values, totals, strict=True) if not total.number.value],
        pages=neighbours(
            lambda n: wanted.address(page=n, across=across), down, len(grid.row_values), HIGH
        ),
        sides=neighbours(
            lambda n: wanted.address(page=down, across=n), across, len(grid.column_values), WIDE
        ),
    )
    return Response(text, mimetype="text/html")


@blueprint.get("/coverage.csv")
def table() -> Response:
    """The whole of it, a line for each pair: with the pairs that nothing has."""
    shared, index, wanted = site(), indexed(), asked()
    grid = made(shared, index, wanted)
    rows = list(dict.fromkeys(value for _, value in grid.every_row))
    names = Names(shared)
    names.learn([v for v in (*rows, *grid.column_values) if ":" in v])
    file = io.StringIO(newline="")
    lines = csv.writer(file)
    lines.writerow(
        [wanted.rows.name, f"{wanted.rows.name}_iri"]
        + [wanted.columns.name, f"{wanted.columns.name}_iri", "things"]
    )
    for value, counts in zip(rows, grid.counts(rows, grid.column_values).tolist(), strict=True):
        for column, count in zip(grid.column_values, counts, strict=True):
            name = names.name(column) if ":" in column else column
            lines.writerow([names.name(value), value, name, column, count])
    named = {"Content-Disposition": 'attachment; filename="coverage.csv"'}
    return Response(file.getvalue(), content_type="text/csv; charset=utf-8", headers=named)


def made(shared: Site, index: Index, wanted: Wanted) -> Grid:
    """The grid of a request."""
    return Grid(shared, index, wanted.shelf, Axis(wanted.rows, wanted.below), Axis(wanted.columns))


def indexed() -> Index:
    """The index; BuildError where there is none to count with."""
    index = site().index
    if index is None:
        raise BuildError(
            "Coverage is counted from the index of a release; a remote endpoint has none, and a "
            "release of an older version needs `concordat-kg build` once more."
        )
    return index


def asked() -> Wanted:
    """What the request sets against what; UsageError or BadValue where it cannot be."""
    for name in request.args:
        if name not in FIELDS and not name.startswith(LABELS):
            raise UsageError(
                f"“{name}” is nothing that coverage reads. It may be {', '.join(FIELDS)}."
            )
    shelf = OF[one_of("of", tuple(OF))]
    rows, columns = FACETS[one_of("rows", ROWS)], FACETS[one_of("columns", COLUMNS)]
    key = request.args.get("below", "")
    below = rows.value(key) if key else ""
    index = site().index
    if below and index and below not in index.members.get(rows.scheme, ()):
        raise BadValue(f"There is no {rows.word.lower()} “{key}”, so nothing stands below it.")
    return Wanted(shelf, rows, columns, below)


def one_of(name: str, known: tuple[str, ...]) -> str:
    """The value of a field; UsageError where it is none of those known."""
    text = request.args.get(name) or str(FIELDS[name])
    if text not in known:
        raise UsageError(f"{name} is “{text}”, and may be {', '.join(known)}.")
    return text


def number(name: str) -> int:
    """The number of a page, from 1."""
    return whole(name, request.args.get(name, "1"))


def choices(wanted: Wanted) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """For each field its name, its word and what may be chosen."""
    return [
        ("of", "What is counted", [(k, s.noun, k == wanted.shelf.kind) for k, s in OF.items()]),
        ("rows", "By", [(n, FACETS[n].word, n == wanted.rows.name) for n in ROWS]),
        ("columns", "Against", [(n, FACETS[n].word, n == wanted.columns.name) for n in COLUMNS]),
    ]


def folded(index: Index, grid: Grid) -> set[str]:
    """The rows that can be opened: concepts with others below them that are not shown."""
    shown = {value for _, value in grid.row_values}
    return {value for value in shown if set(index.narrower.get(value, ())) - shown}


def neighbours(at: Callable[[int], str], page: int, total: int, size: int) -> tuple[str, str]:
    """The addresses of the page before and the one after, or "" where there is none."""
    return at(page - 1) if page > 1 else "", at(page + 1) if page * size < total else ""
