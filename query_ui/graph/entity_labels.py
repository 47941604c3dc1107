"""Labels of entities, from the graph or from the end of their IRIs, and links with them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, cast

from pyoxigraph import Literal

from loader.languages import choose_language, is_shown_with, order_languages
from loader.release.search_index.page_labels import LABELS_QUERY, NAMED, name_label_facet
from loader.settings import BASE, SKOLEM_BASE
from query_ui.graph.page_queries import ENTRY_BYTES, GraphContext, PageRow, get_cell_text
from query_ui.graph.urls import Link, is_web_iri, to_generic_page_path, to_page_path

NAME_PROPERTY_SUFFIXES = ("#restatement", "#prefLabel", "/title", "#label", "#message")
BADGE_BY_VALUE = {
    f"{BASE}ontology#Low": "low trust",
    f"{BASE}ontology#Unsupported": "unsupported",
    f"{BASE}ontology#Disputed": "disputed",
    f"{BASE}ontology#False": "false",
    "true": "broad tagging",
}
"""The badges of things with that trust or standing, or with broad tagging; the first one counts."""
BADGE_PROPERTIES = tuple(f"{BASE}ontology#{n}" for n in ("trust", "standing", "broadlyTagged"))
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
UNNAMED_NODE = "an unnamed node"
MAX_LOOKED_UP = 100
"""Up to so many entities are looked up one by one where that costs less than one query for all."""
MAX_NAME_PART_LENGTH = 60
"""Longer values, such as hashes and paragraphs, are not used in the label of an entity."""
READABLE_LOCAL_NAMES = {"prefLabel": "preferredLabel", "altLabel": "alternativeLabel"}
RECORD_CLASSES = frozenset(
    "CaseStudy Initiative Practice Programme Scheme Pledge Report Award Resource Commitment".split()
)


class LabelEntry(NamedTuple):
    """What a release calls one entity; ``label`` is None where it has no name."""

    label: str | None
    badge: str
    is_untitled: bool


class EntityLabels:
    """The labels of the entities on one page, fetched together."""

    def __init__(self, graph: GraphContext) -> None:
        self.graph = graph
        self.label_by_iri: dict[str, str] = {}
        self.requested_iris: set[str] = set()
        self.untitled_iris: set[str] = set()
        self.badge_by_iri: dict[str, str] = {}
        self._link_by_iri: dict[str, Link] = {}

    def load(self, iris: Iterable[str]) -> None:
        """Find the labels of all IRIs that have not been requested yet, in few queries.

        What has been found for a release is kept, since pages name the same entities.
        """
        new = sorted(set(iris) - self.requested_iris)
        self.requested_iris.update(new)
        self._link_by_iri.clear()
        release, kept = self.graph.engine.release, self.graph.kept_values
        found = kept.get_many(release, [("label", iri) for iri in new])
        missing = [iri for iri in new if ("label", iri) not in found]
        if missing:
            self.fetch(missing)
            values = [(("label", iri), self.get_entry(iri)) for iri in missing]
            kept.put_many(release, [(key, one, measure_entry(one)) for key, one in values])
        for (_, iri), entry in cast(Mapping[tuple[str, str], LabelEntry], found).items():
            if entry.label is not None:
                self.label_by_iri[iri] = entry.label
            if entry.badge:
                self.badge_by_iri[iri] = entry.badge
            if entry.is_untitled:
                self.untitled_iris.add(iri)

    def get_entry(self, iri: str) -> LabelEntry:
        """Return what was found about one entity."""
        return LabelEntry(
            self.label_by_iri.get(iri), self.badge_by_iri.get(iri, ""), iri in self.untitled_iris
        )

    def fetch(self, new: list[str]) -> None:
        """Fetch the labels of IRIs from the index and, where it has none, from the graph."""
        named = find_names(self.graph, new)
        self.label_by_iri |= named
        if others := [iri for iri in new if iri not in named]:
            self.fetch_others(others)

    def fetch_others(self, new: list[str]) -> None:
        """Fetch the labels of IRIs from the graph."""
        found: dict[str, list[PageRow]] = defaultdict(list)
        text = self.graph.page_query_text(LABELS_QUERY, thing=new)
        for row in self.graph.select_rows_of(text):
            iri = get_cell_text(row, "thing")
            if get_cell_text(row, "naming") not in BADGE_PROPERTIES:
                found[iri].append(row)
            elif badge := BADGE_BY_VALUE.get(get_cell_text(row, "name")):
                self.badge_by_iri[iri] = min(
                    badge, self.badge_by_iri.get(iri, badge), key=rank_badge
                )
        commonest = fetch_scheme_languages(
            self.graph, [iri for iri, rows in found.items() if not has_english(rows)]
        )
        self.label_by_iri.update(
            {iri: choose_best_label(rows, commonest.get(iri, ())) for iri, rows in found.items()}
        )
        self.load_outlines(
            [iri for iri in new if iri.startswith(f"{BASE}id/") and iri not in found]
        )

    def load_outlines(self, iris: list[str]) -> None:
        """Build labels for entities without a name, from their class and their statements."""
        told: dict[str, list[PageRow]] = defaultdict(list)
        for row in self.graph.select_rows("outlines", thing=iris):
            told[get_cell_text(row, "thing")].append(row)
        kind_by_iri = {iri: choose_kind(rows) for iri, rows in told.items()}
        # Others have no location in their labels, and each one takes a query.
        records = [iri for iri, kind in kind_by_iri.items() if is_record_class(kind)]
        places = {
            get_cell_text(r, "thing"): format_location(r) for r in fetch_places(self.graph, records)
        }
        for iri, rows in told.items():
            label = build_outline_label(iri, kind_by_iri[iri], rows, places.get(iri, ""))
            self.label_by_iri[iri] = label
            self.untitled_iris.add(iri)

    def name(self, iri: str) -> str:
        """Return the label of an entity, or the end of its IRI as words."""
        unnamed = UNNAMED_NODE if iri.startswith(SKOLEM_BASE) else ""
        return self.label_by_iri.get(iri) or unnamed or humanise_iri(iri)

    def link(self, iri: str) -> Link:
        """Return a link to the page of an entity, else to its IRI on the web, else without href."""
        path = to_page_path(iri)
        if path:
            return Link(self.name(iri), path, iri, badge=self.find_badge(iri))
        if iri in self.label_by_iri:
            return Link(self.name(iri), to_generic_page_path(iri), iri)
        return Link(self.short(iri), iri if is_web_iri(iri) else "", iri, outside=True)

    def build_term_link(self, iri: str) -> Link:
        """Return a link to a property or class: on the ontology page or in its vocabulary."""
        path = to_page_path(iri)
        return Link(self.name(iri), path or (iri if is_web_iri(iri) else ""), iri, outside=not path)

    def build_page_link(self, iri: str) -> Link:
        """Return a link to the page on this site about any IRI of the graph."""
        found = self._link_by_iri.get(iri)
        if found is None:
            path = to_page_path(iri) or to_generic_page_path(iri)
            found = Link(self.name(iri), path, iri, badge=self.find_badge(iri))
            self._link_by_iri[iri] = found
        return found

    def find_badge(self, iri: str) -> str:
        """Return the badge of a thing; source documents show their trust in their own way."""
        return "" if iri.startswith(f"{BASE}graph/") else self.badge_by_iri.get(iri, "")

    def short(self, iri: str) -> str:
        """Return the IRI as a prefixed name, or the IRI itself where no prefix fits."""
        for prefix, namespace in self.graph.engine.prefixes.items():
            if iri.startswith(namespace) and len(iri) > len(namespace):
                return f"{prefix}:{iri.removeprefix(namespace)}"
        return iri


def find_names(graph: GraphContext, iris: Iterable[str]) -> Mapping[str, str]:
    """Return the labels of entities of which the index has all that the query of labels gives."""
    index = graph.index
    column = index and index.find_facet(name_label_facet(graph.page_queries[LABELS_QUERY]))
    return index.load_names(iris, column.find_entities(NAMED)) if index and column else {}


def fetch_places(graph: GraphContext, iris: Sequence[str]) -> list[PageRow]:
    """Return the documents and lines that some entities were read from.

    For several entities at once the store reads all passages there are; for one it looks them up.
    """
    if len(iris) > MAX_LOOKED_UP:
        return graph.select_rows_of(graph.page_query_text("places", thing=iris))
    return [row for iri in iris for row in graph.select_rows("places", thing=iri)]


def measure_entry(entry: LabelEntry) -> int:
    """Return about how many bytes an entry takes."""
    return ENTRY_BYTES + 2 * len(entry.label or "")


def rank_badge(badge: str) -> int:
    """Return the rank of a badge; of several the one with the lowest rank is shown."""
    return [*BADGE_BY_VALUE.values()].index(badge)


def fetch_scheme_languages(
    graph: GraphContext, iris: Sequence[str]
) -> Mapping[str, tuple[str, ...]]:
    """Return the languages of the scheme of each concept or scheme, the commonest first."""
    if not iris:
        return {}
    ordered = graph.get_or_compute("languages of schemes", order_scheme_languages)
    found = {iri: ordered[iri] for iri in iris if iri in ordered}
    for row in graph.select_rows("schemes-of", concept=list(iris)):
        languages = ordered.get(get_cell_text(row, "scheme"))
        if languages:
            found.setdefault(get_cell_text(row, "concept"), languages)
    return found


def get_languages(graph: GraphContext, iri: str, schemes: Iterable[str]) -> tuple[str, ...]:
    """Return the languages of a scheme, or of the first of ``schemes``, the commonest first.

    They are those of ``fetch_scheme_languages`` for a concept whose schemes are known.
    """
    ordered = graph.get_or_compute("languages of schemes", order_scheme_languages)
    return next((ordered[one] for one in (iri, *sorted(schemes)) if one in ordered), ())


def order_scheme_languages(graph: GraphContext) -> Mapping[str, tuple[str, ...]]:
    """Return the languages of every scheme of the graph, the commonest first."""
    return order_languages(
        (get_cell_text(r, "scheme"), get_cell_text(r, "language"), int(get_cell_text(r, "number")))
        for r in graph.select_rows("scheme-languages")
    )


def get_language(row: PageRow, column: str = "name") -> str:
    """Return the language tag of a cell; "" where it has none."""
    term = row[column]
    return (term.language or "") if isinstance(term, Literal) else ""


def has_english(rows: Iterable[PageRow]) -> bool:
    """Return whether a label is in English or says no language, so that no other is shown."""
    return any(get_language(row).lower() in ("en-gb", "en", "") for row in rows)


def choose_best_label(rows: Sequence[PageRow], commonest: Sequence[str] = ()) -> str:
    """Return the label to show: in the language to show, then by the naming property.

    ``commonest`` are the languages of its scheme. The text of a claim gets the prefix "Claim:", as
    it would otherwise read like a fact.
    """
    chosen = choose_language((get_language(row) for row in rows), commonest)

    def rank(row: PageRow) -> tuple[int, bool, str]:
        kind = next(
            n
            for n, end in enumerate(NAME_PROPERTY_SUFFIXES)
            if get_cell_text(row, "naming").endswith(end)
        )
        return kind, get_language(row) != chosen, get_cell_text(row, "name")

    best = min((row for row in rows if is_shown_with(get_language(row), chosen)), key=rank)
    if get_cell_text(best, "naming").endswith("#restatement"):
        return f"Claim: “{get_cell_text(best, 'name')}”"
    return get_cell_text(best, "name")


def humanise_iri(iri: str) -> str:
    """Return the end of an IRI as words: ``…#responsibleGroup`` gives "responsible group"."""
    end = re.split(r"[#/]", iri.rstrip("#/"))[-1]
    end = READABLE_LOCAL_NAMES.get(end, end)
    if not end or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", end):
        return end or iri
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", end)
    return words.replace("_", " ").lower() if "-" not in end else end.replace("-", " ")


