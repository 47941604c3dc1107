"""Where a statement comes from: the passage that explains it best, as a page shows it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from query_ui.graph.entity_labels import EntityLabels, format_line_span
from query_ui.graph.page_queries import GraphContext, PageRow, PageTerm, get_cell_text
from query_ui.graph.urls import Link

LOW_TRUST = "Low"


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A source document as the catalogue knows it: its page, its file, how far it is trusted."""

    link: Link
    file: str
    trust: str

    @property
    def short(self) -> str:
        """The file without its folders, or the name of a graph that no file was read into."""
        return self.file.rpartition("/")[2] or self.link.text

    @property
    def low(self) -> bool:
        return self.trust == LOW_TRUST


@dataclass(frozen=True, slots=True)
class StatementSource:
    """One place that a statement was read from.

    ``lines`` reads "lines 4–6", ``quote`` is what the source says there where it is not the value
    itself, ``origin`` tells whose statement it is: "source", "curator", "rule" or "" if unknown.
    """

    document: SourceDocument
    lines: str = ""
    quote: str = ""
    rule: str = ""
    origin: str = ""


class SourceDocuments:
    """The documents that a page speaks of, asked for once each."""

    def __init__(self, graph: GraphContext, labels: EntityLabels) -> None:
        self.graph = graph
        self.labels = labels
        self.document_by_graph: dict[str, SourceDocument] = {}

    def load(self, graph_iris: Iterable[str]) -> None:
        """Ask the catalogue about all these graphs together."""
        new = sorted(set(graph_iris) - self.document_by_graph.keys())
        self.labels.load(new)
        for row in self.graph.rows("documents-named", graph=new):
            iri, file = get_cell_text(row, "graph"), get_cell_text(row, "file")
            trust = get_cell_text(row, "trust").rsplit("#", 1)[-1]
            self.document_by_graph[iri] = SourceDocument(self.labels.link(iri), file, trust)
        for iri in new:
            self.document_by_graph.setdefault(iri, SourceDocument(self.labels.link(iri), "", ""))

    def get_document(self, graph_iri: str) -> SourceDocument:
        """The document of a graph; one without a file for a graph that the loader itself makes."""
        if graph_iri not in self.document_by_graph:
            self.load([graph_iri])
        return self.document_by_graph[graph_iri]


class PassageIndex:
    """All passages of one thing, found again by the statement they explain."""

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
        """The passages of a statement; the closest kind there is wins.

        A passage may name property and object, the property alone, the object alone (a statement
        that follows from the record as a whole), or neither: it then explains the whole record.
        """
        for key in ((property_iri, str(value)), (property_iri, ""), ("", str(value)), ("", "")):
            found = self.index.get((graph_iri, *key))
            if found:
                return found
        return []


def build_statement_source(
    row: PageRow, document: SourceDocument, labels: EntityLabels
) -> StatementSource:
    """A passage as a page shows it."""
    rule = get_cell_text(row, "rule")
    return StatementSource(
        document,
        format_line_span(get_cell_text(row, "start"), get_cell_text(row, "end")),
        get_cell_text(row, "quote"),
        labels.name(rule) if rule else "",
        get_cell_text(row, "origin"),
    )
