"""What the editor completes with: terms and their names, prefixes and saved queries, as JSON."""

import json
import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, current_app, request

from query_ui.graph.entity_labels import Names, best_name, readable
from query_ui.graph.page_queries import Row, Site, bare, site, string

blueprint = Blueprint("completion", __name__)

KEPT = "concordat-kg-completion"
MOST = 20_000
"""The LIMIT of the page query."""
LOCAL = re.compile(r"\w(?:[\w.-]*[\w-])?")


@blueprint.get("/sparql/terms.json")
def known() -> Response:
    """The terms with ``total`` and ``truncated``; made once a release."""
    shared = site()
    release = shared.engine.release
    kept: dict[str, str] = current_app.extensions.setdefault(KEPT, {})
    body = kept.get(release) if release else None
    if body is None:
        body = json.dumps(knowledge(shared), ensure_ascii=False)
        kept.clear()
        kept[release] = body
    response = Response(body, mimetype="application/json")
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def knowledge(shared: Site) -> dict[str, Any]:
    """All that the editor wants to know at once."""
    rows = shared.rows("completions")
    names = Names(shared)
    by_term = groupby(rows, key=lambda row: (string(row, "kind"), string(row, "term")))
    terms = [term_of(names, kind, iri, group) for (kind, iri), group in by_term]
    return {
        "total": len(terms),
        "truncated": len(rows) >= MOST,
        "terms": terms,
        "prefixes": dict(shared.engine.prefixes),
        "queries": [
            {
                "name": query.name,
                "title": query.title,
                "tag": query.tags[0] if query.tags else "other",
                "text": bare(query.text),
            }
            for query in sorted(shared.saved.values(), key=lambda query: query.title.lower())
        ],
    }


def term_of(names: Names, kind: str, iri: str, rows: Iterable[Row]) -> dict[str, Any]:
    """One term: how a query writes it, its label, and what else it is called."""
    named = [row for row in rows if row.get("name") is not None]
    main = [row for row in named if string(row, "naming").endswith(("#prefLabel", "#label"))]
    label = best_name(main) if main else readable(iri)
    also = sorted({string(row, "name") for row in named} - {label})
    return {"iri": iri, "short": in_query(names, iri), "kind": kind, "label": label, "also": also}


def in_query(names: Names, iri: str) -> str:
    """An IRI as a query can write it: with a prefix where what is left is a plain name."""
    short = names.short(iri)
    prefix, colon, local = short.partition(":")
    plain = short != iri and colon and LOCAL.fullmatch(local)
    return f"{prefix}:{local}" if plain else f"<{iri}>"
