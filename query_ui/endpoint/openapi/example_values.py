"""True examples: the first rows that a saved query gives now, as its own address gives them."""

import json
from collections.abc import Iterable
from itertools import islice

from loader.errors import QueryError
from loader.queries.query_files import SavedQuery
from query_ui.endpoint.openapi.schemas import Fields
from query_ui.endpoint.paging.page_range import Window
from query_ui.endpoint.paging.paged import announced, shaped
from query_ui.engine.protocol import Engine, Question
from query_ui.engine.result_formats import JSON, N_TRIPLES, Kind

FIRST = Window(1, 2)


def example(engine: Engine, query: SavedQuery) -> tuple[Kind | None, Fields]:
    """The kind of answer and its beginning by media type; None and {} where there is no answer.

    Rows are what ``.json?page=1&size=2`` gives for the defaults.
    """
    try:
        result = engine.run(Question(query.text))
    except QueryError:
        return None, {}
    if result.kind == "bindings":
        rows, total = shaped(result, JSON, FIRST, None)
        result = announced(rows, total, FIRST)
    with result.body as body:
        if result.kind == "graph":
            return "graph", {N_TRIPLES.media_type: _text(islice(body, FIRST.size))}
        return result.kind, {JSON.media_type: json.load(body)}


def _text(lines: Iterable[bytes]) -> str:
    return b"".join(lines).decode("utf-8")
