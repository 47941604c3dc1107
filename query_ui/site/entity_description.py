"""The description of one entity: all statements about it as its page shows them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, Literal, NamedNode

from loader.languages import choose_language, is_shown_with
from loader.settings import BASE
from query_ui.graph.entity_labels import (
    RDF_TYPE,
    EntityLabels,
    format_line_span,
    get_languages,
)
from query_ui.graph.page_queries import PAGE_SIZE, GraphContext, PageRow, PageTerm, get_cell_text
from query_ui.graph.urls import Link, LinkedCount
from query_ui.graph.value_view import ValueView, build_literal_value
from query_ui.site.linked_rows import CKG, MAX_FIRST_STATEMENTS, select_linked_rows
from query_ui.site.nested_nodes import NestedNodes, build_node_value, fetch_nested_nodes
from query_ui.site.property_order import get_property_rank
from query_ui.site.statement_sources import (
    PassageIndex,
    SourceDocument,
    SourceDocuments,
    StatementSource,
    build_statement_source,
    fetch_passages,
)


@dataclass(frozen=True, slots=True)
class DescribedStatement:
    """One statement about the entity in one document, with its sources."""

    value: ValueView
    sources: tuple[StatementSource, ...]


@dataclass(frozen=True, slots=True)
class DescribedProperty:
    """A property with its statements; ``short`` is its prefixed name."""

    link: Link
    short: str
    statements: tuple[DescribedStatement, ...]


@dataclass(frozen=True, slots=True)
class SourceGroup:
    """The statements that rest on the same places of the same documents."""

    sources: tuple[StatementSource, ...]
    properties: tuple[DescribedProperty, ...]


@dataclass(frozen=True, slots=True)
class IncomingLinks:
    """The entities that link to this one through one property: their number and the first."""

    link: Link
    short: str
    number: LinkedCount
    entities: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class DescribedClaim:
    """A claim about the entity, which the project does not state as a fact."""

    link: Link
    text: str
    standing: str
    evidence: str
    document: SourceDocument
    lines: str


@dataclass(frozen=True, slots=True)
class DataIssue:
    """A data issue of a source; ``place`` is its file and line."""

    link: Link
    severity: str
    code: str
    message: str
    place: str


@dataclass(frozen=True, slots=True)
class EntityDescription:
    """An entity for display: ``kinds`` are its classes, ``documents`` its sources."""

    iri: str
    name: str
    kinds: tuple[Link, ...]
    properties: tuple[DescribedProperty, ...]
    incoming: tuple[IncomingLinks, ...]
    claims: tuple[DescribedClaim, ...]
    issues: tuple[DataIssue, ...]
    documents: tuple[SourceDocument, ...]
    languages: tuple[str, ...] = ()
    """The languages of the scheme of a concept, the commonest first."""

    def has_class(self, class_name: str) -> bool:
        """Return whether the entity has the class ``class_name`` of the project's ontology."""
        return any(kind.iri == f"{BASE}ontology#{class_name}" for kind in self.kinds)

    def list_texts(self, *prefixed_iris: str) -> list[str]:
        """Return the texts of some properties (``dcterms:title``), in the language to show."""
        values = [
            statement.value
            for prop in self.properties
            if prop.short in prefixed_iris
            for statement in prop.statements
            if statement.value.text
        ]
        chosen = choose_language((value.language for value in values), self.languages)
        texts = sorted(v.text for v in values if is_shown_with(v.language, chosen))
        return list(dict.fromkeys(texts))

    def list_links(self, prefixed_iri: str) -> tuple[Link, ...]:
        """Return the values of a property (``dcterms:source``) that are links, without doubles."""
        links = [
            s.value.link
            for prop in self.properties
            if prop.short == prefixed_iri
            for s in prop.statements
            if s.value.link
        ]
        return tuple({link.iri: link for link in links}.values())

    @property
    def statement_count(self) -> int:
        """Return the number of statements."""
        return sum(len(prop.statements) for prop in self.properties)

    @property
    def source_groups(self) -> tuple["SourceGroup", ...]:
        """Return the statements by source, in the order of their properties."""
        found: dict[tuple[tuple[str, str, bool], ...], dict[str, DescribedProperty]] = {}
        sources: dict[tuple[tuple[str, str, bool], ...], tuple[StatementSource, ...]] = {}
        for prop in self.properties:
            for statement in prop.statements:
                key = tuple(
                    (s.document.link.iri, s.lines, s.is_low_trust) for s in statement.sources
                )
                sources.setdefault(key, statement.sources)
                group = found.setdefault(key, {})
                known = group.get(prop.link.iri, DescribedProperty(prop.link, prop.short, ()))
                group[prop.link.iri] = replace(known, statements=(*known.statements, statement))
        return tuple(SourceGroup(sources[key], tuple(found[key].values())) for key in found)

    @property
    def low_trust_documents(self) -> tuple[SourceDocument, ...]:
        """Return the sources of low trust."""
        return tuple(document for document in self.documents if document.is_low_trust)

    @property
    def is_low_trust(self) -> bool:
        """Return whether the entity itself is of low trust, whatever its documents are."""
        return any(
            statement.value.link is not None and statement.value.link.iri == f"{BASE}ontology#Low"
            for prop in self.properties
            if prop.link.iri == f"{BASE}ontology#trust"
            for statement in prop.statements
        )

    @property
    def is_broadly_tagged(self) -> bool:
        """Return whether the entity has more than a third of the printed keywords."""
        return self.list_texts("ckg:broadlyTagged") == ["true"]

    @property
    def standing(self) -> Link | None:
        """Return the standing of a claim or commitment, where one is stated."""
        found = (p for p in self.properties if p.link.iri == f"{BASE}ontology#standing")
        return next((p.statements[0].value.link for p in found), None)


