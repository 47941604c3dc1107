"""The lists of things: narrowed by facets, sorted, in pages, and as data."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flask import Response, render_template
from numpy.typing import NDArray

from query_ui.graph.entity_labels import Names
from query_ui.graph.entity_types import KINDS
from query_ui.graph.facets import FACETS
from query_ui.graph.page_queries import Site
from query_ui.graph.search_index import Index
from query_ui.graph.search_index.entity_filter import chosen, ordered
from query_ui.graph.urls import Link, Number, query_path
from query_ui.http.response_format import json_answer, wants_json
from query_ui.site.lists.facet_panels import panels
from query_ui.site.lists.list_definitions import SHELVES, Shelf
from query_ui.site.lists.list_items import (
    Item,
    as_object,
    facts_of,
    listing,
    page_number,
    page_size,
    subjects,
)
from query_ui.site.lists.list_request import SORTS, Asked, asked

COUNTED = {"/organisations": ("organisation", SHELVES["/case-studies"])}
"""For each line of a list, what is counted: the things of another list by a facet."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice, and the address of the list without it."""

    word: str
    name: str
    address: str


def shelf_page(shared: Site, path: str, data: bool = False) -> Response:
    """One of the lists of the site, as a page or as JSON."""
    index = shared.index
    request = asked(SHELVES[path], index)
    page, size = page_number(), page_size()
    total, things = found(shared, index, request, page, size)
    names = Names(shared)
    names.learn([*things, *request.selection.iris()])
    items = items_of(shared, names, request.shelf, things)
    shown = listing(items, total, page, lambda number: address(request, number, size), size)
    if data or wants_json():
        return json_answer(as_object(shown), shown.headers)
    text = render_template(
        "list.html",
        shelf=request.shelf,
        single=KINDS[request.shelf.kind][0].lower(),
        listing=shown,
        panels=panels(shared, index, names, request, total.value) if index else [],
        chips=chips(names, request),
        sorts=sorts(request),
        query=query_path(unpaged(shared.selected(SORTS[request.sort][1], request.selection))),
        downloads=downloads(request, total.value),
    )
    return Response(text, mimetype="text/html", headers=shown.headers)


def found(
    shared: Site, index: Index | None, request: Asked, page: int, size: int
) -> tuple[Number, Sequence[str]]:
    """How many things there are, and those of one page."""
    text = shared.selected("count-of-class", request.selection)
    if index is None:
        rows = shared.rows_of(shared.selected(SORTS[request.sort][1], request.selection, page))
        return shared.counted(text), subjects(rows)
    mask = chosen(index, request.selection)
    numbers = ordered(index, mask, request.sort)[(page - 1) * size : page * size]
    return Number(int(np.count_nonzero(mask)), query_path(text)), iris(index, numbers)


def iris(index: Index, numbers: NDArray[np.int64]) -> list[str]:
    """The IRIs of things by their numbers."""
    return [index.iri(number) for number in numbers]


def items_of(shared: Site, names: Names, shelf: Shelf, things: Sequence[str]) -> list[Item]:
    """The lines of a list."""
    generic = shelf.classes[0]
    facts = facts_of(shared, names, things, shelf.shown, generic)
    if shelf.path not in COUNTED:
        return [Item(names.page_link(thing), facts[thing]) for thing in things]
    facet, other = COUNTED[shelf.path]
    return [
        Item(names.page_link(thing), facts[thing], counted(shared, other, facet, thing), other.noun)
        for thing in things
    ]


def counted(shared: Site, shelf: Shelf, facet: str, value: str) -> Number:
    """How many things of a list have a value of a facet."""
    selection = shelf.everything.adding(facet, value)
    text = shared.selected("count-of-class", selection)
    index = shared.index
    if index is None:
        return shared.counted(text)
    return Number(int(np.count_nonzero(chosen(index, selection))), query_path(text))


def address(request: Asked, page: int, size: int) -> str:
    """The address of another page of a list."""
    return request.address(size=size if size != 50 else "", page=page if page > 1 else "")


def chips(names: Names, request: Asked) -> list[Chip]:
    """What is chosen, each with the way back."""
    return [
        Chip(
            FACETS[facet].word,
            names.name(value) if ":" in value else value,
            request.address(request.selection.leaving(facet, value)),
        )
        for facet, values in request.selection.chosen.items()
        for value in values
    ]


def sorts(request: Asked) -> list[tuple[Link, bool]]:
    """The orders of a list, and whether each is the one at hand."""
    return [
        (Link(word, request.address(sort=name if name != "title" else "")), name == request.sort)
        for name, (word, _) in SORTS.items()
    ]


def unpaged(text: str) -> str:
    """A query that gives all rows and not a page of them."""
    lines = text.splitlines()
    return "\n".join(line for line in lines if not line.startswith(("LIMIT ", "OFFSET "))) + "\n"


def downloads(request: Asked, total: int) -> list[Link]:
    """The whole list as data."""
    forms = (("CSV", "csv", ""), ("JSON", "json", max(total, 1)), ("Turtle", "ttl", ""))
    path = request.shelf.path
    return [
        Link(word, request.address(size=size).replace(path, f"{path}.{form}", 1))
        for word, form, size in forms
    ]
