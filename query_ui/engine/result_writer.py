"""Serialisation of query results by the engine's own serialisers, directly to a sink."""

from collections.abc import Iterable, Mapping
from itertools import chain, islice
from typing import Any, Protocol, TypeAlias

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, RdfFormat, Triple, serialize

from loader.errors import NotOffered
from query_ui.engine.protocol import EngineRequest, QueryResult
from query_ui.engine.result_formats import FORMATS_BY_KIND, ResultFormat, ResultKind
from query_ui.engine.xml_sink import ByteSink, XmlSink, is_xml

Results: TypeAlias = QuerySolutions | QueryBoolean | QueryTriples

_PREFIX_SCAN_TRIPLES = 20_000
"""Up to this many triples are scanned for used prefixes; a larger graph declares all of them."""
_FORMATS_WITHOUT_PREFIXES = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)


class ResultWriter(Protocol):
    """Interface of an engine that serialises a result while it evaluates the query."""

    def write_result(
        self, request: EngineRequest, sink: ByteSink
    ) -> tuple[ResultKind, ResultFormat]:
        """Write the complete result in the format that ``request`` has for its kind.

        Returns the kind and the format; raises NotOffered where there is no format for it.
        """


def serialise_results(
    results: Results,
    format_by_kind: Mapping[ResultKind, ResultFormat],
    prefixes: Mapping[str, str],
    sink: ByteSink,
) -> tuple[ResultKind, ResultFormat]:
    """Write all of ``results`` to ``sink`` in the format for their kind; return kind and format.

    Raises NotOffered, before anything is written, where ``format_by_kind`` lacks the kind, and
    while it writes, where a format of XML cannot hold a character.
    """
    try:
        kind = classify_results(results)
        form = require_format(kind, format_by_kind)
        target: Any = XmlSink(sink, kind) if is_xml(form) else sink
        if isinstance(results, QueryTriples):
            write_graph(results, form, prefixes, target)
        else:
            results.serialize(target, format=form.writer)  # type: ignore[arg-type]
        return kind, form
    finally:
        # A traceback would keep them alive, and pyoxigraph fails if another thread drops them.
        del results


def require_format(
    kind: ResultKind, format_by_kind: Mapping[ResultKind, ResultFormat]
) -> ResultFormat:
    """Return the format for results of ``kind``; raise NotOffered, listing the available ones."""
    if kind not in format_by_kind:
        offered = ", ".join(f"{form.name} ({form.media_type})" for form in FORMATS_BY_KIND[kind])
        raise NotOffered(f"The answer to this query can be had as {offered}.", kind)
    return format_by_kind[kind]


def classify_results(results: Results) -> ResultKind:
    """Return the kind of the result of a query."""
    if isinstance(results, QueryTriples):
        return "graph"
    return "boolean" if isinstance(results, QueryBoolean) else "bindings"


def write_graph(
    triples: Iterable[Triple],
    result_format: ResultFormat,
    prefixes: Mapping[str, str],
    target: Any,
) -> None:
    """Write triples to ``target`` in a format of RDF, with the prefixes that they use."""
    assert isinstance(result_format.writer, RdfFormat)
    if result_format.writer in _FORMATS_WITHOUT_PREFIXES:
        serialize(triples, target, result_format.writer)
        return
    # Prefixes are declared before the first triple, so the triples are read before writing.
    rest = iter(triples)
    first: list[Triple] = list(islice(rest, _PREFIX_SCAN_TRIPLES))
    known = dict(prefixes)
    if len(first) < _PREFIX_SCAN_TRIPLES:
        known = QueryResult(
            "graph", serialize(first, format=RdfFormat.N_TRIPLES) or b"", known
        ).used_prefixes
    serialize(chain(first, rest), target, result_format.writer, prefixes=known)
