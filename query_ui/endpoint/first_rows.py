"""The beginning of a written answer, for a page; what is not shown is counted and not kept."""

from collections.abc import Mapping
from itertools import islice

from query_ui.endpoint.paging.page_range import Window
from query_ui.endpoint.paging.paged import shaped
from query_ui.engine.protocol import Answer, Result
from query_ui.engine.result_formats import JSON

_CHUNK = 256 * 1024


def beginning(result: Result, most: int, prefixes: Mapping[str, str]) -> tuple[Answer, int]:
    """The first ``most`` rows or triples, and how many there are in all: none in a boolean.

    ``result`` is in the formats of ``EXCHANGE``, and is closed.
    """
    total = 0
    if result.kind == "bindings":
        result, total = shaped(result, JSON, Window(1, most), None)
    with result.body as body:
        if result.kind != "graph":
            return Answer(result.kind, body.read(), prefixes), total
        triples = list(islice(body, most))  # a line each
        total = len(triples)
        while chunk := body.read(_CHUNK):
            total += chunk.count(b"\n")
        return Answer("graph", b"".join(triples), prefixes), total
