"""Asks for everything that the graph says about one thing, and puts it together for a page."""

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode

from query_ui.graph.entity_labels import TYPE, Names, span
from query_ui.graph.page_queries import PAGE_SIZE, Row, Site, Term, string
from query_ui.graph.value_view import Value, literal_value
from query_ui.site.entity_description import (
    Claim,
    Description,
    Incoming,
    Issue,
    Property,
    Statement,
)
from query_ui.site.statement_sources import Documents, Passages, Source, source_of

FIRST = (
    *("#prefLabel", "/title", "#notation", "#type", "#restatement", "#standing", "#evidence"),
    *("/abstract", "/description", "#definition", "#scopeNote", "#altLabel", "#about"),
    *("/startDate", "/endDate", "#organisation", "#describes", "/isPartOf", "#broader"),
    *("#principle", "#obligation", "#beneficiary", "#stakeholder", "/subject", "#mentions"),
)


FEW = 200
"""So many names are asked for at once, only to sort by them."""


class Describer:
    """Asks for everything about one thing and puts it together.

    What points at it through the properties ``apart`` is left to those who tell it otherwise.
    """

    def __init__(self, site: Site, iri: str, apart: frozenset[str] = frozenset()) -> None:
        self.site = site
        self.iri = iri
        self.apart = apart
        self.names = Names(site)
        self.documents = Documents(site, self.names)
        self.nested: dict[str, list[Row]] = defaultdict(list)

    def describe(self) -> Description:
        """The description: without any property and incoming link where the graph knows nothing."""
        rows = self.site.rows("statements", thing=self.iri)
        incoming = self.incoming_properties()
        passages = self.site.rows("passages", thing=self.iri)
        for row in self.site.rows("nested-statements", thing=self.iri):
            self.nested[string(row, "node")].append(row)
        everything = [*rows, *passages, *(row for part in self.nested.values() for row in part)]
        self.names.learn([self.iri, *iris([*everything, *incoming])])
        graphs = dict.fromkeys(string(row, "graph") for row in rows)
        self.documents.learn(graphs)
        kinds = dict.fromkeys(string(r, "value") for r in rows if string(r, "property") == TYPE)
        return Description(
            self.iri,
            self.names.name(self.iri),
            tuple(self.names.term_link(kind) for kind in kinds),
            self.properties(rows, Passages(passages)),
            tuple(self.incoming(row) for row in incoming),
            self.claims(),
            issues(self.site.rows("issues-about", thing=self.iri), self.names),
            tuple(self.documents.of(graph) for graph in graphs),
        )

    def incoming_properties(self) -> list[Row]:
        """The properties through which something points here."""
        index = self.site.index
        if index and index.properties:
            among = [iri for iri in index.properties if iri not in self.apart]
            return self.site.rows("incoming-among", thing=self.iri, property=among)
        found = self.site.rows("incoming-properties", thing=self.iri)
        return [row for row in found if string(row, "property") not in self.apart]

    def properties(self, rows: list[Row], passages: Passages) -> tuple[Property, ...]:
        """The statements by property: names first, then what people ask for, then the rest."""
        grouped: dict[str, list[Statement]] = defaultdict(list)
        for row in rows:
            grouped[string(row, "property")].append(self.statement(row, passages))
        return tuple(
            Property(self.names.term_link(iri), self.names.short(iri), ordered(grouped[iri]))
            for iri in sorted(grouped, key=lambda iri: (rank(iri), self.names.name(iri)))
        )

    def statement(self, row: Row, passages: Passages) -> Statement:
        """One statement with what explains it: at the least the document that makes it."""
        graph = string(row, "graph")
        document = self.documents.of(graph)
        found = passages.of(graph, string(row, "property"), row["value"])
        sources = tuple(source_of(passage, document, self.names) for passage in found)
        return Statement(self.value(row["value"]), sources or (Source(document),))

    def value(self, term: Term | None, depth: int = 0) -> Value:
        """A term as a page shows it; the parts of an unnamed node come with it."""
        if isinstance(term, NamedNode):
            return Value(link=self.names.link(term.value))
        if isinstance(term, BlankNode):
            rows = self.nested[term.value] if depth == 0 else []
            parts = ((string(row, "property"), self.value(row["value"], 1)) for row in rows)
            return Value(
                text="an unnamed node", parts=tuple((self.names.term_link(p), v) for p, v in parts)
            )
        if isinstance(term, Literal):
            return literal_value(self.names, term)
        return Value(text=str(term))

    def incoming(self, row: Row) -> Incoming:
        """The things that point here through one property."""
        prop = string(row, "property")
        number = self.site.number("count-incoming", thing=self.iri, property=prop)
        found = self.site.rows("incoming", thing=self.iri, property=prop)
        subjects = self.first([t.value for r in found if isinstance(t := r["subject"], NamedNode)])
        links = tuple(self.names.page_link(subject) for subject in subjects)
        return Incoming(self.names.term_link(prop), self.names.short(prop), number, links)

    def first(self, subjects: list[str]) -> list[str]:
        """The first fifty of some things by name, named; of very many as the index has them."""
        index = self.site.index
        if len(subjects) > FEW and index:
            subjects = index.sorted(subjects)
        elif len(subjects) <= FEW:
            self.names.learn(subjects)
            subjects.sort(
                key=lambda iri: (iri not in self.names.known, self.names.name(iri).lower())
            )
        shown = subjects[:PAGE_SIZE]
        self.names.learn(shown)
        return shown

    def claims(self) -> tuple[Claim, ...]:
        """What low-trust sources say about the thing."""
        rows = self.site.rows("claims-about", thing=self.iri)
        self.names.learn(string(row, "claim") for row in rows)
        self.names.learn(string(row, "standing") for row in rows if row["standing"])
        self.documents.learn(string(row, "graph") for row in rows)
        return tuple(
            Claim(
                self.names.link(string(row, "claim")),
                string(row, "restatement"),
                self.names.name(string(row, "standing")) if row["standing"] else "",
                string(row, "evidence"),
                self.documents.of(string(row, "graph")),
                span(string(row, "start"), string(row, "end")),
            )
            for row in rows
        )


def issues(rows: Iterable[Row], names: Names) -> tuple[Issue, ...]:
    """Data issues as a page shows them, each with the place where it was found."""
    rows = list(rows)
    names.learn(string(row, "issue") for row in rows)
    return tuple(
        Issue(
            names.link(string(row, "issue")),
            string(row, "severity"),
            string(row, "code"),
            string(row, "message"),
            ", ".join(filter(None, (string(row, "file"), span(string(row, "line"), "")))),
        )
        for row in rows
    )


def iris(rows: Iterable[Row]) -> set[str]:
    """Every IRI that the rows hold; passages are no things to be named."""
    return {
        term.value
        for row in rows
        for column, term in row.items()
        if isinstance(term, NamedNode) and column != "passage"
    }


def rank(iri: str) -> int:
    """The place of a property on the page."""
    return next((n for n, end in enumerate(FIRST) if iri.endswith(end)), len(FIRST))


def ordered(statements: list[Statement]) -> tuple[Statement, ...]:
    """Statements by what they show, so that a page reads the same whatever the store's order."""

    def key(statement: Statement) -> tuple[str, str]:
        value = statement.value
        text = value.link.text if value.link else value.text
        return text.lower(), statement.sources[0].document.link.iri

    return tuple(sorted(statements, key=key))
