"""Concept schemes as tables for spreadsheet programs: one row for each concept."""

from flask import Response, request

from loader.queries.rewrite import strip_annotations
from query_ui.engine.protocol import EngineRequest, never_gone
from query_ui.engine.result_formats import CSV, XLSX
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.result_workbooks.result_workbook import build_about
from query_ui.graph.result_workbooks.workbook_response import build_query_workbook
from query_ui.graph.urls import to_generic_page_path, to_page_path
from query_ui.http.release_address import to_absolute_url
from query_ui.http.response import build_result_response
from query_ui.http.wsgi_bridge import CLIENT_GONE_KEY
from query_ui.site.entity_page import build_unknown_entity_error

TABLE_SUFFIXES = (CSV.suffix, XLSX.suffix)


def build_scheme_table(graph: GraphContext, iri: str, suffix: str) -> Response:
    """Return each concept of a scheme with labels, definition, hierarchy and mappings.

    Raise NotFound or Gone for a scheme without concepts.
    """
    if not graph.count("count-in-scheme", scheme=iri).value:
        raise build_unknown_entity_error(graph, iri)
    text = graph.page_query_text("scheme-table", scheme=iri)
    name = iri.rstrip("/").replace("#", "/").rpartition("/")[2]
    if suffix == CSV.suffix:
        gone = request.environ.get(CLIENT_GONE_KEY, never_gone)
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        result = graph.user_engine.execute(EngineRequest(text, formats={"bindings": CSV}), gone)
        return build_result_response(result, headers)
    labels = EntityLabels(graph)
    labels.load([iri])
    address = to_absolute_url(to_page_path(iri) or to_generic_page_path(iri))
    about = build_about(graph, labels.name(iri), address, [], strip_annotations(text))
    return build_query_workbook(graph, text, about, name)
