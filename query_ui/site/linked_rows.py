"""Rows of queries about an entity, which are not run where its properties say that there are none.

A page runs some twenty queries about its entity, and most of them find nothing. What an entity
links to and what links to it is known from the two queries that every page runs.
"""

from collections.abc import Iterable
from typing import Final

from loader.release.search_index.organisation_parts import IN_USE, name_property_facet
from loader.settings import BASE
from query_ui.graph.page_queries import GraphContext, PageRow, get_cell_text

MAX_FIRST_STATEMENTS: Final = 301
"""The limit of the page query ``incoming-first``: with fewer it has read all statements."""
CKG: Final = f"{BASE}ontology#"


def select_linked_rows(  # noqa: PLR0913 (what the rows rest on)
    graph: GraphContext,
    name: str,
    iri: str,
    *,
    incoming: Iterable[str] = (),
    outgoing: Iterable[str] = (),
    parameter: str = "thing",
) -> list[PageRow]:
    """Return the rows of a page query about an entity.

    Every row of the query must rest on a statement with one of the properties: ``incoming`` has
    the entity as object, ``outgoing`` as subject.
    """
    if not may_be_linked(graph, iri, incoming, outgoing):
        return []
    return graph.select_rows(name, 1, **{parameter: iri})


def may_be_linked(
    graph: GraphContext, iri: str, incoming: Iterable[str] = (), outgoing: Iterable[str] = ()
) -> bool:
    """Return whether a statement with one of the properties may exist about an entity.

    It may where that is not known: without a release no rows are kept, and looking would be one
    more query; and of very many statements with the entity as object not all are read.
    """
    if not graph.engine.release:
        return True
    pointing = list_incoming_properties(graph, iri) if incoming else frozenset()
    if pointing is None or not pointing.isdisjoint(incoming):
        return True
    return bool(outgoing) and not list_outgoing_properties(graph, iri).isdisjoint(outgoing)


def has_property(graph: GraphContext, iri: str, *properties: str) -> bool:
    """Return whether an entity may have a record with one of the properties, or a membership by it.

    They are of ``ORGANISATION_PROPERTIES``. It may where the index does not say.
    """
    index = graph.index
    number = index.number(iri) if index else None
    if index is None or number is None:
        return True
    columns = [index.find_facet(name_property_facet(one)) for one in properties]
    return any(column is None or number in column.find_entities(IN_USE) for column in columns)


def list_incoming_properties(graph: GraphContext, iri: str) -> frozenset[str] | None:
    """Return the properties that have an entity as object; None where there are too many rows."""
    rows = graph.select_rows("incoming-first", thing=iri)
    if sum(int(get_cell_text(row, "number")) for row in rows) >= MAX_FIRST_STATEMENTS:
        return None
    return frozenset(get_cell_text(row, "property") for row in rows)


def list_outgoing_properties(graph: GraphContext, iri: str) -> frozenset[str]:
    """Return the properties that have an entity as subject."""
    rows = graph.select_rows("statements", thing=iri)
    return frozenset(get_cell_text(row, "property") for row in rows)
