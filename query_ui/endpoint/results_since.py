"""Routes that compare results of saved and other queries with those of an earlier release."""

from flask import Blueprint, Response, request

from loader.errors import UsageError
from query_ui.endpoint.protocol_request import parse_sparql_request
from query_ui.endpoint.saved_query_request import parse_saved_query_request
from query_ui.graph.comparison_response import ComparedQuery, build_since_response
from query_ui.graph.page_queries import current_graph
from query_ui.http.negotiation import split_suffix
from query_ui.http.release_address import get_page_query

blueprint = Blueprint("results_since", __name__, url_prefix="/since")


@blueprint.get("/queries/<name>")
def compare_saved_query(name: str) -> Response:
    """Compare the result of a saved query with that of the release in the address."""
    graph = current_graph()
    name, suffix = split_suffix(name)
    asked = parse_saved_query_request(graph, name, suffix)
    query = asked.saved_query
    compared = ComparedQuery(
        query.title, f"/queries/{name}{get_page_query()}", asked.text, query.contract.key
    )
    return build_since_response(graph, compared, suffix[1:] or asked.options.format)


@blueprint.get("/sparql")
def compare_sparql_query() -> Response:
    """Compare the result of a query with that of the release in the address."""
    found = parse_sparql_request(request)
    if found is None:
        raise UsageError("Say which query: add query= and its text.")
    compared = ComparedQuery(
        "Result of a SPARQL query",
        f"/sparql{get_page_query()}",
        found.query,
        (),
        found.default_graphs,
        found.named_graphs,
    )
    return build_since_response(current_graph(), compared, found.format)
