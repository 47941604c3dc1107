"""Views of the saved queries: the list, and the form, result, SPARQL text and choices of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from loader.errors import UsageError
from loader.queries.query_files import SavedQuery
from loader.queries.rewrite import strip_annotations
from query_ui.endpoint import query_catalogue
from query_ui.endpoint.html_table import MAX_TABLE_ROWS, HtmlTable, build_html_table
from query_ui.endpoint.paging.page_range import PageRange
from query_ui.endpoint.paging.request_options import ALL_ROWS, GROUPED, RESERVED_NAMES, VIEW_FIELD
from query_ui.endpoint.protocol_request import QUERY_MEDIA_TYPE
from query_ui.endpoint.query_form import build_form_fields
from query_ui.endpoint.query_groups import find_group, group_queries, matches_search, needs_data
from query_ui.endpoint.result_order import SORT_FIELD
from query_ui.endpoint.result_view import (
    PAGE_ROWS,
    ResultChart,
    ResultColumn,
    build_address,
    build_chart,
    build_columns,
    describe_rows,
)
from query_ui.endpoint.row_groups import RowGroups, group_rows
from query_ui.endpoint.saved_query_request import (
    SavedQueryRequest,
    build_paging_headers,
    build_result_page_url,
    parse_address_fields,
    parse_saved_query_request,
)
from query_ui.engine.result_formats import FORMATS_BY_KIND, XLSX, ResultFormat
from query_ui.graph.csv_metadata import METADATA_SUFFIX
from query_ui.graph.page_queries import GraphContext, current_graph
from query_ui.graph.saved_query_texts import QUERY_HASH_FIELD, find_saved_query, hash_short
from query_ui.graph.urls import Link, to_query_path
from query_ui.http.cache_headers import NOT_KEPT
from query_ui.http.etag import is_volatile
from query_ui.http.negotiation import prefers_json, split_suffix
from query_ui.http.release_address import get_named_release, to_absolute_url
from query_ui.http.response import build_json_response

blueprint = Blueprint("queries", __name__)

TEXT_SUFFIX = ".rq"
PAGE_FIELDS = frozenset(RESERVED_NAMES) - {SORT_FIELD, VIEW_FIELD}
"""The options that are not part of the address of a result."""


@blueprint.get("/queries", endpoint="listed")
def show_saved_queries() -> Response:
    """List the saved queries in groups, or those with some words or a tag; as a page or as JSON."""
    if prefers_json():
        return serve_saved_queries()
    shared = current_graph()
    words, tag = request.args.get("words", "").strip(), request.args.get("tag", "").strip()
    every = sort_queries(shared)
    found = [query for query in every if matches_search(query, words, tag)]
    page = render_template(
        "queries.html",
        groups=group_queries(found),
        found=len(found),
        total=len(every),
        words=words,
        tag=tag,
        tags=sorted({tag for query in every for tag in query.tags}),
        broken=shared.broken.values(),
    )
    return Response(page, mimetype="text/html")


@blueprint.get("/queries.json", endpoint="listed_as_json")
def serve_saved_queries() -> Response:
    """List the saved queries by title with their parameters, as JSON."""
    shared = current_graph()
    return build_json_response(
        query_catalogue.serialise_query_catalogue(
            [
                (query, shared.contract_status.find_status(shared.engine.release, query))
                for query in sort_queries(shared)
            ],
            shared.broken,
        )
    )


@blueprint.get("/queries/<name>")
def page(name: str) -> Response:
    """Run a saved query: its form with the result, or data alone by suffix, format or Accept."""
    shared = current_graph()
    if name.endswith(TEXT_SUFFIX):
        return build_text_response(
            parse_saved_query_request(shared, name.removesuffix(TEXT_SUFFIX), TEXT_SUFFIX)
        )
    if name.endswith(f".{METADATA_SUFFIX}"):
        asked_name = name.removesuffix(f".{METADATA_SUFFIX}")
        return parse_saved_query_request(shared, asked_name, "").build_metadata_response()
    if name.endswith(XLSX.suffix):
        name, suffix = name.removesuffix(XLSX.suffix), XLSX.suffix
    else:
        name, suffix = split_suffix(name)
    asked = parse_saved_query_request(shared, name, suffix)
    return render_form_page(asked) if asked.is_page_request else asked.build_data_response()


@blueprint.get("/queries/<name>/choices.json")
def choices(name: str) -> Response:
    """List the choices of a saved query's parameters with counts; ``parameter=`` selects one."""
    query = find_saved_query(current_graph(), name)
    known = [parameter.name for parameter in query.parameters]
    wanted = request.args.get("parameter")
    if wanted is not None and wanted not in known:
        raise UsageError(
            f'{name} has no parameter "{wanted}"; its parameters are: {", ".join(known) or "none"}.'
        )
    names = known if wanted is None else [wanted]
    return build_json_response(
        query_catalogue.serialise_choices(query, current_graph().choices, names)
    )


