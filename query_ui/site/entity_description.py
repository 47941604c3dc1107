"""The description of one thing: all that the graph says about it, in the shape of a page."""

from dataclasses import dataclass

from loader.settings import BASE
from query_ui.graph.urls import Link, LinkedCount
from query_ui.graph.value_view import ValueView
from query_ui.site.statement_sources import SourceDocument, StatementSource


@dataclass(frozen=True, slots=True)
class DescribedStatement:
    """One statement about the thing, in one document, with the places that explain it."""

    value: ValueView
    sources: tuple[StatementSource, ...]


@dataclass(frozen=True, slots=True)
class DescribedProperty:
    """A property and its statements."""

    link: Link
    short: str
    statements: tuple[DescribedStatement, ...]


@dataclass(frozen=True, slots=True)
class IncomingLinks:
    """What points at the thing through one property: how many things, and the first of them."""

    link: Link
    short: str
    number: LinkedCount
    things: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class DescribedClaim:
    """What a source says about the thing, which nobody here vouches for."""

    link: Link
    text: str
    standing: str
    evidence: str
    document: SourceDocument
    lines: str


@dataclass(frozen=True, slots=True)
class DataIssue:
    """A problem found in a source."""

    link: Link
    severity: str
    code: str
    message: str
    place: str


@dataclass(frozen=True, slots=True)
class EntityDescription:
    """A thing as its page shows it: ``kinds`` are its classes, ``documents`` its sources."""

    iri: str
    name: str
    kinds: tuple[Link, ...]
    properties: tuple[DescribedProperty, ...]
    incoming: tuple[IncomingLinks, ...]
    claims: tuple[DescribedClaim, ...]
    issues: tuple[DataIssue, ...]
    documents: tuple[SourceDocument, ...]

    def is_a(self, class_name: str) -> bool:
        """Whether one of its classes is the term ``name`` of our ontology."""
        return any(kind.iri == f"{BASE}ontology#{class_name}" for kind in self.kinds)

    def texts(self, *prefixed_iris: str) -> list[str]:
        """The texts that some properties give, English ones first; they are named as in queries."""
        found = [
            (not (s.value.language or "en").startswith("en"), s.value.text)
            for prop in self.properties
            if prop.short in prefixed_iris
            for s in prop.statements
        ]
        return list(dict.fromkeys(text for _, text in sorted(found) if text))

    @property
    def low(self) -> tuple[SourceDocument, ...]:
        return tuple(document for document in self.documents if document.low)

    @property
    def standing(self) -> Link | None:
        """The standing that the thing has, where one is stated."""
        found = (p for p in self.properties if p.link.iri == f"{BASE}ontology#standing")
        return next((p.statements[0].value.link for p in found), None)
