"""How the results of a query are written: by the engine's own serialisers, straight to a sink."""

from collections.abc import Mapping
from itertools import chain, islice
from typing import Any, Protocol, TypeAlias

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, RdfFormat, Triple, serialize

from loader.errors import NotOffered
from query_ui.engine.protocol import EngineRequest, QueryResult
from query_ui.engine.result_formats import FORMATS_BY_KIND, ResultFormat, ResultKind

Results: TypeAlias = QuerySolutions | QueryBoolean | QueryTriples

_PREFIX_SCAN_TRIPLES = 20_000
"""So many triples are looked at for the prefixes they use; a larger graph declares all of them."""
_FORMATS_WITHOUT_PREFIXES = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)


class ByteSink(Protocol):
    """Anything that bytes can be written to."""

    def write(self, data: bytes, /) -> int:
        """Take all of ``data``; gives how many bytes that were."""


class ResultWriter(Protocol):
    """An engine that writes an answer while it finds it."""

    def write_result(
        self, request: EngineRequest, sink: ByteSink
    ) -> tuple[ResultKind, ResultFormat]:
        """Write the whole answer in the format that the question wants for its kind."""


def serialise_results(
    results: Results,
    format_by_kind: Mapping[ResultKind, ResultFormat],
    prefixes: Mapping[str, str],
    sink: ByteSink,
) -> tuple[ResultKind, ResultFormat]:
    """Write all of ``results`` to ``sink`` in the format for their kind; gives both.

    NotOffered, before anything is written, where ``format_by_kind`` has none for that kind.
    """
    try:
        kind = _classify_results(results)
        form = require_format(kind, format_by_kind)
        target: Any = sink
        if not isinstance(results, QueryTriples):
            results.serialize(target, format=form.writer)  # type: ignore[arg-type]
        elif form.writer in _FORMATS_WITHOUT_PREFIXES:
            serialize(results, target, form.writer)  # type: ignore[arg-type]
        else:
            _write_graph(results, form, prefixes, target)
        return kind, form
    finally:
        # A traceback would keep them, and pyoxigraph cannot drop them in another thread.
        del results


def require_format(
    kind: ResultKind, format_by_kind: Mapping[ResultKind, ResultFormat]
) -> ResultFormat:
    """The format for answers of a kind; NotOffered, with those there are, where there is none."""
    if kind not in format_by_kind:
        offered = ", ".join(f"{form.name} ({form.media_type})" for form in FORMATS_BY_KIND[kind])
        raise NotOffered(f"The answer to this query can be had as {offered}.", kind)
    return format_by_kind[kind]


def _classify_results(results: Results) -> ResultKind:
    if isinstance(results, QueryTriples):
        return "graph"
    return "boolean" if isinstance(results, QueryBoolean) else "bindings"


def _write_graph(
    triples: QueryTriples, result_format: ResultFormat, prefixes: Mapping[str, str], target: Any
) -> None:
    first: list[Triple] = list(islice(triples, _PREFIX_SCAN_TRIPLES))
    known = dict(prefixes)
    if len(first) < _PREFIX_SCAN_TRIPLES:
        known = QueryResult(
            "graph", serialize(first, format=RdfFormat.N_TRIPLES) or b"", known
        ).used_prefixes
    assert isinstance(result_format.writer, RdfFormat)
    serialize(chain(first, triples), target, result_format.writer, prefixes=known)
