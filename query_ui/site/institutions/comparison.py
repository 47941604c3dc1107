"""Two to five institutions side by side: what all share, and what only one has."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.facets import FACET_BY_NAME
from query_ui.graph.page_queries import GraphContext, get_cell_text
from query_ui.graph.urls import Link, LinkedCount
from query_ui.site.institutions.choice import Chosen
from query_ui.site.institutions.group_comparison import build_practice_list_path
from query_ui.site.institutions.profile import CKG, build_case_study_list_path
from query_ui.site.record_cards import format_date

ASPECTS = (
    ("kind", "Practices by kind", "Kind of practice"),
    ("keyword", "Keywords with practice", "Keyword"),
    ("obligation", "Obligations with practice", "Obligation"),
    ("register", "Awards and signatures", "Register"),
    ("group", "Memberships today", "Group"),
)
"""The aspects in their order, with the title of each table and the heading of its items."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one institution has of an item: a count, and a note such as the latest date."""

    count: LinkedCount | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One item with a cell for each institution, None where nothing was found."""

    item: Link
    cells: tuple[Cell | None, ...]

    @property
    def having(self) -> int:
        """Return the number of institutions that have the item."""
        return sum(cell is not None for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Aspect:
    """One table: rows that all share come first, then by the number that have it."""

    name: str
    title: str
    heading: str
    rows: tuple[Row, ...]

    @property
    def shared(self) -> list[Link]:
        """Return the items that all institutions have."""
        return [row.item for row in self.rows if row.having == len(row.cells)]

    @property
    def common(self) -> list[Row]:
        """Return the rows that two or more institutions have."""
        return [row for row in self.rows if row.having > 1]

    def list_only(self, place: int) -> list[Link]:
        """Return the items that only the institution in a place has, from 0."""
        return [row.item for row in self.rows if row.having == 1 and row.cells[place]]


def compare_institutions(graph: GraphContext, chosen: Sequence[Chosen]) -> list[Aspect]:
    """Return all aspects of institutions, in the order of ``chosen``."""
    iris = [one.link.iri for one in chosen]
    rows = graph.select_rows("contents-of-institutions", thing=iris)
    labels = EntityLabels(graph)
    labels.load(get_cell_text(row, "item") for row in rows)
    cells: dict[str, dict[str, dict[str, Cell]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        aspect, item = get_cell_text(row, "aspect"), get_cell_text(row, "item")
        thing, number = get_cell_text(row, "thing"), int(get_cell_text(row, "records"))
        cells[aspect][item][thing] = build_cell(
            graph, aspect, thing, item, number, get_cell_text(row, "latest")
        )
    return [
        Aspect(name, title, heading, build_rows(labels, cells[name], iris))
        for name, title, heading in ASPECTS
    ]


def build_rows(
    labels: EntityLabels, cells: Mapping[str, Mapping[str, Cell]], iris: Sequence[str]
) -> tuple[Row, ...]:
    """Return a row for each item, those that most institutions have first, then by label."""
    rows = [
        Row(labels.build_page_link(item), tuple(found.get(iri) for iri in iris))
        for item, found in cells.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.having, row.item.text.lower())))


def build_cell(  # noqa: PLR0913
    graph: GraphContext, aspect: str, institution: str, item: str, number: int, latest: str
) -> Cell:
    """Return the cell of one institution and item, with the list and the query of its count."""
    if aspect == "group":
        return Cell(None, f"since {format_date(latest)}" if latest else "member")
    if aspect == "register":
        href = graph.named_query_path("count-events-in-register", thing=institution, register=item)
        listed = f"/organisations/{institution.rpartition('/')[2]}#events"
        return Cell(LinkedCount(number, href, listed), format_date(latest))
    if aspect == "kind":
        href = graph.named_query_path("count-practices-of-kind", thing=institution, kind=item)
        listed = f"{build_practice_list_path(institution)}&kind={FACET_BY_NAME['kind'].key(item)}"
        return Cell(LinkedCount(number, href, listed))
    href = graph.named_query_path("count-practices-on", thing=institution, topic=item)
    return Cell(LinkedCount(number, href, build_practice_list_path(institution, item)))


def count_totals(graph: GraphContext, iri: str) -> list[tuple[LinkedCount, str]]:
    """Return the numbers of practices and case studies of an institution, with their words."""
    pairs = []
    for class_name, words, listed in (
        ("Practice", "practices", build_practice_list_path(iri)),
        ("CaseStudy", "case studies", build_case_study_list_path(iri)),
    ):
        values = {"thing": iri, "class": f"{CKG}{class_name}"}
        counted = graph.count("count-records-of", **values)
        pairs.append((replace(counted, list_href=listed), words))
    return pairs


def list_csv_rows(chosen: Sequence[Chosen], aspects: Sequence[Aspect]) -> list[list[str]]:
    """Return the comparison as rows with a heading: one column for each institution."""
    rows = [["aspect", "item", "iri", *(one.link.text for one in chosen), "have"]]
    for aspect in aspects:
        for row in aspect.rows:
            values = [
                "" if cell is None else str(cell.count.value) if cell.count else cell.note
                for cell in row.cells
            ]
            rows.append([aspect.title, row.item.text, row.item.iri, *values, str(row.having)])
    return rows
