"""What things are called: names from the graph, readable ends of IRIs, and links made of them."""

import re
from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import Literal

from loader.settings import BASE
from query_ui.graph.page_queries import GraphContext, PageRow, get_cell_text
from query_ui.graph.urls import Link, is_web_iri, to_generic_page_path, to_page_path

NAME_PROPERTY_SUFFIXES = ("#restatement", "#prefLabel", "/title", "#label", "#message")
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
MAX_NAME_PART_LENGTH = 60
"""More characters than this are no part of a name: a hash, a paragraph."""
READABLE_LOCAL_NAMES = {"prefLabel": "preferredLabel", "altLabel": "alternativeLabel"}
RECORD_CLASSES = frozenset(
    "CaseStudy Initiative Programme Scheme Pledge Report Award Resource Commitment".split()
)


class EntityLabels:
    """The names of the things on one page, asked for together."""

    def __init__(self, graph: GraphContext) -> None:
        self.graph = graph
        self.label_by_iri: dict[str, str] = {}
        self.requested_iris: set[str] = set()
        self.untitled_iris: set[str] = set()

    def load(self, iris: Iterable[str]) -> None:
        """Ask for the names of all these IRIs in as few queries as can be."""
        new = sorted(set(iris) - self.requested_iris)
        self.requested_iris.update(new)
        found: dict[str, list[PageRow]] = defaultdict(list)
        for row in self.graph.select_rows("labels", thing=new):
            found[get_cell_text(row, "thing")].append(row)
        self.label_by_iri.update({iri: choose_best_label(rows) for iri, rows in found.items()})
        self.load_outlines(
            [iri for iri in new if iri.startswith(f"{BASE}id/") and iri not in found]
        )

    def load_outlines(self, iris: list[str]) -> None:
        """Honest names for things that the sources give none: what they are and what they say."""
        told: dict[str, list[PageRow]] = defaultdict(list)
        for row in self.graph.select_rows("outlines", thing=iris):
            told[get_cell_text(row, "thing")].append(row)
        places = {
            get_cell_text(r, "thing"): format_location(r)
            for r in self.graph.select_rows("places", thing=iris)
        }
        for iri, rows in told.items():
            kinds = [
                get_cell_text(r, "value") for r in rows if get_cell_text(r, "property") == RDF_TYPE
            ]
            kind = next((k for k in kinds if k.startswith(BASE)), kinds[0] if kinds else "")
            self.label_by_iri[iri] = build_outline_label(iri, kind, rows, places.get(iri, ""))
            self.untitled_iris.add(iri)

    def name(self, iri: str) -> str:
        """The name of a thing, or the readable end of its IRI."""
        return self.label_by_iri.get(iri) or humanise_iri(iri)

    def link(self, iri: str) -> Link:
        """A link to the page of a thing, or out to the web, or to nowhere."""
        path = to_page_path(iri)
        if path:
            return Link(self.name(iri), path, iri)
        if iri in self.label_by_iri:
            return Link(self.name(iri), to_generic_page_path(iri), iri)
        return Link(self.short(iri), iri if is_web_iri(iri) else "", iri, outside=True)

    def build_term_link(self, iri: str) -> Link:
        """A link to what a property or class means: the ontology page, or its own vocabulary."""
        path = to_page_path(iri)
        return Link(self.name(iri), path or (iri if is_web_iri(iri) else ""), iri, outside=not path)

    def build_page_link(self, iri: str) -> Link:
        """A link to the page of something that the graph speaks of, whatever its IRI."""
        return Link(self.name(iri), to_page_path(iri) or to_generic_page_path(iri), iri)

    def short(self, iri: str) -> str:
        """The IRI with its prefix, where the project has one for it."""
        for prefix, namespace in self.graph.engine.prefixes.items():
            if iri.startswith(namespace) and len(iri) > len(namespace):
                return f"{prefix}:{iri.removeprefix(namespace)}"
        return iri


def choose_best_label(rows: list[PageRow]) -> str:
    """The name to show: English or without language first, then the most usual kind of name.

    What a claim says never stands as a name alone: it would read like a fact.
    """

    def rank(row: PageRow) -> tuple[bool, int, str]:
        term = row["name"]
        language = (term.language or "en") if isinstance(term, Literal) else "en"
        kind = next(
            n
            for n, end in enumerate(NAME_PROPERTY_SUFFIXES)
            if get_cell_text(row, "naming").endswith(end)
        )
        return not language.startswith("en"), kind, get_cell_text(row, "name")

    best = min(rows, key=rank)
    if get_cell_text(best, "naming").endswith("#restatement"):
        return f"Claim: “{get_cell_text(best, 'name')}”"
    return get_cell_text(best, "name")


def humanise_iri(iri: str) -> str:
    """The end of an IRI as words: ``…#responsibleGroup`` gives "responsible group"."""
    end = re.split(r"[#/]", iri.rstrip("#/"))[-1]
    end = READABLE_LOCAL_NAMES.get(end, end)
    if not end or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", end):
        return end or iri
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", end)
    return words.replace("_", " ").lower() if "-" not in end else end.replace("-", " ")


def format_location(row: PageRow) -> str:
    """Where an untitled thing stands: "cards.txt, lines 1–6"."""
    span = format_line_span(get_cell_text(row, "start"), get_cell_text(row, "end"))
    return f"{get_cell_text(row, 'file')}, {span}"


def format_line_span(start: str, end: str) -> str:
    """Lines for people: "line 4" or "lines 4–6"; "" where none are known."""
    if not start:
        return ""
    return f"line {start}" if end in ("", start) else f"lines {start}–{end}"


def build_outline_label(iri: str, class_iri: str, rows: list[PageRow], location: str) -> str:
    """A name for a thing without one: its place if it is a record, else what it says."""
    word = humanise_iri(class_iri) if class_iri else "thing"
    if location and class_iri.removeprefix(f"{BASE}ontology#") in RECORD_CLASSES:
        return f"Untitled {word}, {location}"
    ordered = sorted(
        rows, key=lambda row: (get_cell_text(row, "property"), get_cell_text(row, "value"))
    )
    told = dict.fromkeys(
        get_statement_text(row) for row in ordered if get_cell_text(row, "property") != RDF_TYPE
    )
    parts = [part for part in told if part and len(part) <= MAX_NAME_PART_LENGTH][:3]
    text = " · ".join(parts) if parts else humanise_iri(iri)
    return f"{word.capitalize()}: {text}"[:140]


def get_statement_text(row: PageRow) -> str:
    """The words of one statement: a literal, or the name of what it points at."""
    if isinstance(row["value"], Literal):
        return get_cell_text(row, "value")
    return get_cell_text(row, "name")
