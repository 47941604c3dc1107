"""Pages of concept schemes and concepts: hierarchy, A–Z index and entities tagged with each.

https://www.w3.org/TR/skos-reference/#schemes
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, islice
from urllib.parse import urlencode

from flask import Response, request

from loader.settings import BASE
from query_ui.graph.entity_labels import RDF_TYPE, EntityLabels
from query_ui.graph.entity_types import get_entity_type_label
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.facets import find_facet
from query_ui.graph.page_queries import GraphContext, PageRow, get_cell_text
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.co_occurrence import CoOccurrence, CoOccurrenceCalculator
from query_ui.graph.search_index.entity_filter import filter_entities
from query_ui.graph.urls import (
    Link,
    LinkedCount,
    LinkedMeasure,
    to_generic_page_path,
    to_page_path,
)
from query_ui.http.negotiation import negotiate_page_or_format
from query_ui.http.request_input import parse_whole_number
from query_ui.http.response import serialise_result
from query_ui.site.az_index import AzEntry, get_index_letter, group_by_letter
from query_ui.site.concept_addresses import (
    build_file_start,
    build_query_start,
    expand_concept_key,
    shorten_concept_iri,
)
from query_ui.site.concept_counts import (
    CASE_STUDY_LIST,
    ConceptCounts,
    count_tagged_entities,
    find_tagging_facet,
    narrow_to_concept,
)
from query_ui.site.entity_page import render_entity
from query_ui.site.entity_sections import build_sections
from query_ui.site.framework_view import fetch_crosswalk, load_framework
from query_ui.site.hierarchy import (
    ConceptNode,
    build_concept_tree,
    fetch_scheme_outline,
    iterate_broader_paths,
    select_shown_language,
)
from query_ui.site.linked_rows import select_linked_rows
from query_ui.site.lists.list_definitions import ListDefinition
from query_ui.site.lists.list_items import collect_column_iris, parse_page_number
from query_ui.site.lists.list_page import fetch_list_entities
from query_ui.site.lists.list_request import ListRequest
from query_ui.site.practice_counts import PRACTICE_FILTER, link_count
from query_ui.site.related_entities import WORK_CLASSES
from query_ui.site.scheme_table import TABLE_SUFFIXES, build_scheme_table
from query_ui.site.topic_contents import load_topic_contents

MAX_FULL_TREE_SIZE = 300
"""Concepts up to which a scheme is shown at once; a larger one opens level by level."""
CKG, SKOS = f"{BASE}ontology#", "http://www.w3.org/2004/02/skos/core#"
TAGGING_PROPERTIES = frozenset(
    {f"{CKG}{end}" for end in ("beneficiary", "stakeholder", "principle", "obligation")}
    | {f"{CKG}frameworkElement", f"{CKG}practiceKind", "http://purl.org/dc/terms/subject"}
)
"""Properties that tag entities; the sections of a concept page show them instead."""
HIERARCHY_PROPERTIES = frozenset(
    f"{SKOS}{end}"
    for end in ("broader", "narrower", "inScheme", "topConceptOf", "hasTopConcept", "related")
)
"""Properties between concepts and schemes, which the hierarchy shows."""
BROADER, NARROWER = f"{SKOS}broader", f"{SKOS}narrower"
MAX_SIDE_CONCEPTS = 40
"""Concepts under each concept in the tree beside a concept."""
NARROWER_PER_PAGE = 100
"""Narrower concepts on one page."""
LABELS_PER_PAGE = 200
"""Labels of one letter on one page."""
MAX_EXAMPLE_STUDIES = 5
"""Case studies listed beside each obligation."""
MAX_PATHS = 20
"""Broader paths shown; the page says where there are more."""


def render_scheme(graph: GraphContext, iri: str, suffix: str) -> Response:
    """Return a concept scheme of this project or of others, as a page, a graph or a table."""
    if suffix in TABLE_SUFFIXES:
        return build_scheme_table(graph, iri, suffix)
    form = negotiate_page_or_format("graph", suffix)
    if form:
        answer = graph.query_page("scheme-graph", scheme=iri)
        # A scheme without statements is unknown or gone, which the entity page explains.
        if not answer.rows:
            return render_entity(graph, iri, suffix, "scheme.html")
        return serialise_result(answer, form)
    total = graph.count("count-in-scheme", scheme=iri)
    large = total.value > MAX_FULL_TREE_SIZE
    opened = request.args.getlist("open")
    outline = fetch_scheme_outline(graph, iri)
    return render_entity(
        graph,
        iri,
        suffix,
        "scheme.html",
        excluded_properties=HIERARCHY_PROPERTIES,
        tree=build_concept_tree(
            outline,
            graph,
            {expand_concept_key(iri, key) for key in opened} if large else None,
        ),
        total=total,
        opened=opened,
        concept_key=shorten_concept_iri,
        here=build_query_start(iri),
        files=build_file_start(iri),
        index=build_az_index(graph, iri, large),
        tops=len(outline.top_concepts) if large else 0,
        coverage_href=build_scheme_coverage_href(graph, iri.removeprefix(f"{BASE}scheme/")),
        framework=load_framework(graph, iri),
    )


@dataclass(frozen=True, slots=True)
class AzIndex:
    """The A–Z index; for a large scheme all letters, but entries of the requested one only.

    ``earlier`` and ``later`` are the neighbouring parts of a long letter, 0 for none.
    """

    entries: Mapping[str, Sequence[AzEntry]]
    letters: Sequence[str] = ()
    letter: str = ""
    earlier: int = 0
    later: int = 0


def build_az_index(graph: GraphContext, iri: str, is_large: bool) -> AzIndex:
    """Return the A–Z index of a scheme; a large one is limited to ``?letter=`` and ``?part=``."""
    rows = select_shown_language(graph, iri, graph.select_rows("scheme-labels", scheme=iri))
    if not is_large:
        return AzIndex(group_by_letter(rows, graph))
    letters = sorted({get_index_letter(get_cell_text(row, "label")) for row in rows})
    letter = request.args.get("letter", "")
    part = parse_whole_number("part", request.args.get("part", "1"))
    some = [row for row in rows if get_index_letter(get_cell_text(row, "label")) == letter]
    start, end = (part - 1) * LABELS_PER_PAGE, part * LABELS_PER_PAGE
    entries = group_by_letter(some[start:end], graph)
    later = part + 1 if end < len(some) else 0
    return AzIndex(entries, letters, letter, part - 1 if some else 0, later)


def render_concept(graph: GraphContext, iri: str, scheme_iri: str, suffix: str) -> Response:
    """Return a concept of this project or of others, as a page or as a graph."""
    if negotiate_page_or_format("graph", suffix):
        return render_entity(graph, iri, suffix, "concept.html")
    index = graph.index
    facet = find_tagging_facet(graph, iri)
    sections = list(build_sections(graph, facet, iri, parse_page_number()))
    narrower = parse_whole_number("narrower", request.args.get("narrower", "1"))
    response = render_entity(
        graph,
        iri,
        suffix,
        "concept.html",
        excluded_properties=HIERARCHY_PROPERTIES | (TAGGING_PROPERTIES if index else frozenset()),
        place=fetch_concept_paths(graph, iri),
        narrower=fetch_narrower_page(graph, iri, narrower),
        sections=sections,
        together=list_co_occurring_concepts(graph, index, iri) if index else [],
        topic=load_topic_contents(graph, iri, to_page_path(iri) or to_generic_page_path(iri)),
        tree=build_side_tree(graph, scheme_iri, iri),
        scheme=build_scheme_link(graph, scheme_iri),
        here=build_query_start(iri),
        files=build_file_start(iri),
        scheme_file=f"{build_file_start(scheme_iri)}ttl",
        kind=name_concept_kind(graph, iri),
        coverage_href=build_coverage_href(graph, iri),
        crosswalk=fetch_crosswalk(graph, iri),
    )
    # Only the first section has pages (``?page=``), so the Link header is about that one.
    response.headers.extend(sections[0].listing.headers)
    return response


@dataclass(frozen=True, slots=True)
class NarrowerConcept:
    """A narrower concept with its counts; an obligation also has example case studies."""

    notation: str
    link: Link
    counts: ConceptCounts
    studies: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class CoOccurringConcept:
    """A concept that co-occurs with another: the number of entities with both, and the lift."""

    link: Link
    scheme: str
    shared_count: LinkedCount
    lift: LinkedMeasure


@dataclass(frozen=True, slots=True)
class ConceptPaths:
    """The paths from top concepts down to a concept, and whether there are more."""

    ways: Sequence[Sequence[Link]]
    more: bool


def fetch_broader_steps(graph: GraphContext, iri: str) -> list[PageRow]:
    """Return each step up from a concept and from the concepts above it."""
    return select_linked_rows(
        graph, "broader-steps", iri, incoming=[NARROWER], outgoing=[BROADER], parameter="start"
    )


def fetch_concept_paths(graph: GraphContext, iri: str) -> ConceptPaths:
    """Return the first paths from top concepts to a concept."""
    ways = list(
        # One path more than is shown tells whether there are more; all could be very many.
        islice(iterate_broader_paths(fetch_broader_steps(graph, iri), iri), MAX_PATHS + 1)
    )
    names = EntityLabels(graph)
    names.load({step for way in ways for step in way})
    shown = [[names.build_page_link(step) for step in way] for way in ways[:MAX_PATHS]]
    return ConceptPaths(shown, len(ways) > MAX_PATHS)


@dataclass(frozen=True, slots=True)
class NarrowerPage:
    """One page of narrower concepts by responsible group ("" where none is stated)."""

    groups: Sequence[tuple[str, Sequence[NarrowerConcept]]]
    earlier: int
    later: int


def fetch_narrower_page(graph: GraphContext, iri: str, page: int) -> NarrowerPage:
    """Return one page of the narrower concepts of a concept, each with its counts."""
    every = select_linked_rows(
        graph, "narrower", iri, incoming=[BROADER], outgoing=[NARROWER], parameter="above"
    )
    rows = every[(page - 1) * NARROWER_PER_PAGE : page * NARROWER_PER_PAGE]
    later = page + 1 if page * NARROWER_PER_PAGE < len(every) else 0
    return NarrowerPage(group_narrower_concepts(graph, rows), page - 1, later)


def group_narrower_concepts(
    graph: GraphContext, rows: Sequence[PageRow]
) -> list[tuple[str, list[NarrowerConcept]]]:
    """Return concepts by responsible group, each with its counts."""
    names = EntityLabels(graph)
    below = collect_column_iris(rows, "concept")
    counts = count_tagged_entities(graph, below)
    studies = (
        {one: fetch_example_studies(graph, one) for one in below}
        if any(r["group"] for r in rows)
        else {}
    )
    names.load([*below, *(study for some in studies.values() for study in some)])

    def build_narrower(row: PageRow) -> NarrowerConcept:
        concept = get_cell_text(row, "concept")
        links = tuple(names.build_page_link(study) for study in studies.get(concept, ()))
        return NarrowerConcept(
            get_cell_text(row, "notation"), names.build_page_link(concept), counts[concept], links
        )

    return [
        (group, [build_narrower(row) for row in members])
        for group, members in groupby(rows, key=lambda row: get_cell_text(row, "group"))
    ]


def build_side_tree(graph: GraphContext, scheme_iri: str, iri: str) -> list[ConceptNode]:
    """Return the tree of a scheme, open only along the paths to a concept and below it."""
    outline = fetch_scheme_outline(graph, scheme_iri)
    steps = fetch_broader_steps(graph, iri)
    opened = {iri, *collect_column_iris(steps, "broader")}
    return build_concept_tree(outline, graph, opened, MAX_SIDE_CONCEPTS)


def name_concept_kind(graph: GraphContext, iri: str) -> str:
    """Return what a concept is in a word, such as Keyword, Obligation or Framework element."""
    labels = EntityLabels(graph)
    classes = [
        get_cell_text(row, "value")
        for row in graph.select_rows("statements", thing=iri)
        if get_cell_text(row, "property") == RDF_TYPE
    ]
    own = [name for name in classes if name.startswith(f"{BASE}ontology#")]
    if not own:
        return get_entity_type_label("concept", iri)
    labels.load(own)
    return labels.name(own[0]).capitalize()


def build_scheme_link(graph: GraphContext, scheme_iri: str) -> Link:
    """Return the link to the page of a scheme."""
    labels = EntityLabels(graph)
    labels.load([scheme_iri])
    return labels.build_page_link(scheme_iri)


def build_scheme_coverage_href(graph: GraphContext, scheme: str) -> str:
    """Return the address of the coverage of practices by the concepts of a scheme, or ""."""
    names = {"keywords": "keyword", "principles": "obligation"}
    names |= {"beneficiaries": "beneficiary", "stakeholders": "stakeholder"}
    if graph.index is None or scheme not in names:
        return ""
    return f"/coverage?of=practice&rows={names[scheme]}&columns=consortium"


def build_coverage_href(graph: GraphContext, iri: str) -> str:
    """Return the address of the coverage of practices by a concept and those below it, or ""."""
    facet = find_tagging_facet(graph, iri)
    if graph.index is None or facet.name not in ("keyword", "beneficiary", "stakeholder"):
        return ""
    fields = {"of": "practice", "rows": facet.name, "columns": "consortium"}
    return f"/coverage?{urlencode({**fields, 'below': facet.key(iri)})}"


def fetch_example_studies(graph: GraphContext, concept_iri: str) -> list[str]:
    """Return the IRIs of the first case studies tagged with a concept."""
    _, entities = fetch_list_entities(
        graph,
        graph.index,
        build_concept_list_request(CASE_STUDY_LIST, concept_iri),
        1,
        MAX_EXAMPLE_STUDIES,
    )
    return list(entities[:MAX_EXAMPLE_STUDIES])


def build_concept_list_request(list_definition: ListDefinition, concept_iri: str) -> ListRequest:
    """Return the request for a list narrowed to a concept."""
    return ListRequest(
        list_definition,
        list_definition.full_selection.add_value(find_facet(concept_iri).name, concept_iri),
    )


def list_co_occurring_concepts(
    graph: GraphContext, search_index: SearchIndex, iri: str
) -> list[CoOccurringConcept]:
    """Return the concepts that co-occur with one, each with the works that have both, and lift."""
    pairs = search_index.get_or_compute(CoOccurrenceCalculator).find_co_occurring(iri)
    names = EntityLabels(graph)
    names.load([pair.concept for pair in pairs])
    practices = filter_entities(search_index, narrow_to_concept(graph, PRACTICE_FILTER, iri))
    column = search_index.facet("concept")
    counts = column.count_values(practices)

    def count_works(pair: CoOccurrence) -> LinkedCount:
        """Count the practices with both; where the concept has none, works of all types."""
        one, other = find_facet(iri).name, find_facet(pair.concept).name
        if practices.any():
            both = PRACTICE_FILTER.add_value(one, iri).add_value(other, pair.concept)
            number = int(counts[column.position_by_value[pair.concept]])
            return link_count(graph, number, both.matching(one, True))
        works = FacetFilter("", WORK_CLASSES).add_value(one, iri).add_value(other, pair.concept)
        query = graph.narrowed_query_path("count-of-class", works.matching(one, True))
        return LinkedCount(pair.entities, query)

    found = [
        CoOccurringConcept(
            names.build_page_link(pair.concept),
            get_entity_type_label("concept", pair.concept),
            count_works(pair),
            LinkedMeasure(
                (Decimal(pair.lift_tenths) / 10).normalize(),
                graph.named_query_path("lift", one=iri, other=pair.concept),
            ),
        )
        for pair in pairs
    ]
    return [one for one in found if one.shared_count.value]
