"""The first rows of a serialised result, for a page; the others are counted, not held."""

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
    """Return the first ``max_rows`` rows or triples, and the total number (0 for a boolean).

    ``result`` is in one of ``EXCHANGE_FORMATS``, and is closed.
    """
    total = 0
    if result.kind == "bindings":
        result, total = page_rows(result, JSON, PageRange(1, max_rows), None)
    with result.body as body:
        if result.kind != "graph":
            return QueryResult(result.kind, body.read(), prefixes), total
        triples = list(islice(body, max_rows))  # N-Triples: one line each
        total = len(triples)
        while chunk := body.read(_CHUNK_BYTES):
            total += chunk.count(b"\n")
        return QueryResult("graph", b"".join(triples), prefixes), total
