"""Responses with workbooks, which are made within the limits of a task."""

from flask import Response, request

from query_ui.engine.protocol import EngineRequest, SerialisedResult, never_gone
from query_ui.engine.result_formats import WORKBOOK_SOURCE_FORMATS, XLSX
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.result_workbooks.result_workbook import convert_to_workbook, write_table
from query_ui.graph.result_workbooks.workbook_writer import ResultTable, WorkbookAbout
from query_ui.http.response import build_result_response
from query_ui.http.task_gate import run_task
from query_ui.http.wsgi_bridge import CLIENT_GONE_KEY


def build_query_workbook(
    graph: GraphContext, query: str, about: WorkbookAbout, name: str
) -> Response:
    """Return the rows of a query as the workbook ``name``; raises what the query and a task do."""
    gone = request.environ.get(CLIENT_GONE_KEY, never_gone)
    with run_task() as task:
        result = graph.user_engine.execute(
            EngineRequest(query, formats=WORKBOOK_SOURCE_FORMATS), gone
        )
        book = convert_to_workbook(graph, result, about, task.check)
    return build_workbook_response(book, name)


def build_table_workbook(
    graph: GraphContext, table: ResultTable, about: WorkbookAbout, name: str
) -> Response:
    """Return a table of a page as the workbook ``name``; raises what a task does."""
    with run_task() as task:
        book = write_table(graph, table, about, task.check)
    return build_workbook_response(book, name)


def build_workbook_response(book: SerialisedResult, name: str) -> Response:
    """Return a workbook as a file to save."""
    named = {"Content-Disposition": f'attachment; filename="{name}{XLSX.suffix}"'}
    return build_result_response(book, named)
