"""Routes of the full-text search: ``/search?q=``, its JSON and autocomplete."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from loader.errors import BuildError, UsageError
from query_ui.graph.entity_types import ENTITY_TYPE_LABELS, get_entity_type_label
from query_ui.graph.page_queries import current_graph
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.autocomplete import autocomplete_entities
from query_ui.graph.search_index.highlight import strip_highlights
from query_ui.graph.search_index.search_runner import SearchHit, SearchResults, SearchRunner
from query_ui.graph.urls import to_generic_page_path, to_page_path
from query_ui.http.negotiation import prefers_json
from query_ui.http.public_address import to_public_path
from query_ui.http.response import build_json_response
from query_ui.site.lists.list_items import parse_page_number

blueprint = Blueprint("search", __name__)

HITS_PER_TYPE, HITS_PER_PAGE = 5, 20
"""Hits shown of each entity type, and on a page of a single type."""


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The hits of one entity type; ``more`` is the address of all of them, or ""."""

    title: str
    hits: list[tuple[SearchHit, str, str]]
    more: str


@blueprint.get("/search")
def page() -> Response:
    """Return search results by entity type; with ``kind=`` all of that type, in pages."""
    return render_search(prefers_json())


@blueprint.get("/search.json")
def as_json() -> Response:
    """Return search results as JSON."""
    return render_search(True)


@blueprint.get("/search/suggestions")
def suggestions() -> Response:
    """Return at most eight entities whose labels begin with or contain the text."""
    found = autocomplete_entities(require_search_index(), parse_search_text())
    items = [
        {
            "iri": one.iri,
            "label": one.name,
            "also": one.label,
            "kind": get_entity_type_label(one.kind, one.iri),
            "url": to_public_path(to_entity_page_path(one.iri)),
        }
        for one in found
    ]
    return build_json_response({"total": len(items), "truncated": False, "items": items})


def render_search(as_data: bool) -> Response:
    """Return search results as HTML or JSON; raise UsageError for an unknown ``kind``."""
    text, kind = parse_search_text(), request.args.get("kind", "")
    if kind and kind not in ENTITY_TYPE_LABELS:
        raise UsageError(f"kind is “{kind}”, and may be {', '.join(ENTITY_TYPE_LABELS)}.")
    number = parse_page_number()
    size = HITS_PER_PAGE if kind else HITS_PER_TYPE
    found = SearchRunner(require_search_index()).search(text, kind, size, number if kind else 1)
    if as_data:
        return build_json_response(serialise_search_results(text, found))
    shown = render_template(
        "search.html",
        text=text,
        kind=ENTITY_TYPE_LABELS[kind][1] if kind else "",
        found=found,
        groups=[build_hit_group(text, name, hits, found, kind) for name, hits in found.groups()],
        earlier=build_search_url(text, kind, number - 1) if kind and number > 1 else "",
        later=build_search_url(text, kind, number + 1) if kind and kind in found.more else "",
        number=number,
    )
    return Response(shown, mimetype="text/html")


def parse_search_text() -> str:
    """Return the search text of the request, ``?q=``."""
    return request.args.get("q", "").strip()


def require_search_index() -> SearchIndex:
    """Return the search index; raise BuildError where the release has none."""
    index = current_graph().index
    if index is None:
        raise BuildError(
            "There is no search here: a remote endpoint has no index, and a release of an older "
            "version needs `concordat-kg build` once more. The lists and SPARQL work without."
        )
    return index


def build_hit_group(
    text: str, name: str, hits: list[SearchHit], results: SearchResults, kind: str
) -> HitGroup:
    """Return the hits of one entity type, each with type label and address."""
    shown = [
        (hit, get_entity_type_label(hit.kind, hit.iri), to_entity_page_path(hit.iri))
        for hit in hits
    ]
    more = build_search_url(text, name) if name in results.more and not kind else ""
    return HitGroup(ENTITY_TYPE_LABELS[name][1], shown, more)


def build_search_url(text: str, kind: str, page: int = 1) -> str:
    """Return the address of a page of hits of one entity type."""
    fields = {"q": text, "kind": kind} | ({"page": str(page)} if page > 1 else {})
    return f"/search?{urlencode(fields)}"


def to_entity_page_path(iri: str) -> str:
    """Return the path of the page of an entity."""
    return to_page_path(iri) or to_generic_page_path(iri)


def serialise_search_results(text: str, results: SearchResults) -> dict[str, object]:
    """Return the results for JSON; ``truncated`` if there are more than ``items``."""
    items = [
        {
            "iri": hit.iri,
            "label": hit.name,
            "kind": hit.kind,
            "url": to_public_path(to_entity_page_path(hit.iri)),
            "snippet": strip_highlights(hit.text),
        }
        for hit in results.hits
    ]
    return {
        "query": text,
        "words": list(results.words.parts),
        "how": results.how,
        "total": results.total,
        "truncated": len(items) < results.total,
        "items": items,
    }
