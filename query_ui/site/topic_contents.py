"""What the page of a concept shows of the records that have it: counts, cards and charts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.facets import FACET_BY_NAME, Facet
from query_ui.graph.page_queries import PAGE_SIZE, GraphContext, get_cell_text
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.entity_filter import filter_entities
from query_ui.graph.search_index.index_reader import Mask
from query_ui.graph.urls import Link, LinkedCount
from query_ui.site.concept_counts import CASE_STUDY_LIST, INITIATIVE_LIST, find_tagging_facet
from query_ui.site.lists.list_definitions import ListDefinition
from query_ui.site.lists.list_page import fetch_list_entities, list_entity_iris
from query_ui.site.lists.list_request import ListRequest
from query_ui.site.obligation_mentions import list_mentioning_obligations
from query_ui.site.practice_counts import (
    PRACTICE_FILTER,
    PRACTICE_LIST,
    count_entities,
    link_count,
    rank_entities,
    with_evidence,
)
from query_ui.site.record_cards import CKG, Card, format_date, load_cards

MAX_CARDS = 8
"""Cards on the page of a concept; their list has all."""
MAX_ACTIONS = 200
"""Planned actions on the page of a concept, which has the only list of them."""
MAX_YEARS = 12
"""Years in the chart, the latest ones."""
ACTION_LIST = ListDefinition("", "action", (f"{CKG}Action",), "Actions", "", "planned actions")
SINGULAR = {
    "practices": "practice",
    "case studies": "case study",
    "planned actions": "planned action",
    "obligations": "obligation",
}
"""The words beside a count of one."""
CountWithWords = tuple[LinkedCount, str]


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """An action of a plan, with the institution of the plan and the date on which it is due."""

    link: Link
    plan: Link | None
    institution: Link | None
    due: str


@dataclass(frozen=True, slots=True)
class MentioningObligation:
    """An obligation that mentions the concept, with its code and the group that it asks."""

    link: Link
    code: str
    group: str


@dataclass(frozen=True, slots=True)
class YearChart:
    """Records by the year in which they began; ``undated`` is the number without a year."""

    title: str
    bars: Sequence[tuple[Link, LinkedCount]]
    is_cut: bool
    undated: int


@dataclass(frozen=True, slots=True)
class TopicContents:
    """The records of one concept: ``stats`` for the head of its page, then its sections.

    ``others`` are the initiatives that are no practices.
    """

    stats: Sequence[CountWithWords]
    practices: LinkedCount
    cards: Sequence[Card]
    initiatives: LinkedCount
    others: Sequence[Link]
    years: YearChart | None
    obligations: Sequence[MentioningObligation]
    actions: Sequence[PlannedAction]


def load_topic_contents(graph: GraphContext, iri: str, page_path: str) -> TopicContents:
    """Return the records of a concept; ``page_path`` is the address of its page."""
    facet = find_tagging_facet(graph, iri)
    practices = PRACTICE_FILTER.add_value(facet.name, iri)
    total = count_entities(graph, practices)
    labels = EntityLabels(graph)
    obligations = list_obligations(graph, labels, iri) if facet.name == "keyword" else []
    studies = CASE_STUDY_LIST.full_selection.add_value(facet.name, iri)
    planned, actions = list_actions(graph, labels, facet, iri)
    stats = [
        (total, "practices"),
        (count_entities(graph, with_evidence(practices)), "with evidence"),
        (count_entities(graph, studies, CASE_STUDY_LIST), "case studies"),
        (replace(planned, list_href=f"{page_path}#actions"), "planned actions"),
    ]
    if facet.name == "keyword":
        query = graph.named_query_path("count-obligations-mentioning", concept=iri)
        mentions = LinkedCount(len(obligations), query, f"{page_path}#obligations")
        stats.append((mentions, "obligations"))
    iris = list_practices_by_evidence(graph, practices)
    initiatives = INITIATIVE_LIST.full_selection.add_value(facet.name, iri)
    return TopicContents(
        [
            (count, SINGULAR.get(words, words) if count.value == 1 else words)
            for count, words in stats
            if count.value
        ],
        total,
        load_cards(graph, labels, iris),
        count_entities(graph, initiatives, INITIATIVE_LIST),
        list_other_initiatives(graph, labels, initiatives),
        build_year_chart(graph, facet, iri) if graph.index else None,
        obligations,
        actions,
    )


def list_practices_by_evidence(graph: GraphContext, selection: FacetFilter) -> list[str]:
    """Return the first practices of a filter: specific before broad tags, strongest evidence first.

    Without an index they are those of the first page of the list.
    """
    index = graph.index
    if index is None:
        _, found = fetch_list_entities(
            graph, None, ListRequest(PRACTICE_LIST, selection, "evidence"), 1, MAX_CARDS
        )
        return list(found[:MAX_CARDS])
    numbers = np.flatnonzero(filter_entities(index, selection))
    is_broad = index.select_entities(FACET_BY_NAME["broad"].query_name, "true")
    # lexsort sorts by the last key first and keeps the order of names among equals.
    order = np.lexsort((-rank_entities(index)[numbers], is_broad[numbers]))
    return list_entity_iris(index, numbers[order][:MAX_CARDS])


def list_other_initiatives(
    graph: GraphContext, labels: EntityLabels, selection: FacetFilter
) -> list[Link]:
    """Return the initiatives of a filter that are no practices; without an index the first ones."""
    index = graph.index
    if index is None:
        _, iris = fetch_list_entities(
            graph, None, ListRequest(INITIATIVE_LIST, selection), 1, PAGE_SIZE
        )
    else:
        mask = filter_entities(index, selection) & ~filter_entities(index, PRACTICE_FILTER)
        iris = list_entity_iris(index, np.flatnonzero(mask)[:PAGE_SIZE])
    labels.load(iris)
    return [labels.build_page_link(iri) for iri in iris]


def build_year_chart(graph: GraphContext, facet: Facet, iri: str) -> YearChart | None:
    """Return the chart of practices by year; None where fewer than two years are known."""
    index = graph.index
    assert index is not None
    selection = PRACTICE_FILTER.add_value(facet.name, iri)
    mask = filter_entities(index, selection)
    counts, undated = count_years(index, mask)
    if len(counts) < 2:
        return None
    shown = sorted(counts, key=int)[-MAX_YEARS:]
    bars = []
    for year in shown:
        count = link_count(graph, counts[year], selection.add_value("year", year))
        bars.append((Link(year, count.list_href), count))
    return YearChart(name_peak(counts), bars, len(counts) > len(shown), undated)


def count_years(search_index: SearchIndex, mask: Mask) -> tuple[dict[str, int], int]:
    """Return the number of entities in a mask by year, and the number without any year."""
    column = search_index.facet("year")
    counts = {
        year: int(count)
        for year, count in zip(column.values, column.count_values(mask), strict=True)
        if count
    }
    dated = search_index.select_entities("year", *counts) & mask
    return counts, int(mask.sum() - dated.sum())


def name_peak(counts: dict[str, int]) -> str:
    """Return the title of the chart: the year with most, where there is only one such year."""
    (year, most), (_, next_most) = Counter(counts).most_common(2)
    if most > next_most:
        return f"{most} began in {year}, more than in any other year"
    return "Practices by start year"


def list_obligations(
    graph: GraphContext, labels: EntityLabels, iri: str
) -> list[MentioningObligation]:
    """Return the obligations whose text has a name of the concept."""
    mentioning = list_mentioning_obligations(graph, iri)
    labels.load(one.iri for one in mentioning)
    found = []
    for one in mentioning:
        link = labels.build_page_link(one.iri)
        text = link.text.removeprefix(one.code).lstrip(": ")
        link = replace(link, text=text[:1].upper() + text[1:])
        found.append(MentioningObligation(link, one.code, one.group))
    return found


def list_actions(
    graph: GraphContext, labels: EntityLabels, facet: Facet, iri: str
) -> tuple[LinkedCount, list[PlannedAction]]:
    """Return the number of planned actions that have the concept, and these actions by plan."""
    selection = ACTION_LIST.full_selection.add_value(facet.name, iri)
    total, iris = fetch_list_entities(
        graph, graph.index, ListRequest(ACTION_LIST, selection), 1, MAX_ACTIONS
    )
    rows = graph.select_rows("planned-actions", action=list(iris))
    labels.load(
        get_cell_text(row, name)
        for row in rows
        for name in ("action", "plan", "organisation")
        if row[name]
    )

    def link(iri: str) -> Link | None:
        return labels.build_page_link(iri) if iri else None

    return total, [
        PlannedAction(
            labels.build_page_link(get_cell_text(row, "action")),
            link(get_cell_text(row, "plan")),
            link(get_cell_text(row, "organisation")),
            format_date(get_cell_text(row, "due")),
        )
        for row in rows
    ]
