"""Facet panels of a list: the values to narrow it by, each with its count and query."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.facets import OFFERED_FACETS, Facet
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.concept_tree import walk_concepts
from query_ui.graph.search_index.entity_filter import count_facet_values
from query_ui.graph.search_index.index_reader import Counts
from query_ui.graph.urls import LinkedCount
from query_ui.site.lists.list_request import ListRequest

DEFAULT_VALUE_LIMIT, EXPANDED_VALUE_LIMIT = 8, 100
"""Values of a facet shown at first, and after ``?more=``."""
PLACEHOLDER_IRI, PLACEHOLDER_YEAR = "urn:value", "999999999"
"""Placeholders for a value, so that a query is composed once for all values of a facet."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value; ``address`` adds it to the filter, or removes it if it is selected."""

    name: str
    address: str
    number: LinkedCount
    is_selected: bool
    narrower: tuple["FacetValue", ...] = ()


@dataclass(frozen=True, slots=True)
class FacetPanel:
    """One facet with its values; ``more`` is the address that shows more values, or "".

    ``match_urls`` has the addresses for any and for all of several selected values;
    ``matches_all`` is whether all are required now.
    """

    facet: Facet
    options: tuple[FacetValue, ...]
    more: str = ""
    match_urls: tuple[str, str] | None = None
    matches_all: bool = False

    @property
    def has_selection(self) -> bool:
        """Return whether any value of the facet is selected."""
        return any(find_facet_values(self.options, lambda option: option.is_selected))


def find_facet_values(
    values: Iterable[FacetValue], predicate: Callable[[FacetValue], bool]
) -> Iterable[FacetValue]:
    """Yield the values of a tree that satisfy a predicate."""
    for option in values:
        if predicate(option):
            yield option
        yield from find_facet_values(option.narrower, predicate)


def build_facet_panels(
    graph: GraphContext,
    index: SearchIndex,
    labels: EntityLabels,
    list_request: ListRequest,
    total: int,
) -> list[FacetPanel]:
    """Return panels of the facets that would narrow the list or have a selected value."""
    counts = count_facet_values(index, list_request.facet_filter)
    load_value_labels(labels, index, counts)
    scene = PanelContext(graph, index, labels, list_request)
    made = (FacetPanelBuilder(scene, facet, counts[facet.name]).build() for facet in OFFERED_FACETS)
    return [panel for panel in made if panel.has_selection or can_narrow(panel, total)]


def can_narrow(panel: FacetPanel, total: int) -> bool:
    """Return whether some value of the facet would leave fewer than ``total`` entities."""
    return any(
        True for _ in find_facet_values(panel.options, lambda option: option.number.value < total)
    )


def load_value_labels(
    labels: EntityLabels, index: SearchIndex, counts: Mapping[str, Counts]
) -> None:
    """Load the labels of all values in use; most are in the index."""
    unnamed = []
    for facet in OFFERED_FACETS:
        column = index.facet(facet.query_name)
        for place in counts[facet.name].nonzero()[0]:
            if column.names[place]:
                labels.label_by_iri.setdefault(column.values[place], column.names[place])
            elif ":" in column.values[place]:
                unnamed.append(column.values[place])
    labels.load(set(unnamed) - labels.label_by_iri.keys())


@dataclass(frozen=True, slots=True)
class PanelContext:
    """The inputs that all panels of a list share."""

    graph: GraphContext
    index: SearchIndex
    labels: EntityLabels
    list_request: ListRequest


