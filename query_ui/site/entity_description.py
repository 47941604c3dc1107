"""The description of one entity: all statements about it as its page shows them."""

from dataclasses import dataclass

from loader.settings import BASE
from query_ui.graph.urls import Link, LinkedCount
from query_ui.graph.value_view import ValueView
from query_ui.site.statement_sources import SourceDocument, StatementSource


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
class IncomingLinks:
    """The entities that link to this one through one property: their number and the first."""

    link: Link
    short: str
    number: LinkedCount
    things: tuple[Link, ...]


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

    def has_class(self, class_name: str) -> bool:
        """Return whether the entity has the class ``class_name`` of the project's ontology."""
        return any(kind.iri == f"{BASE}ontology#{class_name}" for kind in self.kinds)

    def list_texts(self, *prefixed_iris: str) -> list[str]:
        """Return the texts of some properties (``dcterms:title``), English ones first."""
        found = [
            (not (s.value.language or "en").startswith("en"), s.value.text)
            for prop in self.properties
            if prop.short in prefixed_iris
            for s in prop.statements
        ]
        return list(dict.fromkeys(text for _, text in sorted(found) if text))

    @property
    def low_trust_documents(self) -> tuple[SourceDocument, ...]:
        """Return the sources of low trust."""
        return tuple(document for document in self.documents if document.is_low_trust)

    @property
    def standing(self) -> Link | None:
        """Return the standing of a claim or commitment, where one is stated."""
        found = (p for p in self.properties if p.link.iri == f"{BASE}ontology#standing")
        return next((p.statements[0].value.link for p in found), None)
