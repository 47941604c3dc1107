"""Routes that compare lists with those of an earlier release, with the facets of the pages."""

from flask import Blueprint, Response

from query_ui.graph.comparison_response import ComparedQuery, build_since_response
from query_ui.graph.page_queries import current_graph
from query_ui.http.release_address import get_page_query
from query_ui.site.lists.list_definitions import get_list_definition
from query_ui.site.lists.list_request import parse_list_request

blueprint = Blueprint("lists_since", __name__, url_prefix="/since")
TABLE_KEY = ("thing",)
"""The column of ``sparql/pages/list-table.rq`` that identifies a row."""


@blueprint.get(
    "/<any('case-studies', 'initiatives', 'practices', 'programmes', 'organisations', "
    "'action-plans', 'registers', 'indicators', 'graphs'):name>"
)
def compare_list(name: str) -> Response:
    """Compare a list with that of the release in the address."""
    return build_list_comparison(name, "")


@blueprint.get(
    "/<any('case-studies', 'initiatives', 'practices', 'programmes', 'organisations', "
    "'action-plans', 'registers', 'indicators', 'graphs'):name>.<any('csv', 'json'):form>"
)
def download_list_comparison(name: str, form: str) -> Response:
    """Compare a list with that of the release in the address, as CSV or JSON."""
    return build_list_comparison(name, form)


def build_list_comparison(name: str, form: str) -> Response:
    """Return the comparison of the list with a name in a format, "" to negotiate."""
    graph = current_graph()
    definition = get_list_definition(f"/{name}")
    text = graph.narrow_page_query(
        "list-table", parse_list_request(definition, graph.index).facet_filter
    )
    address = f"{definition.path}{get_page_query()}"
    return build_since_response(
        graph, ComparedQuery(definition.title, address, text, TABLE_KEY), form
    )
