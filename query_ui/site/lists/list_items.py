"""Items and pages of lists: fifty entities a page, with total and facts about each."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import request
from pyoxigraph import NamedNode
from werkzeug.exceptions import NotFound

from loader.settings import BASE
from query_ui.graph.entity_labels import RDF_TYPE, EntityLabels
from query_ui.graph.page_queries import PAGE_SIZE, GraphContext, PageRow, get_cell_text
from query_ui.graph.urls import Link, LinkedCount
from query_ui.http.public_address import to_public_path
from query_ui.http.request_input import parse_whole_number
from query_ui.site.licences import build_licence_link
from query_ui.site.record_cards import Card

LICENCE = "http://purl.org/dc/terms/license"


@dataclass(frozen=True, slots=True)
class ListFact:
    """One property of a list item: its label, and links or texts as values."""

    label: str
    values: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ListItem:
    """One entity of a list: its card, or its facts with the numbers of its related entities.

    Each of ``numbers`` comes with the word for what it counts; ``key`` is its name in addresses.
    """

    link: Link
    facts: tuple[ListFact, ...] = ()
    numbers: tuple[tuple[LinkedCount, str], ...] = ()
    card: Card | None = None

    @property
    def key(self) -> str:
        """Return the last part of the IRI."""
        return self.link.iri.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list; ``earlier`` and ``later`` are the addresses of its neighbours or ""."""

    items: tuple[ListItem, ...]
    total: LinkedCount
    page: int
    earlier: str = ""
    later: str = ""
    page_size: int = PAGE_SIZE

    @property
    def page_count(self) -> int:
        """Return the number of pages, at least 1."""
        return max(1, -(-self.total.value // self.page_size))

    @property
    def first(self) -> int:
        """Return the position in the list of the first item, from 1."""
        return (self.page - 1) * self.page_size + 1

    @property
    def last(self) -> int:
        """Return the position in the list of the last item."""
        return self.first + len(self.items) - 1

    @property
    def headers(self) -> dict[str, str]:
        """Return the Link header with next and prev.

        https://www.rfc-editor.org/rfc/rfc8288#section-3.3
        """
        pairs = ((self.later, "next"), (self.earlier, "prev"))
        found = ", ".join(f'<{address}>; rel="{name}"' for address, name in pairs if address)
        return {"Link": found} if found else {}


def parse_page_number() -> int:
    """Return the page number of ``?page=``, from 1; raise UsageError for anything else."""
    return parse_whole_number("page", request.args.get("page", "1"))


def parse_page_size(default: int = PAGE_SIZE) -> int:
    """Return the page size of ``?size=``, at most 100,000."""
    return min(100_000, parse_whole_number("size", request.args.get("size", str(default))))


def build_page_url(page: int) -> str:
    """Return the address of another page of the current path, without other parameters."""
    return f"{request.path}?page={page}"


def build_list_page(
    items: Sequence[ListItem],
    total: LinkedCount,
    page: int,
    build_url: Callable[[int], str] = build_page_url,
    page_size: int = PAGE_SIZE,
) -> ListPage:
    """Return a page of a list with its neighbours; raise NotFound if there is no such page."""
    pages = max(1, -(-total.value // page_size))
    if page > pages:
        raise NotFound(f"This list has no page {page}: its last is page {pages}.")
    return ListPage(
        tuple(items),
        total,
        page,
        build_url(page - 1) if page > 1 else "",
        build_url(page + 1) if page < pages else "",
        page_size,
    )


def collect_column_iris(rows: Sequence[PageRow], column: str = "thing") -> list[str]:
    """Return the IRIs of one column; blank nodes are skipped, as they have no page."""
    return [term.value for row in rows if isinstance(term := row[column], NamedNode)]


def fetch_facts(
    graph: GraphContext,
    labels: EntityLabels,
    entities: Sequence[str],
    label_by_property: Mapping[str, str],
    generic_class: str = "",
) -> dict[str, tuple[ListFact, ...]]:
    """Return the facts about each entity in the order of ``label_by_property``.

    Of its classes only those of the project's ontology are included, without ``generic_class``.
    """
    found: dict[tuple[str, str], list[Link]] = defaultdict(list)
    rows = graph.select_rows("summaries", thing=entities, property=list(label_by_property))
    labels.load(collect_column_iris(rows, "value"))
    for row in rows:
        if get_cell_text(row, "property") == RDF_TYPE and not is_specific_class(
            get_cell_text(row, "value"), generic_class
        ):
            continue
        found[get_cell_text(row, "thing"), get_cell_text(row, "property")].append(
            build_value_link(labels, row)
        )
    return {
        entity: tuple(
            ListFact(word, tuple(sorted(found[entity, prop], key=get_sort_key)))
            for prop, word in label_by_property.items()
            if (entity, prop) in found
        )
        for entity in entities
    }


def is_specific_class(class_iri: str, generic_class: str) -> bool:
    """Return whether a class is of the project's ontology and not the class of the list."""
    return class_iri.startswith(BASE) and class_iri != generic_class


def build_value_link(labels: EntityLabels, row: PageRow) -> Link:
    """Return the value of a row as a link, a licence by its short name, or a text without one."""
    text = get_cell_text(row, "value")
    if get_cell_text(row, "property") == LICENCE and isinstance(row["value"], NamedNode):
        return replace(build_licence_link(text), outside=True)
    return labels.link(text) if isinstance(row["value"], NamedNode) else Link(text)


def get_sort_key(link: Link) -> str:
    """Return the key that sorts links by text, ignoring case."""
    return link.text.lower()


def serialise_list_page(list_page: ListPage) -> dict[str, object]:
    """Return one page of a list for JSON; ``truncated`` if it is not the complete list."""
    items = [
        {"iri": item.link.iri, "label": item.link.text, "url": to_public_path(item.link.href)}
        for item in list_page.items
    ]
    return {
        "total": list_page.total.value,
        "truncated": len(items) < list_page.total.value,
        "page": list_page.page,
        "next": to_public_path(list_page.later) or None,
        "items": items,
    }