def format_location(row: PageRow) -> str:
    """Format the source location of an untitled entity: "cards.txt, lines 1–6"."""
    span = format_line_span(get_cell_text(row, "start"), get_cell_text(row, "end"))
    return f"{get_cell_text(row, 'file')}, {span}"


def format_line_span(start: str, end: str) -> str:
    """Format line numbers as "line 4" or "lines 4–6"; return "" where ``start`` is ""."""
    if not start:
        return ""
    return f"line {start}" if end in ("", start) else f"lines {start}–{end}"


def choose_kind(rows: Iterable[PageRow]) -> str:
    """Return the class of an entity that says most: the first one of the project's ontology."""
    kinds = [get_cell_text(r, "value") for r in rows if get_cell_text(r, "property") == RDF_TYPE]
    return next((k for k in kinds if k.startswith(BASE)), kinds[0] if kinds else "")


def is_record_class(class_iri: str) -> bool:
    """Return whether a class is of records, whose labels have an organisation or a location."""
    return class_iri.removeprefix(f"{BASE}ontology#") in RECORD_CLASSES


def build_outline_label(iri: str, class_iri: str, rows: list[PageRow], location: str) -> str:
    """Build a label from the class and, for a record, its organisation or its location.

    Other entities have their first values in the label.
    """
    word = humanise_iri(class_iri) if class_iri else "thing"
    if is_record_class(class_iri):
        organisations = sorted(
            get_cell_text(row, "name")
            for row in rows
            if get_cell_text(row, "property") == f"{BASE}ontology#organisation" and row["name"]
        )
        if organisations:
            return f"Untitled {word} ({', '.join(organisations)})"
    if location and is_record_class(class_iri):
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
    """Return the text of the object of a statement: a literal, or the name of an entity."""
    if isinstance(row["value"], Literal):
        return get_cell_text(row, "value")
    return get_cell_text(row, "name")
