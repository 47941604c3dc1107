"""The unknown terms of a query as data, for its page and for programs."""

from dataclasses import asdict

from query_ui.endpoint.diagnosis.probes import Probes
from query_ui.endpoint.diagnosis.unknown_terms import MAX_SECONDS, find_unknown_terms
from query_ui.graph.page_queries import GraphContext


def list_unknown_terms(graph: GraphContext, text: str) -> list[dict[str, str | int]]:
    """List the terms of a query that the release does not hold, as the fields of their findings."""
    probes = Probes(graph.user_engine, seconds=MAX_SECONDS)
    return [asdict(one) for one in find_unknown_terms(text, probes, graph.diagnosis_queries)]