IN_SCHEME = "http://www.w3.org/2004/02/skos/core#inScheme"
MAX_INCOMING = 5000
"""The most rows of ``sparql/pages/incoming.rq``."""
MAX_SORTED_BY_LABEL = 200
"""Entities whose labels are fetched only to sort by them; more are sorted by the index."""


class EntityDescriber:
    """A builder of the description of one entity.

    Incoming links through ``excluded_properties`` are left out: the page shows them elsewhere.
    """

    def __init__(
        self, graph: GraphContext, iri: str, excluded_properties: frozenset[str] = frozenset()
    ) -> None:
        self.graph = graph
        self.iri = iri
        self.excluded_properties = excluded_properties
        self.labels = EntityLabels(graph)
        self.documents = SourceDocuments(graph, self.labels)
        self.nested = NestedNodes()

    def describe(self) -> EntityDescription:
        """Return the description; it has no property and no incoming link for an unknown IRI."""
        rows = self.graph.select_rows("statements", thing=self.iri)
        incoming = self.list_incoming_properties()
        passages = fetch_passages(self.graph, self.iri, select_values(rows, RDF_TYPE))
        self.nested = fetch_nested_nodes(self.graph, self.iri, rows)
        everything = [*rows, *passages, *self.nested.rows, *incoming]
        self.labels.load([self.iri, *collect_iris(everything)])
        graphs = dict.fromkeys(get_cell_text(row, "graph") for row in rows)
        self.documents.load(graphs)
        classes = dict.fromkeys(select_values(rows, RDF_TYPE))
        # Engines return them in different orders; pages name an entity by the first.
        kinds = sorted(classes, key=lambda iri: not iri.startswith(f"{BASE}ontology#"))
        return EntityDescription(
            self.iri,
            self.labels.name(self.iri),
            tuple(self.labels.build_term_link(kind) for kind in kinds),
            self.build_properties(rows, PassageIndex(passages)),
            tuple(self.build_incoming_links(row) for row in incoming),
            self.fetch_claims(),
            build_issues(self.select_rows_about("issues-about"), self.labels),
            tuple(self.documents.get_document(graph) for graph in graphs),
            get_languages(self.graph, self.iri, select_values(rows, IN_SCHEME)),
        )

    def select_rows_about(self, name: str) -> list[PageRow]:
        """Return the rows of a query about what has the entity as ``ckg:about``."""
        return select_linked_rows(self.graph, name, self.iri, incoming=[f"{CKG}about"])

    def list_incoming_properties(self) -> list[PageRow]:
        """Return the rows of properties that have this entity as object."""
        index = self.graph.index
        # The properties of the description of the dataset are not in the index, and not shown.
        known = index.properties if index else ()
        first = self.graph.select_rows("incoming-first", thing=self.iri)
        if sum(int(get_cell_text(row, "number")) for row in first) < MAX_FIRST_STATEMENTS:
            found = [
                row
                for row in first
                if get_cell_text(row, "isApart") == "false"
                and (not known or get_cell_text(row, "property") in known)
            ]
        elif known:
            # A lookup for each property in use avoids a scan of all statements with this object.
            among = [iri for iri in known if iri not in self.excluded_properties]
            found = self.graph.select_rows("incoming-among", thing=self.iri, property=among)
        else:
            found = self.graph.select_rows("incoming-properties", thing=self.iri)
        return [
            row for row in found if get_cell_text(row, "property") not in self.excluded_properties
        ]

    def build_properties(
        self, rows: list[PageRow], passage_index: PassageIndex
    ) -> tuple[DescribedProperty, ...]:
        """Return statements by property in ``PROPERTY_ORDER``, then the others by label."""
        grouped: dict[str, list[DescribedStatement]] = defaultdict(list)
        for row in rows:
            grouped[get_cell_text(row, "property")].append(self.build_statement(row, passage_index))
        return tuple(
            DescribedProperty(
                self.labels.build_term_link(iri),
                self.labels.short(iri),
                sort_statements(grouped[iri]),
            )
            for iri in sorted(
                grouped, key=lambda iri: (get_property_rank(iri), self.labels.name(iri))
            )
        )

    def build_statement(self, row: PageRow, passage_index: PassageIndex) -> DescribedStatement:
        """Return one statement with its passages, or with its document alone if it has none."""
        graph = get_cell_text(row, "graph")
        document = self.documents.get_document(graph)
        found = passage_index.find_passages(graph, get_cell_text(row, "property"), row["value"])
        sources = tuple(build_statement_source(passage, document, self.labels) for passage in found)
        return DescribedStatement(
            self.build_value(row["value"]), sources or (StatementSource(document),)
        )

    def build_value(self, term: PageTerm | None) -> ValueView:
        """Return the view of a term; an unnamed node or a note has its statements and its text."""
        if isinstance(term, Literal):
            return build_literal_value(self.labels, term)
        if isinstance(term, BlankNode | NamedNode):
            return build_node_value(self.labels, self.nested, term)
        return ValueView(text=str(term))

    def build_incoming_links(self, row: PageRow) -> IncomingLinks:
        """Return the number and the first of the entities linking here through one property."""
        prop = get_cell_text(row, "property")
        found = self.graph.select_rows("incoming", thing=self.iri, property=prop)
        if len(found) < MAX_INCOMING:
            query = self.graph.named_query_path("count-incoming", thing=self.iri, property=prop)
            number = LinkedCount(len(found), query)
        else:
            number = self.graph.count("count-incoming", thing=self.iri, property=prop)
        subjects = self.select_first(
            [t.value for r in found if isinstance(t := r["subject"], NamedNode)]
        )
        links = tuple(self.labels.build_page_link(subject) for subject in subjects)
        return IncomingLinks(
            self.labels.build_term_link(prop), self.labels.short(prop), number, links
        )

    def select_first(self, subjects: list[str]) -> list[str]:
        """Return the first ``PAGE_SIZE`` subjects by label, and load their labels.

        More than ``MAX_SORTED_BY_LABEL`` are sorted by the index, or left unsorted without one;
        so are more than one page where the index has the order of their names.
        """
        index = self.graph.index
        by_name = index.sort_named_iris(subjects) if index and len(subjects) > PAGE_SIZE else None
        if by_name:
            subjects = by_name
        elif len(subjects) > MAX_SORTED_BY_LABEL and index:
            subjects = index.sort_iris(subjects)
        elif len(subjects) <= MAX_SORTED_BY_LABEL:
            self.labels.load(subjects)
            subjects.sort(
                key=lambda iri: (iri not in self.labels.label_by_iri, self.labels.name(iri).lower())
            )
        shown = subjects[:PAGE_SIZE]
        self.labels.load(shown)
        return shown

    def fetch_claims(self) -> tuple[DescribedClaim, ...]:
        """Return the claims about the entity, with standing, evidence and location."""
        rows = self.select_rows_about("claims-about")
        self.labels.load(get_cell_text(row, "claim") for row in rows)
        self.labels.load(get_cell_text(row, "standing") for row in rows if row["standing"])
        self.documents.load(get_cell_text(row, "graph") for row in rows)
        return tuple(
            DescribedClaim(
                self.labels.link(get_cell_text(row, "claim")),
                get_cell_text(row, "restatement"),
                self.labels.name(get_cell_text(row, "standing")) if row["standing"] else "",
                get_cell_text(row, "evidence"),
                self.documents.get_document(get_cell_text(row, "graph")),
                format_line_span(get_cell_text(row, "start"), get_cell_text(row, "end")),
            )
            for row in rows
        )


