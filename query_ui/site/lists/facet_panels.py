"""Facet panels of a list: the options to filter it by, each with its count, list and query."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facets import EVIDENCE_LEVELS, OFFERED_FACETS, Facet
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.entity_filter import count_facet_values
from query_ui.graph.search_index.index_reader import Counts
from query_ui.graph.urls import LinkedCount
from query_ui.site.lists.list_definitions import ListDefinition
from query_ui.site.lists.list_request import ListRequest

SHORT_LIST, SHOWN_VALUES, LONG_LIST = 9, 7, 100
"""A facet with at most ``SHORT_LIST`` values shows all, others ``SHOWN_VALUES`` or a long list."""
OPEN_PANELS = 3
OWN_ORDER = ("evidence", "year")
"""The facets whose values are not sorted by how frequent they are."""
PANEL_ORDER = ("keyword", "beneficiary", "evidence", "kind", "type", "status")
"""The facets that come first beside a list; the others follow in their own order."""


@dataclass(frozen=True, slots=True)
class FacetOption:
    """One value of a facet: ``key`` is its value in the address, ``number`` what it would leave.

    ``narrower`` are options below it in the hierarchy.
    """

    name: str
    key: str
    number: LinkedCount
    is_selected: bool
    narrower: tuple["FacetOption", ...] = ()


@dataclass(frozen=True, slots=True)
class FacetPanel:
    """One facet with its options; ``more`` is the address that shows all ``total``, or "".

    ``can_match_all`` is whether several values are selected, ``matches_all`` whether all of them
    are required.
    """

    facet: Facet
    options: tuple[FacetOption, ...]
    total: int
    more: str = ""
    can_match_all: bool = False
    matches_all: bool = False
    is_open: bool = False


def find_options(
    options: Iterable[FacetOption], predicate: Callable[[FacetOption], bool]
) -> Iterable[FacetOption]:
    """Yield the options of a tree that satisfy a predicate."""
    for option in options:
        if predicate(option):
            yield option
        yield from find_options(option.narrower, predicate)


def build_facet_panels(
    graph: GraphContext,
    index: SearchIndex,
    labels: EntityLabels,
    list_request: ListRequest,
    total: int,
) -> list[FacetPanel]:
    """Return panels of the facets that would narrow the list or have a selected value."""
    counts = count_facet_values(index, list_request.facet_filter)
    definition = list_request.list_definition
    listed = graph.get_or_compute(
        f"facet values of {definition.path}", lambda _: find_listed_values(index, definition)
    )
    unnamed = frozenset[str]().union(*(one.unnamed for one in listed.values()))
    labels.load(unnamed - labels.label_by_iri.keys())
    context = PanelContext(graph, index, labels, list_request)
    selected = list_request.facet_filter.chosen
    panels: list[FacetPanel] = []
    for facet in sorted(OFFERED_FACETS, key=rank_panel):
        is_open = len(panels) < OPEN_PANELS or facet.name in (*selected, list_request.more)
        builder = PanelBuilder(context, facet, counts[facet.name], listed[facet.name])
        if facet.name in selected or builder.can_narrow(total):
            panels.append(builder.build(is_open))
    return panels


def rank_panel(facet: Facet) -> int:
    """Return the place of a facet beside a list."""
    return PANEL_ORDER.index(facet.name) if facet.name in PANEL_ORDER else len(PANEL_ORDER)


@dataclass(frozen=True, slots=True)
class ListedValues:
    """The values of a facet that entities of a list have, by their positions in its column.

    ``is_heading`` says which of them are headings of a hierarchy: concepts with narrower ones and
    none above. ``unnamed`` are those whose names the index lacks.
    """

    positions: NDArray[np.int64]
    is_heading: NDArray[np.bool_]
    unnamed: frozenset[str]


def find_listed_values(
    index: SearchIndex, definition: ListDefinition
) -> Mapping[str, ListedValues]:
    """Return the values that entities of a list without filters have, by facet."""
    counts = count_facet_values(index, definition.full_selection)
    return {
        facet.name: find_values_of_facet(index, facet, counts[facet.name])
        for facet in OFFERED_FACETS
    }


def find_values_of_facet(index: SearchIndex, facet: Facet, counts: Counts) -> ListedValues:
    """Return the values of a facet with a count, of concepts those of its scheme and level."""
    column = index.facet(facet.query_name)
    used = counts.nonzero()[0]
    values = [column.values[place] for place in used]
    unnamed = {
        value
        for value, place in zip(values, used, strict=True)
        if ":" in value and not column.names[place]
    }
    inside = set(index.concepts_by_scheme.get(facet.scheme, ())) if facet.scheme else set(values)
    is_kept = [value in inside and fits_level(index, facet, value) for value in values]
    kept = used[np.array(is_kept, bool)]
    is_heading = [has_heading_place(index, facet, column.values[place]) for place in kept]
    return ListedValues(kept, np.array(is_heading, bool), frozenset(unnamed))


def fits_level(index: SearchIndex, facet: Facet, concept: str) -> bool:
    """Return whether a concept is at the level of its scheme that the facet has."""
    is_top = concept not in index.broader_by_concept
    return not facet.level or is_top == (facet.level == "top")


def has_heading_place(index: SearchIndex, facet: Facet, value: str) -> bool:
    """Return whether a value is a heading: a concept with narrower ones and none above."""
    is_tree = bool(facet.scheme) and not facet.level
    narrower, broader = index.narrower_by_concept, index.broader_by_concept
    return is_tree and value in narrower and value not in broader


@dataclass(frozen=True, slots=True)
class PanelContext:
    """The inputs that all panels of a list share."""

    graph: GraphContext
    index: SearchIndex
    labels: EntityLabels
    list_request: ListRequest


class PanelBuilder:
    """A builder of the panel of one facet.

    ``counts`` are the entities that each value would leave, ``listed`` the values that entities
    have in the list without filters.
    """

    def __init__(
        self, context: PanelContext, facet: Facet, counts: Counts, listed: ListedValues
    ) -> None:
        self.graph, self.index, self.labels = context.graph, context.index, context.labels
        self.list_request, self.facet = context.list_request, facet
        self.column = context.index.facet(facet.query_name)
        self.counts, self.listed = counts, listed
        self.selection = context.list_request.facet_filter
        self.selected_values = self.selection.chosen.get(facet.name, ())
        known = self.column.position_by_value
        inside = set(listed.positions.tolist()) if self.selected_values else set()
        self.added_values = [
            v for v in dict.fromkeys(self.selected_values) if known.get(v) not in inside
        ]
        self.value_count = len(listed.positions) + len(self.added_values)

    @cached_property
    def values(self) -> list[str]:
        """The values that entities of the list have, and those that are selected, sorted."""
        used = [self.column.values[place] for place in self.listed.positions]
        return sorted([*used, *self.added_values], key=self.rank_value)

    def can_narrow(self, total: int) -> bool:
        """Return whether some value would leave a part of ``total`` entities."""
        left = self.counts[self.listed.positions]
        return bool(((left > 0) & (left < total)).any()) or any(
            0 < self.count(value) < total for value in self.added_values
        )

    def build(self, is_open: bool) -> FacetPanel:
        """Return the panel: all values if they are few or asked for, else the most frequent."""
        wants_all = self.list_request.more == self.facet.name
        is_long = self.value_count > SHORT_LIST
        if wants_all and self.facet.scheme and not self.facet.level:
            options = self.build_tree(self.list_top_concepts(), ())
        elif wants_all or not is_long:
            options = self.build_options(self.values[:LONG_LIST])
        else:
            options = self.build_options(self.choose_frequent_values())
        return FacetPanel(
            self.facet,
            options,
            self.value_count,
            self.list_request.address(more=self.facet.name) if is_long and not wants_all else "",
            len(self.selected_values) > 1,
            self.facet.name in self.selection.every,
            is_open,
        )

    def rank_value(self, value: str) -> tuple[int, str, str]:
        """Return the sort key of a value: strongest or newest first, else the most frequent."""
        key = self.facet.key(value)
        if self.facet.name == "evidence" and key in EVIDENCE_LEVELS:
            rank = -EVIDENCE_LEVELS.index(key)
        else:
            rank = -int(value) if self.facet.name == "year" else -self.count(value)
        return rank, self.name_value(value).lower(), value

    def name_value(self, value: str) -> str:
        """Return the label of a value; the index has most of them."""
        if ":" not in value:
            return value
        place = self.column.position_by_value.get(value)
        if place is None or value in self.labels.label_by_iri:
            return self.labels.name(value)
        return self.column.names[place] or self.labels.name(value)

    def count(self, value: str) -> int:
        """Return the number of entities that selecting a value would leave."""
        place = self.column.position_by_value.get(value)
        return 0 if place is None else int(self.counts[place])

    def choose_frequent_values(self) -> list[str]:
        """Return the first values with entities, and all that are selected.

        Of a hierarchy, headings are left out.
        """
        places = self.listed.positions[~self.listed.is_heading]
        places = places[self.counts[places] > 0]
        if self.facet.name not in OWN_ORDER and len(places) > SHOWN_VALUES:
            # Thousands of values need no names, as only the most frequent ones can come first.
            left = self.counts[places]
            places = places[left >= np.partition(left, -SHOWN_VALUES)[-SHOWN_VALUES]]
        added = [
            value
            for value in self.added_values
            if self.count(value) and not has_heading_place(self.index, self.facet, value)
        ]
        some = [*(self.column.values[place] for place in places), *added]
        first = sorted(some, key=self.rank_value)[:SHOWN_VALUES]
        return sorted({*first, *self.selected_values}, key=self.rank_value)

    def build_options(self, values: Sequence[str]) -> tuple[FacetOption, ...]:
        """Return the options of values."""
        return tuple(self.build_option(value) for value in values)

    def build_option(self, value: str, narrower: tuple[FacetOption, ...] = ()) -> FacetOption:
        """Return the option of one value with the options below it."""
        narrowed = self.selection.narrow_to_value(self.facet.name, value)
        href = self.graph.narrowed_query_path("count-of-class", narrowed)
        number = LinkedCount(self.count(value), href, self.list_request.address(narrowed))
        is_selected = value in self.selected_values
        return FacetOption(
            self.name_value(value), self.facet.key(value), number, is_selected, narrower
        )

    def list_top_concepts(self) -> list[str]:
        """Return the top concepts of the scheme, or all if each has a broader one (a cycle)."""
        tops = [value for value in self.values if value not in self.index.broader_by_concept]
        return tops or self.values

    def build_tree(self, values: Iterable[str], path: tuple[str, ...]) -> tuple[FacetOption, ...]:
        """Return the options of concepts with those of all narrower ones below them."""
        narrower = self.index.narrower_by_concept
        return tuple(
            self.build_option(
                value,
                self.build_tree(
                    [one for one in self.values if one in narrower.get(value, ())], (*path, value)
                ),
            )
            for value in values
            if value not in path
        )