class FacetPanelBuilder:
    """A builder of the panel of one facet."""

    def __init__(self, context: PanelContext, facet: Facet, counts: Counts) -> None:
        self.index, self.labels, self.list_request = (
            context.index,
            context.labels,
            context.list_request,
        )
        self.facet = facet
        self.column = context.index.facet(facet.query_name)
        self.counts = counts
        selection = context.list_request.facet_filter
        self.selected_values = selection.chosen.get(facet.name, ())
        self.value_limit = (
            EXPANDED_VALUE_LIMIT if context.list_request.more == facet.name else DEFAULT_VALUE_LIMIT
        )
        self.is_truncated = False
        self.graph = context.graph

    def build(self) -> FacetPanel:
        """Return the panel: a tree if the facet has a scheme that is not split into levels."""
        tree = self.facet.scheme and not self.facet.level
        options = (
            self.build_tree(self.list_top_concepts(), ())
            if tree
            else self.build_ranked_values(self.list_values())
        )
        more = (
            self.list_request.address(more=self.facet.name)
            if self.is_truncated and self.value_limit == DEFAULT_VALUE_LIMIT
            else ""
        )
        every = self.facet.name in self.list_request.facet_filter.every
        return FacetPanel(self.facet, options, more, self.build_match_urls(), every)

    def build_match_urls(self) -> tuple[str, str] | None:
        """Return the addresses for any and for all of the selected values, if several."""
        selection, name = self.list_request.facet_filter, self.facet.name
        if len(self.selected_values) < 2:
            return None
        address = self.list_request.address
        return address(selection.matching(name, False)), address(selection.matching(name, True))

    def count(self, value: str) -> int:
        """Return the number of entities that selecting a value would leave."""
        place = self.column.position_by_value.get(value)
        return 0 if place is None else int(self.counts[place])

    def build_value(self, value: str, children: tuple[FacetValue, ...] = ()) -> FacetValue:
        """Return the view of one value with the narrower values to show below it."""
        selection, name = self.list_request.facet_filter, self.facet.name
        chosen = value in self.selected_values
        changed = selection.remove_value(name, value) if chosen else self.select_value(value)
        with_value = selection.narrow_to_value(name, value)
        href = self.graph.narrowed_query_path("count-of-class", with_value)
        word = self.labels.name(value) if ":" in value else value
        number = LinkedCount(self.count(value), href, self.list_request.address(with_value))
        address = self.list_request.address(changed, more=self.list_request.more)
        return FacetValue(word, address, number, chosen, children)

    def select_value(self, value: str) -> FacetFilter:
        """Return the filter with a value added, which replaces broader selected ones."""
        selection, name = self.list_request.facet_filter, self.facet.name
        # A narrower concept implies its broader ones: keeping both would not narrow the list.
        for one in self.selected_values if self.facet.scheme else ():
            if value in (below for _, below in walk_concepts(self.index, [one])):
                selection = selection.remove_value(name, one)
        return selection.add_value(name, value)

    def list_values(self) -> Sequence[str]:
        """Return all values of a facet that is not shown as a tree."""
        facet = self.facet
        if not facet.scheme:
            return self.column.values
        inside = self.index.concepts_by_scheme.get(facet.scheme, ())
        top = facet.level == "top"
        return [value for value in inside if (value not in self.index.broader_by_concept) == top]

    def build_ranked_values(
        self,
        values: Iterable[str],
        children_by_value: Mapping[str, tuple[FacetValue, ...]] | None = None,
    ) -> tuple[FacetValue, ...]:
        """Return the most frequent values, and all that are selected or have such below them."""
        children_by_value = children_by_value or {}
        # A selected value stays visible even if nothing has it, or it could not be removed.
        kept = {*self.selected_values, *children_by_value}
        some = [value for value in values if self.count(value) or value in kept]
        some.sort(key=lambda value: (-self.count(value), self.labels.name(value).lower(), value))
        shown = some[: self.value_limit] + [
            value for value in some[self.value_limit :] if value in kept
        ]
        self.is_truncated = self.is_truncated or len(shown) < len(some)
        return tuple(self.build_value(value, children_by_value.get(value, ())) for value in shown)

    def list_top_concepts(self) -> list[str]:
        """Return the top concepts of the scheme, or all if each has a broader one (a cycle)."""
        inside = self.index.concepts_by_scheme.get(self.facet.scheme, ())
        return [value for value in inside if value not in self.index.broader_by_concept] or list(
            inside
        )

    def build_tree(self, values: Iterable[str], path: tuple[str, ...]) -> tuple[FacetValue, ...]:
        """Return one level of the tree; the ancestors of a selected concept are expanded."""
        values = [value for value in values if value not in path]
        below = {
            value: self.build_tree(self.index.narrower_by_concept.get(value, ()), (*path, value))
            for value in values
            if self.has_selection_below(value)
        }
        return self.build_ranked_values(values, below)

    def has_selection_below(self, value: str) -> bool:
        """Return whether a concept or a narrower one is selected."""
        seen, waiting = {value}, [value]
        while waiting:
            one = waiting.pop()
            if one in self.selected_values:
                return True
            new = set(self.index.narrower_by_concept.get(one, ())) - seen
            seen |= new
            waiting += new
        return False
