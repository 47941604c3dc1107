"""What things are called: names from the graph, readable ends of IRIs, and links made of them."""

import re
from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import Literal

from loader.settings import BASE
from query_ui.graph.page_queries import Row, Site, string
from query_ui.graph.urls import Link, any_path, is_web, path_of

NAMING = ("#restatement", "#prefLabel", "/title", "#label", "#message")
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
WORDY = 60
"""More characters than this are no part of a name: a hash, a paragraph."""
SPOKEN = {"prefLabel": "preferredLabel", "altLabel": "alternativeLabel"}
RECORDS = frozenset(
    "CaseStudy Initiative Programme Scheme Pledge Report Award Resource Commitment".split()
)


class Names:
    """The names of the things on one page, asked for together."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.known: dict[str, str] = {}
        self.asked: set[str] = set()
        self.untitled: set[str] = set()

    def learn(self, iris: Iterable[str]) -> None:
        """Ask for the names of all these IRIs in as few queries as can be."""
        new = sorted(set(iris) - self.asked)
        self.asked.update(new)
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.site.rows("labels", thing=new):
            found[string(row, "thing")].append(row)
        self.known.update({iri: best_name(rows) for iri, rows in found.items()})
        self.outline([iri for iri in new if iri.startswith(f"{BASE}id/") and iri not in found])

    def outline(self, iris: list[str]) -> None:
        """Honest names for things that the sources give none: what they are and what they say."""
        told: dict[str, list[Row]] = defaultdict(list)
        for row in self.site.rows("outlines", thing=iris):
            told[string(row, "thing")].append(row)
        places = {string(r, "thing"): place_of(r) for r in self.site.rows("places", thing=iris)}
        for iri, rows in told.items():
            kinds = [string(r, "value") for r in rows if string(r, "property") == TYPE]
            kind = next((k for k in kinds if k.startswith(BASE)), kinds[0] if kinds else "")
            self.known[iri] = outline_name(iri, kind, rows, places.get(iri, ""))
            self.untitled.add(iri)

    def name(self, iri: str) -> str:
        """The name of a thing, or the readable end of its IRI."""
        return self.known.get(iri) or readable(iri)

    def link(self, iri: str) -> Link:
        """A link to the page of a thing, or out to the web, or to nowhere."""
        path = path_of(iri)
        if path:
            return Link(self.name(iri), path, iri)
        if iri in self.known:
            return Link(self.name(iri), any_path(iri), iri)
        return Link(self.short(iri), iri if is_web(iri) else "", iri, outside=True)

    def term_link(self, iri: str) -> Link:
        """A link to what a property or class means: the ontology page, or its own vocabulary."""
        path = path_of(iri)
        return Link(self.name(iri), path or (iri if is_web(iri) else ""), iri, outside=not path)

    def page_link(self, iri: str) -> Link:
        """A link to the page of something that the graph speaks of, whatever its IRI."""
        return Link(self.name(iri), path_of(iri) or any_path(iri), iri)

    def short(self, iri: str) -> str:
        """The IRI with its prefix, where the project has one for it."""
        for prefix, namespace in self.site.engine.prefixes.items():
            if iri.startswith(namespace) and len(iri) > len(namespace):
                return f"{prefix}:{iri.removeprefix(namespace)}"
        return iri


def best_name(rows: list[Row]) -> str:
    """The name to show: English or without language first, then the most usual kind of name.

    What a claim says never stands as a name alone: it would read like a fact.
    """

    def rank(row: Row) -> tuple[bool, int, str]:
        term = row["name"]
        language = (term.language or "en") if isinstance(term, Literal) else "en"
        kind = next(n for n, end in enumerate(NAMING) if string(row, "naming").endswith(end))
        return not language.startswith("en"), kind, string(row, "name")

    best = min(rows, key=rank)
    if string(best, "naming").endswith("#restatement"):
        return f"Claim: “{string(best, 'name')}”"
    return string(best, "name")


def readable(iri: str) -> str:
    """The end of an IRI as words: ``…#responsibleGroup`` gives "responsible group"."""
    end = re.split(r"[#/]", iri.rstrip("#/"))[-1]
    end = SPOKEN.get(end, end)
    if not end or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", end):
        return end or iri
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", end)
    return words.replace("_", " ").lower() if "-" not in end else end.replace("-", " ")


def place_of(row: Row) -> str:
    """Where an untitled thing stands: "cards.txt, lines 1–6"."""
    return f"{string(row, 'file')}, {span(string(row, 'start'), string(row, 'end'))}"


def span(start: str, end: str) -> str:
    """Lines for people: "line 4" or "lines 4–6"; "" where none are known."""
    if not start:
        return ""
    return f"line {start}" if end in ("", start) else f"lines {start}–{end}"


def outline_name(iri: str, kind: str, rows: list[Row], place: str) -> str:
    """A name for a thing without one: its place if it is a record, else what it says."""
    word = readable(kind) if kind else "thing"
    if place and kind.removeprefix(f"{BASE}ontology#") in RECORDS:
        return f"Untitled {word}, {place}"
    ordered = sorted(rows, key=lambda row: (string(row, "property"), string(row, "value")))
    told = dict.fromkeys(said(row) for row in ordered if string(row, "property") != TYPE)
    parts = [part for part in told if part and len(part) <= WORDY][:3]
    text = " · ".join(parts) if parts else readable(iri)
    return f"{word.capitalize()}: {text}"[:140]


def said(row: Row) -> str:
    """The words of one statement: a literal, or the name of what it points at."""
    if isinstance(row["value"], Literal):
        return string(row, "value")
    return string(row, "name")
