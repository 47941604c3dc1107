"""A context of the miniature's labels and a few organisations, and a short way to map a record."""

from collections.abc import Callable

import pytest
from pyoxigraph import NamedNode

from loader.document import Document, Field, Record, Rule, Span
from loader.mapping import MappedDocument, map_document
from loader.mapping.concept_schemes import load_schemes
from loader.mapping.lookups import MappingContext, OrganisationCollector
from tests.conftest import PROJECT

Mapper = Callable[..., MappedDocument]


def field(name: str, text: str, line: int = 1, rule: Rule = Rule.AS_WRITTEN) -> Field:
    """A field on one line, from its first column."""
    return Field(name, text, Span(line, line + text.count("\n"), 1), rule)


def record(kind: str, *fields: Field, slug: str = "", parts: tuple[Record, ...] = ()) -> Record:
    """A record of some fields."""
    return Record(kind, slug, Span(1, 9), fields, parts)


def document(*records: Record) -> Document:
    """A document of some records."""
    return Document("in/cards.txt", "cards.txt", "00", 9, "cards", (), records)


def organisations() -> Document:
    """Four organisations, one of them a consortium with a member."""
    return document(
        record(
            "organisation",
            field("name", "Northgate University"),
            field("alt_names", "NGU"),
            field("consortium", "Northern Three"),
        ),
        record("organisation", field("name", "University of Southwick")),
        record("organisation", field("name", "Northern Three"), field("kind", "consortium")),
        record("organisation", field("name", "Southern Pair"), field("kind", "consortium")),
    )


@pytest.fixture(scope="session")
def context() -> MappingContext:
    names = OrganisationCollector()
    names.collect(organisations())
    return names.context(load_schemes(PROJECT / "tests" / "tiny" / "ontology").values())


@pytest.fixture
def mapped(context: MappingContext) -> Mapper:
    return lambda *records: map_document(document(*records), context)


def said(made: MappedDocument, predicate: NamedNode) -> list[str]:
    """The objects of a property, as text, in the order they were stated."""
    return [getattr(s.object, "value", "") for s in made.statements if s.predicate == predicate]


def codes(made: MappedDocument) -> list[str]:
    """The codes of what was found."""
    return [finding.code for finding in made.findings]
