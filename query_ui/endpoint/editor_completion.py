"""Data for autocomplete in the query editor: terms, prefixes and saved queries, as JSON."""

import json
import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, current_app, request
from pyoxigraph import NamedNode

from loader.queries.rewrite import strip_annotations
from query_ui.graph.entity_labels import EntityLabels, choose_best_label, humanise_iri
from query_ui.graph.page_queries import (
    GraphContext,
    PageRow,
    current_graph,
    get_cell_text,
)

blueprint = Blueprint("completion", __name__)

COMPLETION_EXTENSION = "concordat-kg-completion"
MAX_TERM_ROWS = 20_000
"""The LIMIT of the page query ``completions``."""
MAX_EXAMPLE_CHARACTERS = 80
PLAIN_LOCAL_NAME = re.compile(r"\w(?:[\w.-]*[\w-])?")
"""Local names that need no escapes; a subset of https://www.w3.org/TR/sparql11-query/#rPN_LOCAL"""


@blueprint.get("/sparql/terms.json", endpoint="known")
def serve_editor_data() -> Response:
    """List the terms, prefixes and saved queries for autocomplete; cached for each release."""
    shared = current_graph()
    release = shared.engine.release
    kept: dict[str, str] = current_app.extensions.setdefault(COMPLETION_EXTENSION, {})
    body = kept.get(release) if release else None
    if body is None:
        body = json.dumps(collect_editor_data(shared), ensure_ascii=False)
        kept.clear()
        kept[release] = body
    response = Response(body, mimetype="application/json")
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def collect_editor_data(graph: GraphContext) -> dict[str, Any]:
    """Collect the terms, prefixes and saved queries, with ``total`` and ``truncated`` of terms."""
    rows = graph.select_rows("completions")
    names = EntityLabels(graph)
    by_term = groupby(
        rows, key=lambda row: (get_cell_text(row, "kind"), get_cell_text(row, "term"))
    )
    terms = [build_editor_term(names, kind, iri, group) for (kind, iri), group in by_term]
    usage = collect_term_usage(graph, names)
    for term in terms:
        term |= usage.get((term["kind"], term["iri"]), {})
    return {
        "total": len(terms),
        "truncated": len(rows) >= MAX_TERM_ROWS,
        "terms": terms,
        "prefixes": dict(graph.engine.prefixes),
        "queries": [
            {
                "name": query.name,
                "title": query.title,
                "tag": query.tags[0] if query.tags else "other",
                "text": strip_annotations(query.text),
            }
            for query in sorted(graph.saved_queries.values(), key=lambda query: query.title.lower())
        ],
    }


def collect_term_usage(
    graph: GraphContext, labels: EntityLabels
) -> dict[tuple[str, str], dict[str, int | str]]:
    """Collect ``count`` and ``example`` of each class and property, by its kind and IRI.

    The count of a class is the number of its entities, that of a property of its statements. The
    example is an entity of the class or a value of the property, at most 80 characters.
    """
    usage: dict[tuple[str, str], dict[str, int | str]] = {}
    for row in graph.select_rows("schema-counts"):
        example = get_cell_text(row, "example")
        if isinstance(row.get("example"), NamedNode):
            example = format_iri_for_query(labels, example)
        elif len(example) > MAX_EXAMPLE_CHARACTERS:
            example = f"{example[: MAX_EXAMPLE_CHARACTERS - 1]}…"
        usage[get_cell_text(row, "kind"), get_cell_text(row, "term")] = {
            "count": int(get_cell_text(row, "count")),
            "example": example,
        }
    return usage


def build_editor_term(
    labels: EntityLabels, term_kind: str, iri: str, rows: Iterable[PageRow]
) -> dict[str, Any]:
    """Build the entry of one term: its form in a query, its label, and its other names.

    ``rows`` are the rows of this term, with ``name`` and ``naming`` (the IRI of the property).
    """
    named = [row for row in rows if row.get("name") is not None]
    main = [row for row in named if get_cell_text(row, "naming").endswith(("#prefLabel", "#label"))]
    label = choose_best_label(main) if main else humanise_iri(iri)
    also = sorted({get_cell_text(row, "name") for row in named} - {label})
    return {
        "iri": iri,
        "short": format_iri_for_query(labels, iri),
        "kind": term_kind,
        "label": label,
        "also": also,
    }


def format_iri_for_query(labels: EntityLabels, iri: str) -> str:
    """Return an IRI as a query can write it: a prefixed name where possible, else ``<IRI>``."""
    short = labels.short(iri)
    prefix, colon, local = short.partition(":")
    plain = short != iri and colon and PLAIN_LOCAL_NAME.fullmatch(local)
    return f"{prefix}:{local}" if plain else f"<{iri}>"
