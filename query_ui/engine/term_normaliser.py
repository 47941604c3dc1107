"""The terms of an endpoint's answer, in the form in which the embedded store returns them.

Engines write equal values differently: `10`, `10.0` and `1.0E1`, `1` and `true`, `en-GB` and
`en-gb`. The embedded store keeps values, so a term that passes through it has the form that it
gives to that value. https://www.w3.org/TR/xmlschema11-2/#canonical-lexical-representation
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from loader.namespaces import RDF, XSD
from query_ui.engine.protocol import Term

_MAX_CACHED_TERMS = 20_000
_DECIMAL_DIGITS = 18
"""Digits after the point that the embedded store computes with; others have more of 1/3."""
_LONG_DECIMAL = re.compile(rf"([+-]?\d*\.\d{{{_DECIMAL_DIGITS}}})\d+")
_DURATION = re.compile(r"-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")
_DURATIONS = frozenset((XSD.duration, XSD.yearMonthDuration, XSD.dayTimeDuration))
_PLACE = NamedNode("urn:term")
_LITERAL_KEYS = frozenset(("type", "value", "xml:lang", "datatype"))


def normalise_term(term: Term) -> Term:
    """Return a term as the embedded store does; raise ValueError where its value is not known."""
    if isinstance(term, Literal):
        return term if _is_plain(term) or _has_lower_tag(term) else _normalise_literal(term)
    if isinstance(term, Triple):
        return normalise_triple(term)
    return term


def normalise_triple(triple: Triple) -> Triple:
    """Return a triple with its object in the form of the embedded store."""
    if isinstance(triple.object, Literal | Triple):
        return Triple(triple.subject, triple.predicate, normalise_term(triple.object))
    return triple


def parse_json_term(cell: Mapping[str, Any]) -> Term:
    """Return the term in a cell of JSON results, in the form of the embedded store.

    Raise ValueError where it is none, or has a key that would be lost.
    https://www.w3.org/TR/sparql11-results-json/#select-encode-terms
    """
    kind, value = cell.get("type"), cell.get("value")
    if kind == "triple" and isinstance(value, dict):
        parts = [parse_json_term(value[key]) for key in ("subject", "predicate", "object")]
        return Triple(*parts)  # type: ignore[arg-type]
    if not isinstance(value, str):
        raise ValueError("a value that is no text")
    if unknown := cell.keys() - _LITERAL_KEYS:
        raise ValueError(f'a value with the unknown key "{min(unknown)}"')
    return _parse_simple_term(kind, value, cell.get("datatype"), cell.get("xml:lang"))


@lru_cache(_MAX_CACHED_TERMS)
def _parse_simple_term(kind: Any, value: str, datatype: str | None, language: str | None) -> Term:
    if kind == "uri":
        return NamedNode(value)
    if kind == "bnode":
        # Labels mean something within one answer only; those of Virtuoso hold slashes.
        return BlankNode(re.sub(r"[^0-9A-Za-z]", "x", value))
    if kind not in ("literal", "typed-literal"):
        raise ValueError(f'a term of the unknown type "{kind}"')
    if language:
        return normalise_term(Literal(value, language=language))
    return normalise_term(
        Literal(value, datatype=NamedNode(datatype)) if datatype else Literal(value)
    )


def _is_plain(literal: Literal) -> bool:
    return literal.language is None and literal.datatype == XSD.string


def _has_lower_tag(literal: Literal) -> bool:
    """Return whether this is a text whose language needs no change, as of most titles."""
    language = literal.language
    return language is not None and language.islower() and literal.datatype == RDF.langString


@lru_cache(_MAX_CACHED_TERMS)
def _normalise_literal(literal: Literal) -> Literal:
    """Pass a literal through a store; raise ValueError where an engine has lost its value."""
    datatype = literal.datatype
    if datatype in _DURATIONS and not _DURATION.fullmatch(literal.value):
        raise ValueError(f'"{literal.value}" is no duration, so its value is not known')
    if datatype == XSD.decimal and (long := _LONG_DECIMAL.fullmatch(literal.value)):
        literal = Literal(long[1], datatype=datatype)
    store = Store()
    store.add(Quad(_PLACE, _PLACE, literal))
    (quad,) = store
    assert isinstance(quad.object, Literal)
    return quad.object


@lru_cache(_MAX_CACHED_TERMS)
def format_json_term(term: Term) -> str:
    """Return a term as a cell of JSON results."""
    return json.dumps(_build_cell(term), ensure_ascii=False)


def _build_cell(term: Term) -> dict[str, Any]:
    if isinstance(term, Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {k: _build_cell(v) for k, v in parts.items()}}
    if not isinstance(term, Literal):
        return {"type": "uri" if isinstance(term, NamedNode) else "bnode", "value": term.value}
    cell = {"type": "literal", "value": term.value}
    if term.language:
        return cell | {"xml:lang": term.language}
    return cell if _is_plain(term) else cell | {"datatype": term.datatype.value}
