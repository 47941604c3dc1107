"""The beginning of a written answer, for a page; what is not shown is counted and not kept."""

from collections.abc import Mapping
from itertools import islice

from query_ui.endpoint.paging.page_range import PageRange
from query_ui.endpoint.paging.result_pages import page_rows
from query_ui.engine.protocol import QueryResult, SerialisedResult
from query_ui.engine.result_formats import JSON

_CHUNK_BYTES = 256 * 1024


def read_first_rows(
    result: SerialisedResult, max_rows: int, prefixes: Mapping[str, str]
) -> tuple[QueryResult, int]:
    """The first ``max_rows`` rows or triples, and how many there are in all: none in a boolean.

    ``result`` is in the formats of ``EXCHANGE``, and is closed.
    """
    total = 0
    if result.kind == "bindings":
        result, total = page_rows(result, JSON, PageRange(1, max_rows), None)
    with result.body as body:
        if result.kind != "graph":
            return QueryResult(result.kind, body.read(), prefixes), total
        triples = list(islice(body, max_rows))  # a line each
        total = len(triples)
        while chunk := body.read(_CHUNK_BYTES):
            total += chunk.count(b"\n")
        return QueryResult("graph", b"".join(triples), prefixes), total
