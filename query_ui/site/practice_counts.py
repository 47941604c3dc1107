"""Counts of practices, each with its query and its list, and the evidence that they report."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.facets import EVIDENCE_LEVELS, FACET_BY_NAME
from query_ui.graph.page_queries import GraphContext, get_cell_text
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.index_reader import Counts
from query_ui.graph.urls import Link, LinkedCount
from query_ui.site.lists.list_definitions import ListDefinition, get_list_definition
from query_ui.site.lists.list_page import count_selection
from query_ui.site.lists.list_request import ListRequest
from query_ui.site.record_cards import CONCEPT, rank_evidence

PRACTICE_LIST = get_list_definition("/practices")
PRACTICE_CLASS = f"{BASE}ontology#Practice"
PRACTICE_FILTER = PRACTICE_LIST.full_selection
"""The practices among the initiatives."""
STRONGEST_BAND = 4
"""The band of charts that joins independent evaluations with control groups."""
BANDS = (
    "None reported",
    "Take-up figures",
    "Participant feedback",
    "Before and after",
    "Independent evaluation or control group",
)
"""The bands of evidence in charts, from the weakest, as in the classes ``k0`` to ``k4``."""


@dataclass(frozen=True, slots=True)
class EvidenceBar:
    """One bar of the chart: a kind of practice and its practices by strongest evidence.

    ``segments`` has (band, start, width) in percent, strongest evidence first.
    """

    kind: Link
    total: LinkedCount
    evidenced: LinkedCount
    segments: Sequence[tuple[int, float, float]]

    @property
    def share(self) -> float:
        """Return the share of practices with evidence, from 0 to 1."""
        return self.evidenced.value / self.total.value


@dataclass(frozen=True, slots=True)
class EvidenceChart:
    """Practices by kind and strongest evidence, the kind with the highest share first."""

    bars: Sequence[EvidenceBar]
    total: LinkedCount
    evidenced: LinkedCount
    query: str

    @property
    def title(self) -> str:
        """Return what the chart says, as a sentence."""
        without = self.total.value - self.evidenced.value
        if not without:
            return "All practices report evidence of use or effect"
        # No share is rounded to "100%" or "0%" while there is one practice on the other side.
        share = min(99, max(1, round(100 * without / self.total.value)))
        percent = 100 if without == self.total.value else share
        return f"{percent}% of practices report no evidence of use or effect"


def with_evidence(selection: FacetFilter) -> FacetFilter:
    """Return a filter narrowed to practices whose source reports evidence of any level."""
    for level in EVIDENCE_LEVELS[1:]:
        selection = selection.add_value("evidence", f"{CONCEPT}evidence-levels/{level}")
    return selection


def build_list_address(
    selection: FacetFilter, list_definition: ListDefinition = PRACTICE_LIST
) -> str:
    """Return the address of the list of the entities of a filter, in the usual order."""
    return ListRequest(list_definition, selection, list_definition.default_sort).address()


def link_count(
    graph: GraphContext,
    value: int,
    selection: FacetFilter,
    list_definition: ListDefinition = PRACTICE_LIST,
) -> LinkedCount:
    """Return a known count of the entities of a filter, with its query and its list."""
    query = graph.narrowed_query_path("count-of-class", selection)
    return LinkedCount(
        value,
        query,
        ListRequest(list_definition, selection, list_definition.default_sort).address(),
    )


def count_entities(
    graph: GraphContext,
    selection: FacetFilter,
    list_definition: ListDefinition = PRACTICE_LIST,
) -> LinkedCount:
    """Return the number of entities of a filter, by the index where there is one, with its list."""
    return count_selection(graph, selection, build_list_address(selection, list_definition))


def rank_entities(search_index: SearchIndex) -> Counts:
    """Return the position of the strongest evidence level of each entity; 0 for one without."""
    found = np.zeros(search_index.entity_count, np.int64)
    column = search_index.facet(FACET_BY_NAME["evidence"].query_name)
    for rank, level in enumerate(EVIDENCE_LEVELS):
        numbers = column.find_entities(f"{CONCEPT}evidence-levels/{level}")
        found[numbers] = np.maximum(found[numbers], rank)
    return found


def build_evidence_chart(graph: GraphContext) -> EvidenceChart | None:
    """Return the chart of all practices; None for a graph without practices."""
    strongest: dict[tuple[str, str], int] = {}
    for row in graph.select_rows("practices-by-evidence"):
        key = get_cell_text(row, "kind"), get_cell_text(row, "practice")
        level = rank_evidence(get_cell_text(row, "level").rpartition("/")[2])
        strongest[key] = max(level, strongest.get(key, 0))
    if not strongest:
        return None
    levels_by_kind: dict[str, list[int]] = defaultdict(list)
    for (kind, _), level in strongest.items():
        levels_by_kind[kind].append(level)
    labels = EntityLabels(graph)
    labels.load(levels_by_kind)
    bars = [build_bar(graph, labels, kind, levels) for kind, levels in levels_by_kind.items()]
    practices = {practice: 0 for _, practice in strongest}
    for (_, practice), level in strongest.items():
        practices[practice] = max(practices[practice], level)
    return EvidenceChart(
        sorted(bars, key=lambda bar: (-bar.share, -bar.total.value, bar.kind.text)),
        link_count(graph, len(practices), PRACTICE_FILTER),
        link_count(graph, sum(map(bool, practices.values())), with_evidence(PRACTICE_FILTER)),
        graph.named_query_path("practices-by-evidence"),
    )


def build_bar(
    graph: GraphContext, labels: EntityLabels, kind: str, levels: Sequence[int]
) -> EvidenceBar:
    """Return the bar of one kind from the strongest evidence level of each of its practices."""
    selection = PRACTICE_FILTER.add_value("kind", kind)
    total = link_count(graph, len(levels), selection)
    return EvidenceBar(
        Link(labels.name(kind), total.list_href, kind),
        total,
        link_count(graph, sum(map(bool, levels)), with_evidence(selection)),
        build_segments(Counter(min(level, STRONGEST_BAND) for level in levels)),
    )


def build_segments(count_by_band: Mapping[int, int]) -> list[tuple[int, float, float]]:
    """Return the segments of a bar as (band, start, width) in percent, strongest band first."""
    total = sum(count_by_band.values())
    found, start = [], 0.0
    for band, count in sorted(count_by_band.items(), reverse=True):
        width = 100 * count / total
        found.append((band, start, width))
        start += width
    return found
