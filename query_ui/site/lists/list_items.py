"""Lists of things, fifty a page, with the total and what each line tells of its thing."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import request
from pyoxigraph import NamedNode
from werkzeug.exceptions import NotFound

from loader.errors import UsageError
from loader.settings import BASE
from query_ui.graph.entity_labels import TYPE, Names
from query_ui.graph.page_queries import PAGE_SIZE, Row, Site, string
from query_ui.graph.urls import Link, Number


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a list says of its item: a word, and links or texts."""

    label: str
    values: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list."""

    link: Link
    facts: tuple[Fact, ...] = ()
    number: Number | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list. ``earlier`` and ``later`` are the addresses of its neighbours or ""."""

    items: tuple[Item, ...]
    total: Number
    page: int
    earlier: str = ""
    later: str = ""
    size: int = PAGE_SIZE

    @property
    def first(self) -> int:
        return (self.page - 1) * self.size + 1

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1

    @property
    def headers(self) -> dict[str, str]:
        """The Link header that leads to the neighbours: https://www.rfc-editor.org/rfc/rfc8288"""
        pairs = ((self.later, "next"), (self.earlier, "prev"))
        found = ", ".join(f'<{address}>; rel="{name}"' for address, name in pairs if address)
        return {"Link": found} if found else {}


def page_number() -> int:
    """The page that ``?page=`` asks for, counted from 1; UsageError where it is no such number."""
    return whole("page", request.args.get("page", "1"))


def page_size() -> int:
    """How many things a page of a list has: ``?size=``, at most 100,000, else fifty."""
    return min(100_000, whole("size", request.args.get("size", str(PAGE_SIZE))))


def whole(name: str, text: str) -> int:
    """The number that a field holds, from 1; UsageError where it holds none."""
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) and len(text) < 10):
        raise UsageError(f"{name} is “{text}”, and has to be a whole number from 1.")
    return int(text)


def here(page: int) -> str:
    """The address of another page of the list at hand, where nothing else is asked of it."""
    return f"{request.path}?page={page}"


def listing(
    items: Sequence[Item],
    total: Number,
    page: int,
    address: Callable[[int], str] = here,
    size: int = PAGE_SIZE,
) -> Listing:
    """A page of a list with its neighbours; NotFound where the list has no such page."""
    pages = max(1, -(-total.value // size))
    if page > pages:
        raise NotFound(f"This list has no page {page}: its last is page {pages}.")
    return Listing(
        tuple(items),
        total,
        page,
        address(page - 1) if page > 1 else "",
        address(page + 1) if page < pages else "",
        size,
    )


def subjects(rows: Sequence[Row], column: str = "thing") -> list[str]:
    """The IRIs of one column; a node without a name has no page to be linked to."""
    return [term.value for row in rows if isinstance(term := row[column], NamedNode)]


def facts_of(
    site: Site,
    names: Names,
    things: Sequence[str],
    wanted: Mapping[str, str],
    generic: str = "",
) -> dict[str, tuple[Fact, ...]]:
    """For each thing, in the order of ``wanted`` (property IRI → word), what it says there.

    Of its classes only ours are told, and not the ``generic`` one that the whole list is about.
    """
    found: dict[tuple[str, str], list[Link]] = defaultdict(list)
    rows = site.rows("summaries", thing=things, property=list(wanted))
    names.learn(subjects(rows, "value"))
    for row in rows:
        if string(row, "property") == TYPE and not telling(string(row, "value"), generic):
            continue
        found[string(row, "thing"), string(row, "property")].append(value_link(names, row))
    return {
        thing: tuple(
            Fact(word, tuple(sorted(found[thing, prop], key=by_text)))
            for prop, word in wanted.items()
            if (thing, prop) in found
        )
        for thing in things
    }


def telling(kind: str, generic: str) -> bool:
    """Whether a class says more than the published one it stands on, and than the list does."""
    return kind.startswith(BASE) and kind != generic


def value_link(names: Names, row: Row) -> Link:
    """The link or the text of a value."""
    text = string(row, "value")
    return names.link(text) if isinstance(row["value"], NamedNode) else Link(text)


def by_text(link: Link) -> str:
    """Links in the order that people look them up."""
    return link.text.lower()


def as_object(found: Listing) -> dict[str, object]:
    """One page of a list for JSON: ``truncated`` where it is not the whole list."""
    items = [
        {"iri": item.link.iri, "label": item.link.text, "url": item.link.href}
        for item in found.items
    ]
    return {
        "total": found.total.value,
        "truncated": len(items) < found.total.value,
        "page": found.page,
        "next": found.later or None,
        "items": items,
    }
