"""Search by words: ``/search?q=``, its JSON, and what the search box suggests meanwhile."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from loader.errors import BuildError, UsageError
from query_ui.graph.entity_types import KINDS, kind_word
from query_ui.graph.page_queries import site
from query_ui.graph.search_index import Index
from query_ui.graph.search_index.autocomplete import suggest
from query_ui.graph.search_index.highlight import plain
from query_ui.graph.search_index.search_runner import Finder, Found, Hit
from query_ui.graph.urls import any_path, path_of
from query_ui.http.response_format import json_answer, wants_json
from query_ui.site.lists.list_items import page_number

blueprint = Blueprint("search", __name__)

EACH, PAGE = 5, 20
"""So many of each kind, or so many on a page of one kind."""


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind; ``more`` is the address of all of them, or ""."""

    title: str
    hits: list[tuple[Hit, str, str]]
    more: str


@blueprint.get("/search")
def page() -> Response:
    """What was found, by kind; with ``kind=`` all of that kind, in pages."""
    return searched(wants_json())


@blueprint.get("/search.json")
def as_json() -> Response:
    """The same as JSON."""
    return searched(True)


@blueprint.get("/search/suggestions")
def suggestions() -> Response:
    """At most eight things whose labels begin with what was typed, or hold it."""
    found = suggest(indexed(), asked())
    items = [
        {
            "iri": one.iri,
            "label": one.name,
            "also": one.label,
            "kind": kind_word(one.kind, one.iri),
            "url": address_of(one.iri),
        }
        for one in found
    ]
    return json_answer({"total": len(items), "truncated": False, "items": items})


def searched(data: bool) -> Response:
    """The answer to a search."""
    text, kind = asked(), request.args.get("kind", "")
    if kind and kind not in KINDS:
        raise UsageError(f"kind is “{kind}”, and may be {', '.join(KINDS)}.")
    number = page_number()
    size = PAGE if kind else EACH
    found = Finder(indexed()).search(text, kind, size, number if kind else 1)
    if data:
        return json_answer(as_object(text, found))
    shown = render_template(
        "search.html",
        text=text,
        kind=KINDS[kind][1] if kind else "",
        found=found,
        groups=[group(text, name, hits, found, kind) for name, hits in found.groups()],
        earlier=address(text, kind, number - 1) if kind and number > 1 else "",
        later=address(text, kind, number + 1) if kind and kind in found.more else "",
        number=number,
    )
    return Response(shown, mimetype="text/html")


def asked() -> str:
    """The words of the request."""
    return request.args.get("q", "").strip()


def indexed() -> Index:
    """The index; BuildError where the release has none, since there is nothing to search in."""
    index = site().index
    if index is None:
        raise BuildError(
            "There is no search here: a remote endpoint has no index, and a release of an older "
            "version needs `concordat-kg build` once more. The lists and SPARQL work without."
        )
    return index


def group(text: str, name: str, hits: list[Hit], found: Found, kind: str) -> Group:
    """The hits of one kind, each with its word and its address."""
    shown = [(hit, kind_word(hit.kind, hit.iri), address_of(hit.iri)) for hit in hits]
    more = address(text, name) if name in found.more and not kind else ""
    return Group(KINDS[name][1], shown, more)


def address(text: str, kind: str, number: int = 1) -> str:
    """The address of a page of hits of one kind."""
    fields = {"q": text, "kind": kind} | ({"page": str(number)} if number > 1 else {})
    return f"/search?{urlencode(fields)}"


def address_of(iri: str) -> str:
    """The page of a thing."""
    return path_of(iri) or any_path(iri)


def as_object(text: str, found: Found) -> dict[str, object]:
    """What was found, for JSON; ``truncated`` where there are more than these."""
    items = [
        {
            "iri": hit.iri,
            "label": hit.name,
            "kind": hit.kind,
            "url": address_of(hit.iri),
            "snippet": plain(hit.text),
        }
        for hit in found.hits
    ]
    return {
        "query": text,
        "words": list(found.words.parts),
        "how": found.how,
        "total": found.total,
        "truncated": len(items) < found.total,
        "items": items,
    }
