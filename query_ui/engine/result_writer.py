"""How the results of a query are written: by the engine's own serialisers, straight to a sink."""

from collections.abc import Mapping
from itertools import chain, islice
from typing import Any, Protocol, TypeAlias

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, RdfFormat, Triple, serialize

from loader.errors import NotOffered
from query_ui.engine.protocol import Answer, Question
from query_ui.engine.result_formats import FORMATS, Format, Kind

Results: TypeAlias = QuerySolutions | QueryBoolean | QueryTriples

_LOOKED_AT = 20_000
"""So many triples are looked at for the prefixes they use; a larger graph declares all of them."""
_PLAIN = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)


class Sink(Protocol):
    """Anything that bytes can be written to."""

    def write(self, data: bytes, /) -> int:
        """Take all of ``data``; gives how many bytes that were."""


class Writer(Protocol):
    """An engine that writes an answer while it finds it."""

    def write(self, question: Question, sink: Sink) -> tuple[Kind, Format]:
        """Write the whole answer in the format that the question wants for its kind."""


def write_results(
    results: Results, formats: Mapping[Kind, Format], prefixes: Mapping[str, str], sink: Sink
) -> tuple[Kind, Format]:
    """Write all of ``results`` to ``sink`` in the format for their kind; gives both.

    NotOffered, before anything is written, where ``formats`` has none for that kind.
    """
    try:
        kind = _kind(results)
        form = wanted(kind, formats)
        target: Any = sink
        if not isinstance(results, QueryTriples):
            results.serialize(target, format=form.writer)  # type: ignore[arg-type]
        elif form.writer in _PLAIN:
            serialize(results, target, form.writer)  # type: ignore[arg-type]
        else:
            _write_graph(results, form, prefixes, target)
        return kind, form
    finally:
        # A traceback would keep them, and pyoxigraph cannot drop them in another thread.
        del results


def wanted(kind: Kind, formats: Mapping[Kind, Format]) -> Format:
    """The format for answers of a kind; NotOffered, with those there are, where there is none."""
    if kind not in formats:
        offered = ", ".join(f"{form.name} ({form.media_type})" for form in FORMATS[kind])
        raise NotOffered(f"The answer to this query can be had as {offered}.", kind)
    return formats[kind]


def _kind(results: Results) -> Kind:
    if isinstance(results, QueryTriples):
        return "graph"
    return "boolean" if isinstance(results, QueryBoolean) else "bindings"


def _write_graph(
    triples: QueryTriples, form: Format, prefixes: Mapping[str, str], target: Any
) -> None:
    first: list[Triple] = list(islice(triples, _LOOKED_AT))
    known = dict(prefixes)
    if len(first) < _LOOKED_AT:
        known = Answer("graph", serialize(first, format=RdfFormat.N_TRIPLES) or b"", known).used
    assert isinstance(form.writer, RdfFormat)
    serialize(chain(first, triples), target, form.writer, prefixes=known)
