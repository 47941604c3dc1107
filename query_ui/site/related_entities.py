"""What a page says of related things: the score with its query, the reasons, and other ties."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from query_ui.graph.entity_labels import Names
from query_ui.graph.entity_types import kind_word
from query_ui.graph.facet_filter import Selection
from query_ui.graph.facets import FACETS
from query_ui.graph.page_queries import Site
from query_ui.graph.search_index import Index
from query_ui.graph.search_index.entity_filter import chosen
from query_ui.graph.search_index.similarity import WORKS, Relatedness, Relation
from query_ui.graph.urls import Link, Number, query_path
from query_ui.site.lists.list_definitions import SHELVES, Shelf
from query_ui.site.lists.list_request import Asked

TIES = ("organisation", "consortium", "beneficiary", "obligation")
"""Other evidence that two things belong together; it stays out of the score."""
WORK_CLASSES = tuple(c for s in SHELVES.values() if s.kind in WORKS for c in s.classes)


@dataclass(frozen=True, slots=True)
class Reason:
    """A keyword that both carry. ``itself``: both carry just it, and not one below it."""

    concept: Link
    itself: bool
    carriers: Number


@dataclass(frozen=True, slots=True)
class Related:
    """One related thing, with the reasons and the other ties."""

    link: Link
    kind: str
    score: Number
    reasons: tuple[Reason, ...]
    ties: tuple[tuple[str, tuple[Link, ...]], ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """A value that others have too: how many of a list, and the address of these."""

    word: str
    value: Link
    number: Number
    address: str
    noun: str


@dataclass(frozen=True, slots=True)
class Relations:
    """What is related to a thing: ``all`` is how many things are compared by their keywords."""

    things: tuple[Related, ...]
    ties: tuple[Tie, ...]
    all: Number


def relations(shared: Site, iri: str) -> Relations | None:
    """What a page says of things related to one; None where such things are not compared."""
    index = shared.index
    number = index.number(iri) if index else None
    if index is None or number is None:
        return None
    kind = kind_of(index, number)
    if kind not in (*WORKS, "organisation"):
        return None
    return Teller(shared, index, iri, number, kind).told()


def kind_of(index: Index, number: int) -> str:
    """The kind that a thing is numbered with."""
    text = "SELECT name FROM kind WHERE first <= ? AND after > ?"
    return str(index.row(text, number, number)[0])


class Teller:
    """Tells what is related to one thing."""

    def __init__(self, shared: Site, index: Index, iri: str, number: int, kind: str) -> None:
        self.shared, self.index = shared, index
        self.iri, self.number, self.kind = iri, number, kind
        self.names = Names(shared)
        self.reckoned = index.made(Relatedness)

    def told(self) -> Relations:
        """The related things and the ties, with all names asked for together."""
        found = self.reckoned.to(self.number)
        own = {name: self.values(name, self.number) for name in TIES}
        self.names.learn(
            {
                *(self.index.iri(one.number) for one in found),
                *(concept for one in found for concept in one.concepts),
                *(value for values in own.values() for value in values),
            }
        )
        things = tuple(self.related(one, own) for one in found)
        works = Selection("", WORK_CLASSES)
        total = int(np.count_nonzero(self.index.having("kind", *WORKS)))
        whole = Number(total, query_path(self.shared.selected("count-of-class", works)))
        return Relations(things, tuple(self.ties(own)), whole)

    def values(self, facet: str, number: int) -> list[str]:
        """The values of a facet that a thing has."""
        meant = FACETS[facet]
        column = self.index.facet(meant.query)
        values = [column.values[place] for place in column.places_of(number)]
        if not meant.scheme:
            return values
        inside = self.index.members.get(meant.scheme, ())
        below = meant.level == "below"
        return [v for v in values if v in inside and (not below or v in self.index.broader)]

    def related(self, one: Relation, own: dict[str, list[str]]) -> Related:
        """One related thing as the page shows it."""
        iri = self.index.iri(one.number)
        query = self.shared.text("relatedness", thing=sorted((self.iri, iri)))
        ties = ((name, [v for v in own[name] if self.has(name, v, one.number)]) for name in TIES)
        return Related(
            self.names.page_link(iri),
            kind_word(kind_of(self.index, one.number), iri),
            Number(one.score, query_path(query)),
            tuple(self.reason(concept, one.number) for concept in one.concepts),
            tuple(
                (FACETS[name].word.lower(), tuple(self.names.page_link(v) for v in values))
                for name, values in ties
                if values
            ),
        )

    def has(self, facet: str, value: str, number: int) -> bool:
        """Whether a thing has a value of a facet."""
        having = self.index.facet(FACETS[facet].query).having(value)
        at = int(np.searchsorted(having, number))
        return at < len(having) and int(having[at]) == number

    def reason(self, concept: str, other: int) -> Reason:
        """A keyword that both carry, and how many things do."""
        both = (self.number, other)
        itself = all(self.reckoned.exactly(concept, number) for number in both)
        works = Selection("", WORK_CLASSES, {"keyword": (concept,)})
        query = query_path(self.shared.selected("count-of-class", works))
        carriers = Number(self.index.carriers[concept], query)
        return Reason(self.names.page_link(concept), itself, carriers)

    def ties(self, own: dict[str, list[str]]) -> Iterator[Tie]:
        """What the thing has in common with others of its kind, apart from keywords."""
        shelf: Shelf = next(s for s in SHELVES.values() if s.kind == self.kind)
        for name, values in own.items():
            for value in values:
                selection = shelf.everything.adding(name, value)
                number = int(np.count_nonzero(chosen(self.index, selection)))
                if number > 1 and value != self.iri:
                    query = query_path(self.shared.selected("count-of-class", selection))
                    yield Tie(
                        FACETS[name].word.lower(),
                        self.names.page_link(value),
                        Number(number, query),
                        Asked(shelf, selection).address(),
                        shelf.noun,
                    )
