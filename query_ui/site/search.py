"""Routes of the full-text search: ``/search?q=``, its JSON and autocomplete."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from loader.errors import BuildError, UsageError
from loader.release.search_index.index_tables import TAG_SEPARATOR
from loader.release.search_index.text_folding import fold_text
from query_ui.graph.ask.question_words import SEARCH_STOP_WORDS
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.entity_types import ENTITY_TYPE_LABELS, get_entity_type_label
from query_ui.graph.page_queries import GraphContext, current_graph, get_cell_text
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.autocomplete import autocomplete_entities
from query_ui.graph.search_index.highlight import (
    HighlightedText,
    split_highlights,
    strip_highlights,
)
from query_ui.graph.search_index.search_runner import (
    ISSUE,
    SearchHit,
    SearchResults,
    SearchRunner,
    count_searched,
)
from query_ui.graph.urls import to_generic_page_path, to_page_path
from query_ui.http.negotiation import prefers_json
from query_ui.http.public_address import to_public_path
from query_ui.http.response import build_json_response
from query_ui.site.lists.list_items import parse_page_number
from query_ui.site.query_candidates import answer_question
from query_ui.site.record_cards import Card, format_date, load_cards
from query_ui.site.search_extras import (
    build_topic_leads,
    find_by_identifier,
    find_help_sections,
    find_saved_queries,
)

blueprint = Blueprint("search", __name__)

MAX_TOPICS, MAX_ANSWERS = 3, 3
"""Concepts with exactly the name that is searched for, and saved queries that answer it."""
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
    """Return the entity with an identifier, and at most eight whose labels contain the text."""
    text = parse_search_text()
    found = autocomplete_entities(require_search_index(), text)
    match = find_by_identifier(current_graph(), text)
    items = [
        {
            "iri": match.link.iri,
            "label": match.link.text,
            "also": match.text,
            "kind": match.scheme,
            "url": to_public_path(match.link.href),
        }
        for match in ([match] if match else [])
    ] + [
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
    graph = current_graph()
    is_first = not kind and number == 1
    answer = answer_question(graph, text, MAX_ANSWERS) if is_first else None
    answers = answer.answers if answer else ()
    shown_queries = {one.name for one in answers}
    labels = EntityLabels(graph)
    labels.load(hit.iri for hit in found.hits if not hit.name)
    events = describe_events(graph, found.hits)
    shown = render_template(
        "search.html",
        text=text,
        build_name=labels.name,
        find_excerpt=find_excerpt,
        list_matching_tags=list_matching_tags,
        match=find_by_identifier(graph, text) if is_first and text else None,
        topics=list(build_topic_leads(graph, find_named_concepts(found))) if is_first else [],
        answers=answers,
        is_name=answer.is_name if answer else False,
        saved=find_saved_queries(graph, text, shown_queries) if is_first else [],
        help=find_help_sections(text) if is_first else [],
        cards=load_hit_cards(graph, found.hits),
        filters=build_kind_filters(text, kind, found),
        single=ENTITY_TYPE_LABELS[kind][0].lower() if kind else "",
        kind=ENTITY_TYPE_LABELS[kind][1] if kind else "",
        found=found,
        groups=[build_hit_group(text, kind, found, group, events) for group in found.groups()],
        earlier=build_search_url(text, kind, number - 1) if kind and number > 1 else "",
        later=build_search_url(text, kind, number + 1) if kind and kind in found.more else "",
        number=number,
    )
    return Response(shown, mimetype="text/html")


@dataclass(frozen=True, slots=True)
class KindFilter:
    """One entity type that a search can be narrowed to, with the number of its matches."""

    title: str
    count: int
    address: str
    is_current: bool


def build_kind_filters(text: str, kind: str, results: SearchResults) -> list[KindFilter]:
    """Return the filter for all types and one for each type with matches; none for one type.

    Data issues are a type apart: "All" leaves them out.
    """
    counts = {name: n for name in ENTITY_TYPE_LABELS if (n := results.count_by_kind.get(name, 0))}
    if len(counts) < 2 and ISSUE not in counts:
        return []
    total = count_searched(counts, "")
    everything = KindFilter("All", total, f"/search?{urlencode({'q': text})}", not kind)
    return [
        everything,
        *(
            KindFilter(ENTITY_TYPE_LABELS[k][1], n, build_search_url(text, k), k == kind)
            for k, n in counts.items()
        ),
    ]


def find_named_concepts(results: SearchResults) -> list[str]:
    """Return the concepts whose name or other label is exactly what was searched for."""
    wanted = fold_text(" ".join(results.words.parts))
    return [
        hit.iri
        for hit in results.hits
        if hit.kind == "concept"
        and wanted in (fold_text(hit.name), *split_labels(strip_highlights(hit.also)))
    ][:MAX_TOPICS]


def split_labels(text: str) -> list[str]:
    """Return the other labels of a hit, folded; the index separates them by middle dots."""
    return [fold_text(label.strip()) for label in re.split(r"\s*[·|\n]\s*", text)]


def load_hit_cards(graph: GraphContext, hits: Iterable[SearchHit]) -> dict[str, Card]:
    """Return the cards of practices, case studies and other initiatives among the hits, by IRI."""
    iris = [hit.iri for hit in hits if hit.kind in ("initiative", "case-study")]
    return {card.link.iri: card for card in load_cards(graph, EntityLabels(graph), iris)}


def find_excerpt(hit: SearchHit) -> HighlightedText:
    """Return the excerpt of a hit; () where its name says the same."""
    return () if strip_highlights(hit.text).strip(" .") in hit.name else hit.text


def list_matching_tags(hit: SearchHit, shown: str) -> list[HighlightedText]:
    """Return the tags with a word that was looked for, besides "of" and the like.

    Without those in ``shown``: an institution is a tag for the search, and named on a card.
    """
    return [
        tag
        for tag in split_highlights(hit.tags, TAG_SEPARATOR)
        if strip_highlights(tag) not in shown
        and any(is_match and word.lower() not in SEARCH_STOP_WORDS for word, is_match in tag)
    ]


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


def describe_events(graph: GraphContext, hits: Iterable[SearchHit]) -> dict[str, str]:
    """Return the register and date of each event of a register among the hits, by IRI.

    Several events of an institution have the same name.
    """
    iris = [hit.iri for hit in hits if hit.kind == "register-event"]
    found: dict[str, str] = {}
    for row in graph.select_rows("registers-of-events", record=iris):
        date = format_date(get_cell_text(row, "date"), is_long=True)
        told = " · ".join(filter(None, (get_cell_text(row, "register"), date)))
        found.setdefault(get_cell_text(row, "record"), told)
    return found


def build_hit_group(
    text: str,
    kind: str,
    results: SearchResults,
    group: tuple[str, list[SearchHit]],
    details: Mapping[str, str],
) -> HitGroup:
    """Return the hits of one entity type, each with type label and address.

    ``details`` has what follows the label of a type, by the IRIs of some hits.
    """
    name, hits = group
    shown = [
        (
            hit,
            " · ".join(
                filter(None, (get_entity_type_label(hit.kind, hit.iri), details.get(hit.iri)))
            ),
            to_entity_page_path(hit.iri),
        )
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
        "counts": dict(results.count_by_kind),
        "total": results.total,
        "truncated": len(items) < results.total,
        "items": items,
    }