def build_issues(rows: Iterable[PageRow], labels: EntityLabels) -> tuple[DataIssue, ...]:
    """Return the views of data issues, each with its location in the source."""
    rows = list(rows)
    labels.load(get_cell_text(row, "issue") for row in rows)
    return tuple(
        DataIssue(
            labels.link(get_cell_text(row, "issue")),
            get_cell_text(row, "severity"),
            get_cell_text(row, "code"),
            get_cell_text(row, "message"),
            ", ".join(
                filter(
                    None,
                    (get_cell_text(row, "file"), format_line_span(get_cell_text(row, "line"), "")),
                )
            ),
        )
        for row in rows
    )


def collect_iris(rows: Iterable[PageRow]) -> set[str]:
    """Return every IRI of the rows that needs a label; passages do not."""
    return {
        term.value
        for row in rows
        for column, term in row.items()
        if isinstance(term, NamedNode) and column != "passage"
    }


def select_values(rows: Iterable[PageRow], property_iri: str) -> list[str]:
    """Return the values of one property among the statements about an entity."""
    return [
        get_cell_text(row, "value")
        for row in rows
        if get_cell_text(row, "property") == property_iri
    ]


def sort_statements(statements: list[DescribedStatement]) -> tuple[DescribedStatement, ...]:
    """Return statements sorted by text, then document: the order of the store is not stable."""

    def key(statement: DescribedStatement) -> tuple[str, str]:
        value = statement.value
        text = value.link.text if value.link else value.text
        return text.lower(), statement.sources[0].document.link.iri

    return tuple(sorted(statements, key=key))
