"""Examples for the OpenAPI description: the first rows of each saved query in this release."""

import json
from collections.abc import Iterable
from itertools import islice

from loader.errors import QueryError
from loader.queries.query_files import SavedQuery
from query_ui.endpoint.openapi.openapi_builder import JsonObject
from query_ui.endpoint.paging.page_range import PageRange
from query_ui.endpoint.paging.result_pages import insert_row_totals, page_rows
from query_ui.engine.protocol import Engine, EngineRequest
from query_ui.engine.result_formats import JSON, N_TRIPLES, ResultKind

EXAMPLE_PAGE = PageRange(1, 2)


def fetch_example(engine: Engine, query: SavedQuery) -> tuple[ResultKind | None, JsonObject]:
    """Return the kind of result and an example by media type; None and {} if the query fails.

    The example has the rows of ``.json?page=1&size=2`` for the default values.
    """
    try:
        result = engine.execute(EngineRequest(query.text))
    except QueryError:
        return None, {}
    if result.kind == "bindings":
        rows, total = page_rows(result, JSON, EXAMPLE_PAGE, None)
        result = insert_row_totals(rows, total, EXAMPLE_PAGE)
    with result.body as body:
        if result.kind == "graph":
            return "graph", {N_TRIPLES.media_type: _decode_lines(islice(body, EXAMPLE_PAGE.size))}
        return result.kind, {JSON.media_type: json.load(body)}


def _decode_lines(lines: Iterable[bytes]) -> str:
    return b"".join(lines).decode("utf-8")
