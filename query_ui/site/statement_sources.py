"""Provenance of a statement: the document and the passages that it rests on.

https://www.w3.org/TR/prov-o/#hadPrimarySource
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from query_ui.graph.entity_labels import EntityLabels, format_line_span
from query_ui.graph.page_queries import GraphContext, PageRow, PageTerm, get_cell_text
from query_ui.graph.urls import Link
from query_ui.site.linked_rows import CKG, select_linked_rows

LOW_TRUST = "Low"


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A source document of the catalogue: its page, its file and its trust ("Official" …)."""

    link: Link
    file: str
    trust: str

    @property
    def short_name(self) -> str:
        """Return the file name without folders, or the label of a graph without a file."""
        return self.file.rpartition("/")[2] or self.link.text

    @property
    def is_low_trust(self) -> bool:
        """Return whether the document is of low trust."""
        return self.trust == LOW_TRUST


@dataclass(frozen=True, slots=True)
class StatementSource:
    """One location from which a statement was read.

    ``lines`` reads "lines 4–6", ``quote`` is the text there if it differs from the value, and
    ``origin`` is the author of the statement: "source", "curator", "rule" or "" if unknown.
    ``is_low_trust`` says that the passage is of low trust in a document that may not be.
    """

    document: SourceDocument
    lines: str = ""
    quote: str = ""
    rule: str = ""
    origin: str = ""
    is_low_trust: bool = False

    @property
    def line_anchor(self) -> str:
        """Return the end of the address of the first line, as ``?line=4#L4``."""
        first = re.search(r"\d+", self.lines)
        return f"?line={first[0]}#L{first[0]}" if first else ""


class SourceDocuments:
    """A cache of the source documents of one page, each fetched once."""

    def __init__(self, graph: GraphContext, labels: EntityLabels) -> None:
        self.graph = graph
        self.labels = labels
        self.document_by_graph: dict[str, SourceDocument] = {}

    def load(self, graph_iris: Iterable[str]) -> None:
        """Fetch the documents of all these graphs with one query."""
        new = sorted(set(graph_iris) - self.document_by_graph.keys())
        self.labels.load(new)
        for row in self.graph.select_rows("documents-named", graph=new):
            iri, file = get_cell_text(row, "graph"), get_cell_text(row, "file")
            trust = get_cell_text(row, "trust").rsplit("#", 1)[-1]
            self.document_by_graph[iri] = SourceDocument(self.labels.link(iri), file, trust)
        for iri in new:
            self.document_by_graph.setdefault(iri, SourceDocument(self.labels.link(iri), "", ""))

    def get_document(self, graph_iri: str) -> SourceDocument:
        """Return the document of a graph; it has no file if the loader itself makes the graph."""
        if graph_iri not in self.document_by_graph:
            self.load([graph_iri])
        return self.document_by_graph[graph_iri]


class PassageIndex:
    """The passages of one entity, indexed by graph, property and value."""

    def __init__(self, rows: Iterable[PageRow]) -> None:
        self.index: dict[tuple[str, str, str], list[PageRow]] = defaultdict(list)
        for row in rows:
            key = (
                get_cell_text(row, "graph"),
                get_cell_text(row, "property"),
                str(row["value"] or ""),
            )
            self.index[key].append(row)

    def find_passages(
        self, graph_iri: str, property_iri: str, value: PageTerm | None
    ) -> list[PageRow]:
        """Return the most specific passages of a statement.

        A passage may name property and object, the property alone, the object alone (for a
        statement that follows from the entire record), or neither: it then covers the record.
        """
        # From the most to the least specific; the first level with any passage hides the others.
        for key in ((property_iri, str(value)), (property_iri, ""), ("", str(value)), ("", "")):
            found = self.index.get((graph_iri, *key))
            if found:
                return found
        return []


def fetch_passages(graph: GraphContext, iri: str, classes: Iterable[str]) -> list[PageRow]:
    """Return the passages behind the statements about an entity of ``classes``.

    A record of a sector dataset is its own passage.
    """
    if f"{CKG}SectorRecord" in classes:
        return graph.select_rows("passages", thing=iri)
    return select_linked_rows(graph, "passages", iri, incoming=[f"{CKG}statementSubject"])


def build_statement_source(
    row: PageRow, document: SourceDocument, labels: EntityLabels
) -> StatementSource:
    """Return the source that a passage row describes."""
    rule = get_cell_text(row, "rule")
    return StatementSource(
        document,
        format_line_span(get_cell_text(row, "start"), get_cell_text(row, "end")),
        get_cell_text(row, "quote"),
        labels.name(rule) if rule else "",
        get_cell_text(row, "origin"),
        get_cell_text(row, "trust").endswith(f"#{LOW_TRUST}"),
    )
