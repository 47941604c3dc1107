"""How many case studies and initiatives carry a concept or one below it, each counted once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus

from query_ui.graph.facets import facet_of
from query_ui.graph.page_queries import Site, string
from query_ui.graph.search_index import Index
from query_ui.graph.urls import Number, query_path
from query_ui.site.lists.list_definitions import SHELVES, Shelf
from query_ui.site.lists.list_request import Asked

STUDIES, INITIATIVES = SHELVES["/case-studies"], SHELVES["/initiatives"]
ANY = "urn:concept"
"""Stands in a query for each concept in turn, so that it is put together only once."""


@dataclass(frozen=True, slots=True)
class Carried:
    """The two counts of one concept, each with the query that yields it; and its case studies."""

    studies: Number
    initiatives: Number
    address: str


def carried(shared: Site, concepts: Iterable[str]) -> Mapping[str, Carried]:
    """The counts of many concepts."""
    known = list(concepts)
    index = shared.index
    count = by_index(index) if index else by_query(shared, known)
    makers = {
        (name, shelf.path): maker(shared, shelf, name)
        for name in {facet_of(iri).name for iri in known}
        for shelf in (STUDIES, INITIATIVES)
    }

    def number(iri: str, shelf: Shelf) -> Number:
        return Number(count(iri, shelf), makers[facet_of(iri).name, shelf.path](iri))

    return {
        iri: Carried(number(iri, STUDIES), number(iri, INITIATIVES), address(STUDIES, iri))
        for iri in known
    }


def maker(shared: Site, shelf: Shelf, facet: str) -> Callable[[str], str]:
    """Gives the address of the query that counts what carries a concept of a facet."""
    query = query_path(shared.selected("count-of-class", shelf.everything.adding(facet, ANY)))
    return lambda iri: query.replace(quote_plus(ANY), quote_plus(iri))


def address(shelf: Shelf, concept: str) -> str:
    """The address of the list of what carries a concept."""
    return Asked(shelf, shelf.everything.adding(facet_of(concept).name, concept)).address()


def by_index(index: Index) -> Callable[[str, Shelf], int]:
    """Counts by the index."""
    column = index.facet("concept")
    counts = {s.path: index.of_kind(s.kind, "concept") for s in (STUDIES, INITIATIVES)}
    places = column.places
    return lambda iri, shelf: int(counts[shelf.path][places[iri]]) if iri in places else 0


def by_query(shared: Site, known: list[str]) -> Callable[[str, Shelf], int]:
    """Counts by one query in SPARQL, where there is no index."""
    found = {
        (string(row, "concept"), string(row, "class")): int(string(row, "total"))
        for row in shared.rows("tagged-counts", concept=known)
    }
    return lambda iri, shelf: found.get((iri, shelf.classes[0]), 0)
