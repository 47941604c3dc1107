"""Responses with workbooks, which are made within the limits of a task."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from flask import Response, request

from query_ui.engine.protocol import EngineRequest, SerialisedResult, never_gone
from query_ui.engine.result_formats import WORKBOOK_SOURCE_FORMATS, XLSX
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.result_workbooks.result_workbook import convert_to_workbook, write_table
from query_ui.graph.result_workbooks.workbook_writer import ResultTable, WorkbookAbout
from query_ui.http.response import build_result_response
from query_ui.http.task_gate import Task, run_task
from query_ui.http.wsgi_bridge import CLIENT_GONE_KEY

QueryExecutor: TypeAlias = Callable[[EngineRequest, Task], SerialisedResult]
"""Runs a query within a task."""


def build_query_workbook(
    graph: GraphContext,
    query: str,
    about: WorkbookAbout,
    name: str,
    execute: QueryExecutor | None = None,
) -> Response:
    """Return the rows of a query as the workbook ``name``; raises what the query and a task do.

    ``execute`` runs the query in place of the engine of users.
    """
    with run_task() as task:
        result = (execute or partial(execute_user_query, graph))(
            EngineRequest(query, formats=WORKBOOK_SOURCE_FORMATS), task
        )
        book = convert_to_workbook(graph, result, about, task.check)
    return build_workbook_response(book, name)


def execute_user_query(
    graph: GraphContext, query_request: EngineRequest, task: Task
) -> SerialisedResult:
    """Run a query on the engine of users until the client has left."""
    gone = request.environ.get(CLIENT_GONE_KEY, never_gone)
    return graph.user_engine.execute(query_request, gone)


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
