"""Where a statement comes from: the passage that explains it best, as a page shows it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from query_ui.graph.entity_labels import Names, span
from query_ui.graph.page_queries import Row, Site, Term, string
from query_ui.graph.urls import Link

LOW = "Low"


@dataclass(frozen=True, slots=True)
class Document:
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
        return self.trust == LOW


@dataclass(frozen=True, slots=True)
class Source:
    """One place that a statement was read from.

    ``lines`` reads "lines 4–6", ``quote`` is what the source says there where it is not the value
    itself, ``origin`` tells whose statement it is: "source", "curator", "rule" or "" if unknown.
    """

    document: Document
    lines: str = ""
    quote: str = ""
    rule: str = ""
    origin: str = ""


class Documents:
    """The documents that a page speaks of, asked for once each."""

    def __init__(self, site: Site, names: Names) -> None:
        self.site = site
        self.names = names
        self.known: dict[str, Document] = {}

    def learn(self, graphs: Iterable[str]) -> None:
        """Ask the catalogue about all these graphs together."""
        new = sorted(set(graphs) - self.known.keys())
        self.names.learn(new)
        for row in self.site.rows("documents-named", graph=new):
            iri, file = string(row, "graph"), string(row, "file")
            trust = string(row, "trust").rsplit("#", 1)[-1]
            self.known[iri] = Document(self.names.link(iri), file, trust)
        for iri in new:
            self.known.setdefault(iri, Document(self.names.link(iri), "", ""))

    def of(self, graph: str) -> Document:
        """The document of a graph; one without a file for a graph that the loader itself makes."""
        if graph not in self.known:
            self.learn([graph])
        return self.known[graph]


class Passages:
    """All passages of one thing, found again by the statement they explain."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.index: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for row in rows:
            key = (string(row, "graph"), string(row, "property"), str(row["value"] or ""))
            self.index[key].append(row)

    def of(self, graph: str, prop: str, value: Term | None) -> list[Row]:
        """The passages of a statement; the closest kind there is wins.

        A passage may name property and object, the property alone, the object alone (a statement
        that follows from the record as a whole), or neither: it then explains the whole record.
        """
        for key in ((prop, str(value)), (prop, ""), ("", str(value)), ("", "")):
            found = self.index.get((graph, *key))
            if found:
                return found
        return []


def source_of(row: Row, document: Document, names: Names) -> Source:
    """A passage as a page shows it."""
    rule = string(row, "rule")
    return Source(
        document,
        span(string(row, "start"), string(row, "end")),
        string(row, "quote"),
        names.name(rule) if rule else "",
        string(row, "origin"),
    )
