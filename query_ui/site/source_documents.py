"""Routes of source documents: one named graph each, with file, licence, trust and data issues."""

from dataclasses import dataclass

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from loader.release.document_texts import DOCUMENT_TEXTS_FILE, read_document_lines
from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, current_graph, get_cell_text
from query_ui.http.negotiation import negotiate_page_or_format, split_suffix
from query_ui.http.request_input import parse_whole_number
from query_ui.site.entity_description import build_issues
from query_ui.site.entity_page import render_entity
from query_ui.site.lists.list_items import (
    ListItem,
    ListPage,
    build_list_page,
    collect_column_iris,
    parse_page_number,
)
from query_ui.site.lists.list_page import render_list

blueprint = Blueprint("graphs", __name__, url_prefix="/graphs")

MAX_LISTED_STATEMENTS = 20_000
"""Statements up to which a page lists the entities of a document: more would take too long."""
LINES_BEFORE, MAX_LINES = 5, 100
MAX_LINE_LENGTH, MAX_EXCERPT_CHARACTERS = 4_000, 24_000


@blueprint.get("", endpoint="listed")
def list_source_documents() -> Response:
    """List source documents, narrowed by facets."""
    return render_list(current_graph(), "/graphs")


@blueprint.get("/<path:name>")
def page(name: str) -> Response:
    """Return one source document: metadata, entities and data issues, as a page or as RDF."""
    slug, suffix = split_suffix(name)
    iri, shared = f"{BASE}graph/{slug}", current_graph()
    stated = shared.count("count-in-graph", graph=iri)
    known = stated.value > 0
    if negotiate_page_or_format("graph", suffix):
        return render_entity(shared, iri, suffix, "graph.html", is_known=known)
    return render_entity(
        shared,
        iri,
        suffix,
        "graph.html",
        is_known=known,
        excerpt=fetch_excerpt(shared, iri),
        stated=stated,
        found=build_issues(
            shared.select_rows("issues-of-document", graph=iri), EntityLabels(shared)
        ),
        problems=shared.count("count-issues-of-document", graph=iri),
        download=shared.named_query_path("graph-statements", graph=iri),
        listing=list_document_entities(shared, iri)
        if stated.value <= MAX_LISTED_STATEMENTS
        else None,
    )


@dataclass(frozen=True, slots=True)
class TextExcerpt:
    """Some lines of the text of a document: its number of lines, and the first line shown."""

    lines: tuple[str, ...]
    first: int
    total: int

    @property
    def last(self) -> int:
        """Return the number of the last line shown."""
        return self.first + len(self.lines) - 1


def fetch_excerpt(graph: GraphContext, graph_iri: str) -> TextExcerpt | None:
    """Return the lines of a document around ``?line=``; None where its text is not held or shown.

    A text is shown where the catalogue states its licence. Raises UsageError for a line that is
    not a whole number, and NotFound for one that the text does not have.
    """
    line = parse_whole_number("line", request.args.get("line", "1"))
    rows = graph.select_rows("documents-named", graph=[graph_iri])
    file = next((get_cell_text(row, "file") for row in rows), "")
    if not file or not graph.select_rows("licences-of-document", graph=graph_iri):
        return None
    path = graph.build_folder / "releases" / graph.engine.release / DOCUMENT_TEXTS_FILE
    lines = read_document_lines(path, file)
    if not lines:
        return None
    if line > len(lines):
        raise NotFound(f"This document has {len(lines)} lines, and no line {line}.")
    first = max(1, line - LINES_BEFORE)
    shown: list[str] = []
    for text in lines[first - 1 : first - 1 + MAX_LINES]:
        shown.append(text[:MAX_LINE_LENGTH])
        if sum(map(len, shown)) > MAX_EXCERPT_CHARACTERS:
            break
    return TextExcerpt(tuple(shown), first, len(lines))


def list_document_entities(graph: GraphContext, graph_iri: str) -> ListPage:
    """Return one page of the subjects of a document's statements."""
    page = parse_page_number()
    total = graph.count("count-subjects-of-graph", graph=graph_iri)
    entities = collect_column_iris(graph.select_rows("subjects-of-graph", page, graph=graph_iri))
    names = EntityLabels(graph)
    names.load(entities)
    return build_list_page(
        [ListItem(names.build_page_link(entity)) for entity in entities], total, page
    )
