"""Workbooks of query results and of tables of pages, with what the release says of itself."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO, cast

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from query_ui.engine.protocol import SerialisedResult
from query_ui.engine.result_formats import XLSX
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, PageRow, get_cell_text
from query_ui.graph.result_workbooks.workbook_cells import Term
from query_ui.graph.result_workbooks.workbook_writer import (
    ResultTable,
    WorkbookAbout,
    WorkbookWriter,
)

LICENCE = "CC BY 4.0 unless a source says otherwise: https://creativecommons.org/licenses/by/4.0/"
_MAX_IN_MEMORY_BYTES = 1024 * 1024


def build_about(
    graph: GraphContext, title: str, address: str, facts: Iterable[tuple[str, str]], query: str = ""
) -> WorkbookAbout:
    """Return what a workbook says of its rows; ``address`` is where they come from."""
    version = issued = ""
    for row in graph.select_rows("dataset-version"):
        version, issued = get_cell_text(row, "version"), get_cell_text(row, "issued")
    data = ", ".join(filter(None, (f"version {version}" if version else "", issued)))
    release = graph.engine.release
    terms = [
        (f"Terms of “{get_cell_text(row, 'title')}”", describe_terms(row))
        for row in graph.select_rows("terms-of-documents")
    ]
    told = [
        *facts,
        ("Address", address),
        ("Data", data or "not stated"),
        ("Release", release or "not known"),
        ("Licence", LICENCE),
        *terms,
        (
            "Cite as",
            f"“{title}”. Concordat knowledge graph{f', data {data}' if data else ''}. {address}",
        ),
    ]
    return WorkbookAbout(title, told, query, issued)


def describe_terms(row: PageRow) -> str:
    """Return the attribution of a document and the address of its licence, as one text."""
    return " ".join(
        filter(None, (get_cell_text(row, "attribution"), get_cell_text(row, "licence")))
    )


def convert_to_workbook(
    graph: GraphContext,
    result: SerialisedResult,
    about: WorkbookAbout,
    check: Callable[[], None] = lambda: None,
) -> SerialisedResult:
    """Return rows in SPARQL TSV as a workbook; the body of ``result`` is closed.

    Raises what ``WorkbookWriter.write`` and ``check`` do.
    """
    with result.body as body:
        table = read_table(body)
        return write_table(graph, table, about, check)


def read_table(body: BinaryIO) -> ResultTable:
    """Return the rows of a result in SPARQL TSV, which is read anew each time.

    https://www.w3.org/TR/sparql11-results-csv-tsv/#tsv
    """

    def parse() -> QuerySolutions:
        body.seek(0)
        return cast(QuerySolutions, parse_query_results(body, QueryResultsFormat.TSV))

    names = [variable.value for variable in parse().variables]

    def read_rows() -> Iterator[Sequence[Term]]:
        yield from map(tuple, parse())

    return ResultTable(names, read_rows)


def write_table(
    graph: GraphContext,
    table: ResultTable,
    about: WorkbookAbout,
    check: Callable[[], None] = lambda: None,
) -> SerialisedResult:
    """Return a table as a workbook."""

    def fetch_labels(iris: Sequence[str]) -> Mapping[str, str]:
        labels = EntityLabels(graph)
        labels.load(iris)
        return labels.label_by_iri

    sink = cast(BinaryIO, tempfile.SpooledTemporaryFile(_MAX_IN_MEMORY_BYTES))
    WorkbookWriter(fetch_labels, check).write(sink, table, about)
    size = sink.seek(0, 2)
    sink.seek(0)
    return SerialisedResult("bindings", XLSX, sink, size)
