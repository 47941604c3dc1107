"""Routes that download lists, such as ``/case-studies.csv``, with the facets of the pages.

The formats are workbooks, CSV, TSV, XML, JSON, Turtle, N-Triples, JSON-LD and RDF/XML.
"""

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from loader.errors import UsageError
from loader.queries.rewrite import strip_annotations
from loader.release.search_index.list_cells import LIST_TABLE_QUERY
from query_ui.engine.protocol import EngineRequest, SerialisedResult, never_gone
from query_ui.engine.result_formats import (
    FORMATS_BY_KIND,
    XLSX,
    find_format_by_suffix,
)
from query_ui.graph.csv_metadata import (
    METADATA_SUFFIX,
    build_metadata_link,
    build_metadata_response,
)
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.list_table import open_list_table
from query_ui.graph.page_queries import GraphContext, current_graph
from query_ui.graph.result_workbooks.result_workbook import build_about
from query_ui.graph.result_workbooks.workbook_response import build_query_workbook
from query_ui.http.negotiation import list_available_formats
from query_ui.http.release_address import to_absolute_url
from query_ui.http.response import build_result_response
from query_ui.http.spreadsheet_csv import convert_for_spreadsheets, is_spreadsheet_requested
from query_ui.http.task_gate import run_task
from query_ui.http.wsgi_bridge import CLIENT_GONE_KEY
from query_ui.site.lists.list_definitions import get_list_definition
from query_ui.site.lists.list_page import render_list
from query_ui.site.lists.list_request import parse_list_request

blueprint = Blueprint("downloads", __name__)

LIST_SEPARATOR = " | "
LIST_COLUMNS = ("types", "organisations", "keywords", "source")
"""The columns of ``sparql/pages/list-table.rq`` whose cells may hold several values."""


@blueprint.get(
    "/<any('case-studies', 'initiatives', 'practices', 'programmes', 'organisations', "
    "'action-plans', 'registers', 'indicators', 'graphs'):name>.<form>",
    endpoint="listed",
)
def download_list(name: str, form: str) -> Response:
    """Return a complete list in one of the formats; JSON has pages."""
    return build_list_download(f"/{name}", form)


@blueprint.get("/things/<any('commitment','concept'):name>.<form>", endpoint="others")
def download_entity_list(name: str, form: str) -> Response:
    """Return a list of other entities in the same formats."""
    return build_list_download(f"/things/{name}", form)


def build_list_download(path: str, suffix: str) -> Response:
    """Return a list in the format of a suffix; raise NotFound for an unknown one.

    Raise UsageError for a page of a format other than JSON, which alone has pages.
    """
    shared = current_graph()
    if suffix == "json":
        return render_list(shared, path, as_data=True)
    if paging := [name for name in ("page", "size") if name in request.args]:
        raise UsageError(
            f"{path}.{suffix} holds the complete list: leave out {' and '.join(paging)}, or use "
            f"{path}.json, which has pages."
        )
    if suffix == METADATA_SUFFIX:
        return describe_list_columns(shared, path)
    if suffix == XLSX.name:
        return build_list_workbook(shared, path)
    for kind, name in (("bindings", LIST_TABLE_QUERY), ("graph", "list-graph")):
        found = find_format_by_suffix(f".{suffix}", kind)  # type: ignore[arg-type]
        if found:
            is_for_spreadsheets = is_spreadsheet_requested(found)
            selection = parse_list_request(get_list_definition(path), shared.index).facet_filter
            request_of_list = EngineRequest(
                shared.narrow_page_query(name, selection),
                formats={kind: found},  # type: ignore[dict-item]
            )
            result = execute_list_query(shared, name, selection, request_of_list)
            if is_for_spreadsheets:
                result = convert_for_spreadsheets(result)
            headers = {
                "Content-Disposition": f'attachment; filename="{path.rpartition("/")[2]}.{suffix}"'
            }
            if suffix == "csv" and not is_for_spreadsheets:
                headers["Link"] = build_metadata_link(build_csv_url(path, METADATA_SUFFIX))
            return build_result_response(result, headers)
    known = ", ".join(list_available_formats(kind) for kind in FORMATS_BY_KIND if kind != "boolean")
    raise NotFound(f"There is no .{suffix} of a list: it can be had as .xlsx, {known}.")


def describe_list_columns(graph: GraphContext, path: str) -> Response:
    """Return the metadata document of the CSV of a list."""
    list_request = parse_list_request(get_list_definition(path), graph.index)
    text = graph.narrow_page_query("terms-of-list", list_request.facet_filter)
    columns = [
        {"titles": name, "name": name}
        | ({"separator": LIST_SEPARATOR} if name in LIST_COLUMNS else {})
        for name in graph.page_queries[LIST_TABLE_QUERY].contract.columns
    ]
    return build_metadata_response(
        build_csv_url(path.rpartition("/")[2], "csv"),
        list_request.list_definition.title,
        {"columns": columns},
        graph.select_rows_of(text),
    )


def execute_list_query(
    graph: GraphContext, name: str, selection: FacetFilter, query_request: EngineRequest
) -> SerialisedResult:
    """Return the result of a page query about a list, from the search index where that has it."""
    table = open_list_table(graph, selection) if name == LIST_TABLE_QUERY else None
    if table is None:
        gone = request.environ.get(CLIENT_GONE_KEY, never_gone)
        return graph.user_engine.execute(query_request, gone)
    with run_task() as task:
        return table.execute(query_request, task.check)


def build_list_workbook(graph: GraphContext, path: str) -> Response:
    """Return a complete list as a workbook."""
    list_request = parse_list_request(get_list_definition(path), graph.index)
    text = graph.narrow_page_query(LIST_TABLE_QUERY, list_request.facet_filter)
    names = EntityLabels(graph)
    names.load(list_request.facet_filter.list_iris())
    filters = ", ".join(
        f"{facet}: {' or '.join(names.name(v) if ':' in v else v for v in values)}"
        for facet, values in list_request.facet_filter.chosen.items()
    )
    if wanted := list_request.facet_filter.text:
        filters = f"{filters}, in the title: {wanted}" if filters else f"in the title: {wanted}"
    about = build_about(
        graph,
        list_request.list_definition.title,
        to_absolute_url(list_request.address()),
        [("About", list_request.list_definition.lead), ("Filters", filters or "none")],
        strip_annotations(text),
    )
    table = open_list_table(graph, list_request.facet_filter)
    return build_query_workbook(
        graph,
        text,
        about,
        path.rpartition("/")[2],
        (lambda query_request, task: table.execute(query_request, task.check)) if table else None,
    )


def build_csv_url(path: str, suffix: str) -> str:
    """Return the address of a form of the list at ``path``, with the facets of this request."""
    fields = request.query_string.decode("ascii", "replace")
    return f"{path}.{suffix}?{fields}" if fields else f"{path}.{suffix}"
