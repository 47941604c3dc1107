"""The things that have one value of a facet, kind by kind, as sections of the page about it."""

from collections.abc import Iterator
from dataclasses import dataclass

from loader.release.search_index.search_schema import KINDS as ORDER
from query_ui.graph.entity_labels import Names
from query_ui.graph.entity_types import CLASSES, KINDS
from query_ui.graph.facet_filter import Selection
from query_ui.graph.facets import Facet
from query_ui.graph.page_queries import PAGE_SIZE, Site
from query_ui.graph.search_index import Index
from query_ui.site.lists.list_definitions import SHELVES, Shelf
from query_ui.site.lists.list_items import Item, Listing, listing
from query_ui.site.lists.list_page import found
from query_ui.site.lists.list_request import Asked

ALWAYS = ("case-study", "initiative")
"""Of these it is told too that there are none."""
APART = ("organisation", "concept", "source")
"""Of these nothing is told: an organisation has what its things have."""


@dataclass(frozen=True, slots=True)
class Section:
    """One kind; ``address`` is that of the list to narrow and sort, or "" where there is none."""

    kind: str
    single: str
    noun: str
    listing: Listing
    address: str


def shelf_of(kind: str) -> Shelf:
    """The list of a kind; one without a page where the site has none."""
    known = next((shelf for shelf in SHELVES.values() if shelf.kind == kind), None)
    return known or Shelf("", kind, CLASSES[kind], KINDS[kind][1], "", KINDS[kind][1].lower())


def sections(shared: Site, facet: Facet, value: str, page: int) -> Iterator[Section]:
    """The kinds of things that have a value; ``page`` is that of the first kind.

    Without an index only those kinds of which it is always told.
    """
    for place, kind in enumerate(kinds_of(shared.index, facet, value)):
        shelf = shelf_of(kind)
        asked = Asked(shelf, Selection(kind, shelf.classes).adding(facet.name, value))
        number = page if place == 0 else 1
        total, things = found(shared, shared.index, asked, number, PAGE_SIZE)
        names = Names(shared)
        names.learn(things)
        shown = listing([Item(names.page_link(thing)) for thing in things], total, number)
        yield Section(
            kind, KINDS[kind][0].lower(), shelf.noun, shown, asked.address() if shelf.path else ""
        )


def kinds_of(index: Index | None, facet: Facet, value: str) -> list[str]:
    """The kinds that have a section: those always told of, then any other that has the value."""
    if index is None:
        return list(ALWAYS)
    column = index.facet("kind")
    counts = column.counts(index.having(facet.query, value))
    having = {kind for kind, count in zip(column.values, counts, strict=True) if count}
    return [*ALWAYS, *(kind for kind in ORDER if kind in having - {*ALWAYS, *APART})]
