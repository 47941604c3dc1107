"""The page “Why no rows?”: the diagnosis of an empty result, as HTML and as JSON."""

import json
from dataclasses import asdict

from flask import Blueprint, Response, render_template, request

from loader.errors import UsageError
from query_ui.endpoint.diagnosis.diagnose import diagnose
from query_ui.endpoint.diagnosis.finding import Diagnosis
from query_ui.endpoint.diagnosis.probes import MAX_SECONDS, Probes
from query_ui.endpoint.diagnosis.unknown_terms import MAX_FINDINGS
from query_ui.endpoint.empty_result import ask_why_examined
from query_ui.endpoint.protocol_request import parse_sparql_request
from query_ui.endpoint.sparql_page import list_unknown_terms
from query_ui.graph.page_queries import current_graph
from query_ui.http.negotiation import prefers_html

blueprint = Blueprint("doctor", __name__, url_prefix="/sparql/doctor")


@blueprint.route("", methods=["GET", "POST"], strict_slashes=False)
def doctor() -> Response:
    """Explain why a query has no rows; ``query=`` may also be sent as a form or a body.

    ``timeout`` is in seconds and can only shorten the server's limit. Raise UsageError without a
    query, and QueryError if the query itself cannot be run.
    """
    shared, found = current_graph(), parse_sparql_request(request)
    if found is None:
        raise UsageError("Send the query that has no rows as query=….")
    seconds = min(found.seconds or MAX_SECONDS, MAX_SECONDS)
    probes = Probes(shared.user_engine, found.default_graphs, found.named_graphs, seconds=seconds)
    diagnosis = diagnose(found.query, probes, shared.diagnosis_queries)
    if found.format == "html" or (
        not found.format and prefers_html(request.headers.get("Accept", ""))
    ):
        graphs = [("default-graph-uri", graph) for graph in found.default_graphs]
        graphs += [("named-graph-uri", graph) for graph in found.named_graphs]
        page = render_template(
            "doctor.html",
            query=found.query,
            graphs=graphs,
            it=diagnosis,
            heading=ask_why_examined(found.query),
        )
        return Response(page, mimetype="text/html")
    return Response(serialise_diagnosis(diagnosis), mimetype="application/json")


@blueprint.route("/terms", methods=["GET", "POST"])
def unknown_terms() -> Response:
    """List the terms of a query that the release does not hold, with the nearest known names.

    ``total`` is their number, ``terms`` are findings as those of the diagnosis. Raise UsageError
    without a query.
    """
    shared, found = current_graph(), parse_sparql_request(request)
    if found is None:
        raise UsageError("Send the query as query=….")
    terms = list_unknown_terms(shared, found.query)
    body = {"total": len(terms), "truncated": len(terms) >= MAX_FINDINGS, "terms": terms}
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")


def serialise_diagnosis(diagnosis: Diagnosis) -> str:
    """Return the diagnosis as a JSON object with the names of its fields."""
    return json.dumps(asdict(diagnosis), ensure_ascii=False)
