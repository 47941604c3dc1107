"""Related entities of a page: similarity score with its query, shared keywords, other ties."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.entity_types import get_entity_type_label
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.facets import FACET_BY_NAME
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.entity_filter import filter_entities
from query_ui.graph.search_index.similarity import WORK_KINDS, SimilarEntity, SimilarityCalculator
from query_ui.graph.urls import Link, LinkedCount
from query_ui.site.lists.list_definitions import LIST_DEFINITION_BY_PATH, ListDefinition
from query_ui.site.lists.list_request import ListRequest
from query_ui.site.record_cards import Card, load_cards

SHARED_ATTRIBUTE_FACETS = ("organisation", "consortium", "beneficiary", "obligation")
"""Facets whose shared values are shown as ties and do not affect the score."""
WORK_CLASSES = tuple(
    c for s in LIST_DEFINITION_BY_PATH.values() if s.kind in WORK_KINDS for c in s.classes
)


@dataclass(frozen=True, slots=True)
class SharedKeyword:
    """A keyword of both entities; ``is_direct`` if both are tagged with it directly."""

    concept: Link
    is_direct: bool
    tagged_count: LinkedCount


@dataclass(frozen=True, slots=True)
class RelatedEntity:
    """One related entity with score (0 to 100), shared keywords and ties by facet label."""

    link: Link
    kind: str
    icon: str
    meta: str
    score: LinkedCount
    reasons: tuple[SharedKeyword, ...]
    ties: tuple[tuple[str, tuple[Link, ...]], ...]


@dataclass(frozen=True, slots=True)
class SharedAttribute:
    """A facet value shared with other entities of a list: their number and address."""

    word: str
    value: Link
    number: LinkedCount
    address: str
    noun: str


@dataclass(frozen=True, slots=True)
class RelatedEntities:
    """The relations of one entity; ``compared_count`` is the number of works that tag keywords."""

    entities: tuple[RelatedEntity, ...]
    ties: tuple[SharedAttribute, ...]
    compared_count: LinkedCount


def find_related_entities(graph: GraphContext, iri: str) -> RelatedEntities | None:
    """Return the relations of an entity; None without an index or for other entity types."""
    index = graph.index
    number = index.number(iri) if index else None
    if index is None or number is None:
        return None
    kind = get_entity_type(index, number)
    if kind not in (*WORK_KINDS, "organisation"):
        return None
    return RelationExplainer(graph, index, iri, number, kind).explain()


def get_entity_type(index: SearchIndex, number: int) -> str:
    """Return the entity type of a number of the index."""
    text = "SELECT name FROM kind WHERE first <= ? AND after > ?"
    return str(index.fetch_row(text, number, number)[0])


class RelationExplainer:
    """A builder of the relations of one entity, with explanations."""

    def __init__(
        self, graph: GraphContext, index: SearchIndex, iri: str, number: int, kind: str
    ) -> None:
        self.graph, self.index = graph, index
        self.iri, self.number, self.kind = iri, number, kind
        self.labels = EntityLabels(graph)
        self.similarity = index.get_or_compute(SimilarityCalculator)

    def explain(self) -> RelatedEntities:
        """Return the related entities and shared attributes, loading all labels at once."""
        found = self.similarity.find_similar_entities(self.number)
        own = {name: self.list_facet_values(name, self.number) for name in SHARED_ATTRIBUTE_FACETS}
        self.labels.load(
            {
                *(self.index.iri(one.number) for one in found),
                *(concept for one in found for concept in one.shared_concepts),
                *(value for values in own.values() for value in values),
            }
        )
        iris = [self.index.iri(one.number) for one in found]
        cards = load_cards(self.graph, self.labels, iris) if self.kind in WORK_KINDS else []
        card_by_iri = {card.link.iri: card for card in cards}
        entities = tuple(self.build_related_entity(one, own, card_by_iri) for one in found)
        works = FacetFilter("", WORK_CLASSES)
        total = int(np.count_nonzero(self.index.select_kinds(*WORK_KINDS)))
        whole = LinkedCount(total, self.graph.narrowed_query_path("count-of-class", works))
        return RelatedEntities(entities, tuple(self.find_shared_attributes(own)), whole)

    def list_facet_values(self, facet: str, number: int) -> list[str]:
        """Return the values of a facet that an entity has."""
        meant = FACET_BY_NAME[facet]
        column = self.index.facet(meant.query_name)
        values = [column.values[place] for place in column.list_positions(number)]
        if not meant.scheme:
            return values
        inside = self.index.concepts_by_scheme.get(meant.scheme, ())
        below = meant.level == "below"
        return [
            v for v in values if v in inside and (not below or v in self.index.broader_by_concept)
        ]

    def build_related_entity(
        self,
        relation: SimilarEntity,
        values_by_facet: dict[str, list[str]],
        card_by_iri: Mapping[str, Card],
    ) -> RelatedEntity:
        """Return the view of one related entity."""
        iri = self.index.iri(relation.number)
        card = card_by_iri.get(iri)
        query = self.graph.named_query_path("relatedness", thing=sorted((self.iri, iri)))
        ties = (
            (
                name,
                [
                    v
                    for v in values_by_facet[name]
                    if self.has_facet_value(name, v, relation.number)
                ],
            )
            for name in SHARED_ATTRIBUTE_FACETS
        )
        return RelatedEntity(
            self.labels.build_page_link(iri),
            get_entity_type_label(get_entity_type(self.index, relation.number), iri),
            card.icon if card else "inst",
            card.meta if card else "",
            LinkedCount(relation.score, query),
            tuple(
                self.build_shared_keyword(concept, relation.number)
                for concept in relation.shared_concepts
            ),
            tuple(
                (
                    FACET_BY_NAME[name].word.lower(),
                    tuple(self.labels.build_page_link(v) for v in values),
                )
                for name, values in ties
                if values
            ),
        )

    def has_facet_value(self, facet: str, value: str, number: int) -> bool:
        """Return whether an entity has a value of a facet."""
        # Postings are sorted by number, so a binary search replaces the scan.
        having = self.index.facet(FACET_BY_NAME[facet].query_name).find_entities(value)
        at = int(np.searchsorted(having, number))
        return at < len(having) and int(having[at]) == number

    def build_shared_keyword(self, concept: str, other: int) -> SharedKeyword:
        """Return a keyword of both entities with the number of works tagged with it."""
        both = (self.number, other)
        is_direct = all(self.similarity.is_tagged_directly(concept, number) for number in both)
        works = FacetFilter("", WORK_CLASSES, {"keyword": (concept,)})
        query = self.graph.narrowed_query_path("count-of-class", works)
        carriers = LinkedCount(self.index.carriers[concept], query)
        return SharedKeyword(self.labels.build_page_link(concept), is_direct, carriers)

    def find_shared_attributes(
        self, values_by_facet: dict[str, list[str]]
    ) -> Iterator[SharedAttribute]:
        """Yield the facet values that others of the same type have too, apart from keywords."""
        list_definition: ListDefinition = next(
            s for s in LIST_DEFINITION_BY_PATH.values() if s.kind == self.kind
        )
        for name, values in values_by_facet.items():
            for value in values:
                selection = list_definition.full_selection.add_value(name, value)
                number = int(np.count_nonzero(filter_entities(self.index, selection)))
                if number > 1 and value != self.iri:
                    query = self.graph.narrowed_query_path("count-of-class", selection)
                    address = ListRequest(list_definition, selection).address()
                    yield SharedAttribute(
                        FACET_BY_NAME[name].word.lower(),
                        self.labels.build_page_link(value),
                        LinkedCount(number, query, address),
                        address,
                        list_definition.noun,
                    )
