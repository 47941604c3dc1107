"""Queries as templates for the browser: their text in pieces, with the places of values."""

import re
from typing import Any

from pyoxigraph import NamedNode

from loader.queries.parameters import Parameter
from loader.queries.prologue import Prologue
from loader.queries.rewrite import (
    Edit,
    apply_edits,
    as_subquery,
    insert_into_where,
    remove_annotations,
    trim,
    with_projection,
)
from loader.queries.saved_query import SavedQuery
from loader.settings import BASE
from query_ui.graph.facet_filter import ENTITY_VARIABLE, NAME_QUERY
from query_ui.graph.facets import FACET_BY_NAME
from query_ui.graph.named_queries import CLASS_PARAMETER
from query_ui.graph.page_queries import GraphContext

_PLACE = re.compile("\0(\\d*)\0")
_FILTERS = "\0\0"
_NO_PROLOGUE = Prologue("", {}, {})
"""With none all names of a facet are written in full, so they fit into every query."""


def build_query_template(query: SavedQuery) -> dict[str, Any]:
    """Return a saved query as ``{pieces, parameters, prefixes}``.

    A piece is a text, or the number of the parameter whose values go there.
    """
    edits = [*remove_annotations(query.syntax), *_mark_parameters(query)]
    return {
        "pieces": split_pieces(trim(apply_edits(query.text, edits))),
        "parameters": [describe_parameter(query, one) for one in query.parameters],
        "prefixes": dict(query.prefixes),
    }


def build_page_query_templates(graph: GraphContext) -> dict[str, Any]:
    """Return all page queries as templates, with the facets that narrow those about classes.

    Where the patterns of the facets go, a piece is null.
    """
    facets = [
        {"name": facet.name, "namespace": facet.namespace}
        | _build_facet_template(graph.facet_queries[facet.query_name])
        for facet in FACET_BY_NAME.values()
    ]
    return {
        "base": BASE,
        "prefixes": dict(graph.engine.prefixes),
        "facets": facets,
        "names": _build_facet_template(graph.facet_queries[NAME_QUERY]),
        "queries": {
            name: _build_page_query_template(query) for name, query in graph.page_queries.items()
        },
    }


def _build_facet_template(query: SavedQuery) -> dict[str, Any]:
    edits = [*_mark_parameters(query), *with_projection(query.syntax, [ENTITY_VARIABLE])]
    return {
        "pieces": split_pieces(as_subquery(query.syntax, _NO_PROLOGUE, edits)),
        "parameters": [describe_parameter(query, one) for one in query.parameters],
    }


def _build_page_query_template(query: SavedQuery) -> dict[str, Any]:
    edits = [*remove_annotations(query.syntax), *_mark_parameters(query)]
    if any(parameter.name == CLASS_PARAMETER for parameter in query.parameters):
        edits += insert_into_where(query.syntax, _FILTERS, ENTITY_VARIABLE)
    return {
        "pieces": split_pieces(trim(apply_edits(query.text, edits))),
        "parameters": [describe_parameter(query, one) for one in query.parameters],
    }


def _mark_parameters(query: SavedQuery) -> list[Edit]:
    return [
        Edit(parameter.start, parameter.end, f"\0{number}\0")
        for number, parameter in enumerate(query.parameters)
    ]


def split_pieces(text: str) -> list[str | int | None]:
    """Return a text with marked places as pieces: texts, numbers, and None for the filters."""
    found = _PLACE.split(text)
    places = [int(number) if number else None for number in found[1::2]]
    pieces: list[str | int | None] = [found[0]]
    for place, rest in zip(places, found[2::2], strict=True):
        pieces += [place, rest]
    return pieces


def describe_parameter(query: SavedQuery, parameter: Parameter) -> dict[str, Any]:
    """Return the name, type, namespace and default of a parameter as the browser needs them."""
    first = parameter.defaults[0]
    described: dict[str, Any] = {
        "name": parameter.name,
        "written": query.text[parameter.start : parameter.end],
        "required": parameter.required,
    }
    if isinstance(first, NamedNode):
        end = max(first.value.rfind("/"), first.value.rfind("#")) + 1
        return described | {"type": "iri", "namespace": first.value[:end]}
    return described | {"type": parameter.datatype, "language": first.language or ""}
