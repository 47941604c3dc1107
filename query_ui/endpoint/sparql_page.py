"""The query editor at ``/sparql`` with results as HTML.

Requests for other formats end earlier, in ``query_ui.endpoint.application``.
"""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from loader.queries.rewrite import strip_annotations
from query_ui.endpoint.empty_result import ask_why_empty
from query_ui.endpoint.html_table import MAX_TABLE_ROWS, build_html_table, read_first_rows
from query_ui.endpoint.protocol_request import SparqlRequest, parse_sparql_request
from query_ui.endpoint.result_view import list_exact_columns
from query_ui.endpoint.unknown_term_list import list_unknown_terms
from query_ui.engine.protocol import EngineRequest, QueryResult, never_gone
from query_ui.engine.result_formats import EXCHANGE_FORMATS, FORMATS_BY_KIND
from query_ui.engine.service_snapshots import ServiceSnapshot, substitute_snapshots
from query_ui.graph.page_queries import GraphContext, current_graph
from query_ui.graph.urls import to_query_path
from query_ui.http.cache_headers import NOT_KEPT
from query_ui.http.content_security import render_scripted_page
from query_ui.http.etag import is_volatile
from query_ui.http.wsgi_bridge import CLIENT_GONE_KEY

blueprint = Blueprint("sparql", __name__, url_prefix="/sparql")


@blueprint.route("", methods=["GET", "POST", "QUERY"], strict_slashes=False)
def page() -> Response:
    """Run a query and show its result in the editor; without a query, show one to start from."""
    shared, found = current_graph(), parse_sparql_request(request)
    if found is None:
        return render_sparql_page(
            shared, SparqlRequest(strip_annotations(shared.page_queries["editor"].text))
        )
    gone = request.environ.get(CLIENT_GONE_KEY, never_gone)
    graphs = found.default_graphs, found.named_graphs
    known = shared.snapshots if "service" in found.query.lower() else {}
    local = substitute_snapshots(found.query, known, has_dataset=any(graphs))
    result = shared.user_engine.execute(
        EngineRequest(local.text, *graphs, EXCHANGE_FORMATS, found.seconds), gone
    )
    page = render_sparql_page(
        shared,
        found,
        *read_first_rows(result, MAX_TABLE_ROWS, shared.engine.prefixes),
        local.snapshots,
    )
    if is_volatile(found.query):
        page.headers["Cache-Control"] = NOT_KEPT
    return page


def render_sparql_page(
    graph: GraphContext,
    sparql_request: SparqlRequest,
    result: QueryResult | None = None,
    total: int = 0,
    snapshots: Sequence[ServiceSnapshot] = (),
) -> Response:
    """Render the page with the query, and its result of ``total`` rows if it has run.

    ``snapshots`` are the copies of other endpoints that replaced SERVICE.
    """
    shown = replace(build_html_table(graph, result), total=total) if result else None
    whole = result if shown and not shown.is_truncated else None
    unknown = list_unknown_terms(graph, sparql_request.query) if result else []
    return render_scripted_page(
        "sparql.html",
        query=sparql_request.query,
        graphs=list_dataset_fields(sparql_request),
        table=shown,
        columns=list_exact_columns(shown.columns) if shown else (),
        used=snapshots,
        unknown=unknown,
        dataset=encode_dataset(sparql_request),
        why=ask_why_empty(sparql_request.query, result) if result else "",
        whole=whole
        and {
            "unknown": unknown,
            "type": EXCHANGE_FORMATS[whole.kind].media_type,
            "body": whole.body.decode(),
            "snapshots": ", ".join(snapshot.header_value for snapshot in snapshots),
        },
        formats=FORMATS_BY_KIND[result.kind] if result else (),
        here=f"{to_query_path(sparql_request.query)}{encode_dataset(sparql_request)}",
    )


def list_dataset_fields(sparql_request: SparqlRequest) -> list[tuple[str, str]]:
    """Return the dataset of a request as form fields: pairs of name and graph IRI.

    https://www.w3.org/TR/sparql11-protocol/#dataset
    """
    return [
        *(("default-graph-uri", graph) for graph in sparql_request.default_graphs),
        *(("named-graph-uri", graph) for graph in sparql_request.named_graphs),
    ]


def encode_dataset(sparql_request: SparqlRequest) -> str:
    """Return the dataset as the end of a query string, with a leading &; "" for the default."""
    return "".join(f"&{urlencode([field])}" for field in list_dataset_fields(sparql_request))


def fetch_service_description(graph: GraphContext, endpoint_url: str) -> QueryResult:
    """Fetch the service description of ``endpoint_url``, a graph.

    https://www.w3.org/TR/sparql11-service-description/
    """
    return graph.query_page("service", endpoint=endpoint_url)
