"""Routes of action plans, registers and indicators: lists, and pages with the tables they hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response
from pyoxigraph import NamedNode

from loader.namespaces import XSD
from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, PageTerm, current_graph, get_cell_text
from query_ui.graph.urls import FOLDER_BY_ENTITY_TYPE, Link, build_entity_iri
from query_ui.http.negotiation import negotiate_page_or_format, split_suffix
from query_ui.site.entity_page import render_entity
from query_ui.site.lists.list_page import render_list
from query_ui.site.record_cards import format_date, format_duration

blueprint = Blueprint("records", __name__)


@dataclass(frozen=True, slots=True)
class RecordTable:
    """A table on a page: its heading, the page query that fills it, and a heading per column.

    The column ``record`` of the query is the entity of the row, which gives the row its anchor;
    the column ``low`` says whether a row is of low trust.
    """

    title: str
    query_name: str
    heading_by_column: Mapping[str, str]
    part_property: str


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One row: the anchor of its record, its cells, and whether it is of low trust."""

    anchor: str
    cells: tuple[Link, ...]
    is_low: bool


@dataclass(frozen=True, slots=True)
class FilledTable:
    """A table with its rows and the path of the query that returns them.

    ``headings`` are those of the columns in which a row has something; the others are named apart.
    """

    title: str
    headings: tuple[str, ...]
    empty_headings: tuple[str, ...]
    rows: tuple[RecordRow, ...]
    href: str


_SOURCE = {"source": "Source"}
RECORD_TABLES_BY_TYPE: Mapping[str, tuple[RecordTable, ...]] = {
    "action-plan": (
        RecordTable(
            "Actions",
            "actions-of-plan",
            {
                "number": "No.",
                "gist": "Action",
                "due": "Due",
                "owner": "Owner",
                "success": "Measure of success",
                "status": "Status as printed",
                **_SOURCE,
            },
            "http://purl.org/dc/terms/isPartOf",
        ),
    ),
    "register": (
        RecordTable(
            "Rules",
            "rules-of-register",
            {
                "due": "What falls due",
                "event": "After",
                "after": "How long after",
                "latest": "At the latest",
                "every": "Repeats after (years)",
                "from": "Valid from",
                "until": "Valid until",
                **_SOURCE,
            },
            f"{BASE}ontology#inRegister",
        ),
        RecordTable(
            "Events",
            "events-of-register",
            {
                "date": "Date",
                "organisation": "Organisation",
                "event": "Event",
                "step": "Step or level",
                **_SOURCE,
            },
            f"{BASE}ontology#inRegister",
        ),
        RecordTable(
            "Totals that sources print",
            "totals-of-register",
            {"period": "Date", "value": "Total", "unit": "Unit", **_SOURCE},
            f"{BASE}ontology#inRegister",
        ),
    ),
    "indicator": (
        RecordTable(
            "Values",
            "observations-of-indicator",
            {
                "about": "About",
                "period": "Period",
                "value": "Value",
                "unit": "Unit",
                **_SOURCE,
            },
            f"{BASE}ontology#indicator",
        ),
    ),
}
"""The tables of a page by the type of its entity."""


def _add_routes(entity_type: str) -> None:
    """Add the list and the page of a type; endpoint names are those of its folder."""
    folder = FOLDER_BY_ENTITY_TYPE[entity_type]
    name = folder.replace("-", "_")

    def list_records() -> Response:
        return render_list(current_graph(), f"/{folder}")

    def show_record(name: str) -> Response:
        return render_record_page(entity_type, name)

    views: tuple[tuple[str, str, Callable[..., Response]], ...] = (
        (f"/{folder}", f"{name}_listed", list_records),
        (f"/{folder}/<path:name>", f"{name}_page", show_record),
    )
    for rule, endpoint, view in views:
        blueprint.add_url_rule(rule, endpoint, view, methods=["GET"])


for _entity_type in RECORD_TABLES_BY_TYPE:
    _add_routes(_entity_type)


def render_record_page(entity_type: str, name: str) -> Response:
    """Return one action plan, register or indicator with its tables, as a page or as RDF."""
    slug, suffix = split_suffix(name)
    iri, graph = build_entity_iri(entity_type, slug), current_graph()
    tables = RECORD_TABLES_BY_TYPE[entity_type]
    if negotiate_page_or_format("graph", suffix):
        return render_entity(graph, iri, suffix, "record.html")
    return render_entity(
        graph,
        iri,
        suffix,
        "record.html",
        excluded_properties=frozenset(table.part_property for table in tables),
        tables=[filled for table in tables if (filled := fill_table(graph, table, iri)).rows],
    )


def fill_table(graph: GraphContext, table: RecordTable, iri: str) -> FilledTable:
    """Run the query of a table and return its rows with labels."""
    rows = graph.select_rows(table.query_name, thing=iri)
    labels = EntityLabels(graph)
    labels.load(
        term.value
        for row in rows
        for column in table.heading_by_column
        if column != "source" and isinstance(term := row.get(column), NamedNode)
    )
    columns = [name for name in table.heading_by_column if any(row.get(name) for row in rows)]
    return FilledTable(
        table.title,
        tuple(table.heading_by_column[name] for name in columns),
        tuple(h for name, h in table.heading_by_column.items() if name not in columns),
        tuple(
            RecordRow(
                build_anchor(get_cell_text(row, "record")),
                tuple(build_cell(labels, name, row.get(name)) for name in columns),
                get_cell_text(row, "low") == "true",
            )
            for row in rows
        ),
        graph.named_query_path(table.query_name, thing=iri),
    )


def format_literal(term: PageTerm) -> str:
    """Return a literal as text: dates and durations in words, anything else as it is."""
    datatype, text = getattr(term, "datatype", None), str(term.value)
    if datatype in (XSD.date, XSD.gYearMonth, XSD.gYear):
        return format_date(text, is_long=True)
    return format_duration(text) if datatype == XSD.duration else text


def build_anchor(iri: str) -> str:
    """Return the anchor of a record on the page: its kind and slug, joined by a hyphen."""
    return iri.removeprefix(f"{BASE}id/").replace("/", "-")


def build_cell(labels: EntityLabels, column: str, term: PageTerm | None) -> Link:
    """Return a cell as a link; an address of a source leads outside under a short text."""
    if term is None:
        return Link("")
    if not isinstance(term, NamedNode):
        return Link(format_literal(term))
    if column == "source":
        return Link("source", term.value, term.value, outside=True)
    return labels.build_page_link(term.value)