def sort_queries(graph: GraphContext) -> list[SavedQuery]:
    """Return the saved queries sorted by title, ignoring case; those that need other data last."""
    return sorted(
        graph.saved_queries.values(),
        key=lambda query: (needs_data(query), query.title.lower()),
    )


@dataclass(frozen=True, slots=True)
class ResultView:
    """A result on a page: its table and columns, what its rows are about, a chart and downloads.

    ``earlier`` and ``later`` are addresses of the pages beside it, "" where there is none.
    ``views`` are links to the views with whether each is the current one, none where there is only
    one; ``grouped`` are the rows in groups, None where all rows are shown.
    """

    table: HtmlTable
    formats: tuple[ResultFormat, ...]
    columns: Sequence[ResultColumn] = ()
    notes: Sequence[str] = ()
    chart: ResultChart | None = None
    page: int = 1
    earlier: str = ""
    later: str = ""
    views: Sequence[tuple[Link, bool]] = ()
    grouped: RowGroups | None = None


def build_text_response(query_request: SavedQueryRequest) -> Response:
    """Build the response with the SPARQL text, its values bound.

    While a required value is missing, the text keeps its example values.
    """
    text = strip_annotations(
        query_request.saved_query.text if query_request.has_missing_values else query_request.text
    )
    return Response(text, content_type=f"{QUERY_MEDIA_TYPE}; charset=utf-8")


def render_form_page(query_request: SavedQueryRequest) -> Response:
    """Render the form, with the result once every required value is present."""
    shared, query = query_request.graph, query_request.saved_query
    headers: dict[str, str] = {}
    shown = None
    fields = [pair for pair in parse_address_fields() if pair[0] not in PAGE_FIELDS]
    if not query_request.has_missing_values:
        shown, headers = build_result_view(query_request, fields)
    text = strip_annotations(query_request.text if shown else query.text)
    if is_volatile(text):
        headers["Cache-Control"] = NOT_KEPT
    values = query_request.resolved_values if shown else query_request.values
    if get_named_release() and not is_volatile(text):
        fields = [*fields, (QUERY_HASH_FIELD, hash_short(query))]
    address = build_address(f"/queries/{query.name}", fields)
    arguments = urlencode([pair for pair in fields if pair[0] != VIEW_FIELD])
    page = render_template(
        "query.html",
        query=query,
        proof=shared.contract_status.find_status(shared.engine.release, query),
        inputs=build_form_fields(shared.choices, query, values),
        labels=query_request.options.has_labels,
        shown=shown,
        arguments=arguments,
        has_values=bool(query_request.values),
        query_hash=query_request.options.query_hash,
        view=query_request.options.view,
        address=address,
        share=to_absolute_url(address),
        group=find_group(query),
        text=text,
        editor=to_query_path(text),
    )
    return Response(page, mimetype="text/html", headers=headers)


def build_result_view(
    query_request: SavedQueryRequest, fields: Sequence[tuple[str, str]]
) -> tuple[ResultView, dict[str, str]]:
    """Build the view of the result and the headers of its page; ``fields`` are of the address."""
    size = query_request.options.page_range
    result, total, window = query_request.fetch_page(MAX_TABLE_ROWS)
    found, formats = build_html_table(query_request.graph, result), FORMATS_BY_KIND[result.kind]
    if result.kind != "bindings":
        return ResultView(found, formats), {}
    fetched = replace(found, total=total, first=window.start + 1)
    if size is None:
        window = PageRange(1, PAGE_ROWS)
        rows = found.rows[:PAGE_ROWS]
        found = replace(found, rows=rows, shown=len(rows))
    pages = window.list_linked_pages(total)
    columns = build_columns(fetched, request.path, fields, query_request.options.sort)
    grouped = group_rows(columns, found.rows)
    is_grouped = query_request.options.view in ("", GROUPED)
    view = ResultView(
        replace(found, total=total, first=window.start + 1),
        formats,
        columns,
        () if fetched.is_truncated else describe_rows(fetched),
        build_chart(fetched),
        window.page,
        build_result_page_url(pages["prev"], window) if "prev" in pages else "",
        build_result_page_url(pages["next"], window) if "next" in pages else "",
        list_views(fields, is_grouped=is_grouped) if grouped else (),
        grouped if is_grouped else None,
    )
    return view, build_paging_headers(window, total)


def list_views(fields: Sequence[tuple[str, str]], *, is_grouped: bool) -> list[tuple[Link, bool]]:
    """Return links to the views of a result, and whether each is the current one."""
    kept = [pair for pair in fields if pair[0] != VIEW_FIELD]
    every = [*kept, (VIEW_FIELD, ALL_ROWS)]
    return [
        (Link("Grouped", build_address(request.path, kept)), is_grouped),
        (Link("All rows", build_address(request.path, every)), not is_grouped),
    ]
