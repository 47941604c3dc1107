"""The properties that can be matched on, and those that a reconciled column can be given."""

from dataclasses import dataclass
from typing import Any

from query_ui.reconciliation.types import TYPES, type_object

SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
CKG = "https://w3id.org/concordat-kg/ontology#"
CONCEPTS = ("keyword", "principle", "obligation", "beneficiary", "stakeholder")
RECORDS = ("case-study", "initiative")


@dataclass(frozen=True, slots=True)
class Property:
    """A property of things of some types.

    One of these says where its values come from: ``register``, a scheme of identifiers; ``iri``, a
    property of the graph; ``counted``, the class of the things that are counted; ``asked``, a query
    of the pages. ``target`` is the type of its values where these are things.
    """

    id: str
    name: str
    types: tuple[str, ...]
    description: str
    register: str = ""
    iri: str = ""
    counted: str = ""
    asked: str = ""
    target: str = ""

    def as_object(self) -> dict[str, Any]:
        """The property as it is proposed."""
        return {"id": self.id, "name": self.name, "description": self.description}

    def as_meta(self) -> dict[str, Any]:
        """The property as the head of a column."""
        head: dict[str, Any] = {"id": self.id, "name": self.name}
        return head | ({"type": type_object(self.target)} if self.target in TYPES else {})


_ORGANISATION = ("organisation",)
_ALL = tuple(TYPES)

PROPERTIES = {
    one.id: one
    for one in (
        Property("ror", "ROR", _ORGANISATION, "its id at ror.org", register="ror"),
        Property("ukprn", "UKPRN", _ORGANISATION, "its number as a provider", register="ukprn"),
        Property("wikidata", "Wikidata", _ORGANISATION, "its item", register="wikidata"),
        Property("isni", "ISNI", _ORGANISATION, "its ISNI", register="isni"),
        Property("gtr", "Gateway to Research", _ORGANISATION, "its UUID there", register="gtr"),
        Property(
            "homepage",
            "Homepage",
            _ORGANISATION,
            "its address",
            iri="http://xmlns.com/foaf/0.1/homepage",
        ),
        Property(
            "consortium",
            "Consortium",
            _ORGANISATION,
            "what it is or was a member of",
            asked="consortia-of",
            target="organisation",
        ),
        Property(
            "case-studies",
            "How many case studies",
            (*_ORGANISATION, *CONCEPTS),
            "that are about it, or carry it or a concept below it",
            counted=f"{CKG}CaseStudy",
        ),
        Property(
            "initiatives",
            "How many initiatives",
            (*_ORGANISATION, *CONCEPTS),
            "that are of it, or carry it or a concept below it",
            counted=f"{CKG}Initiative",
        ),
        Property("definition", "Definition", CONCEPTS, "what it means", iri=f"{SKOS}definition"),
        Property("notation", "Notation", CONCEPTS, "its code", iri=f"{SKOS}notation"),
        Property(
            "broader",
            "Broader",
            CONCEPTS,
            "the concepts right above it",
            iri=f"{SKOS}broader",
            target="keyword",
        ),
        Property("scheme", "Scheme", CONCEPTS, "the list that it is from", iri=f"{SKOS}inScheme"),
        Property(
            "other-names", "Other names", _ALL, "what else it is called", iri=f"{SKOS}altLabel"
        ),
        Property(
            "exact-match",
            "Exact match",
            (*_ORGANISATION, *CONCEPTS),
            "the same in other datasets",
            iri=f"{SKOS}exactMatch",
        ),
        Property(
            "organisation",
            "Organisation",
            RECORDS,
            "whose it is",
            iri=f"{CKG}organisation",
            target="organisation",
        ),
        Property(
            "keyword",
            "Keyword",
            RECORDS,
            "what it is about",
            iri=f"{DCTERMS}subject",
            target="keyword",
        ),
        Property(
            "beneficiary",
            "Beneficiary",
            RECORDS,
            "whom it is for",
            iri=f"{CKG}beneficiary",
            target="beneficiary",
        ),
        Property(
            "stakeholder",
            "Stakeholder",
            RECORDS,
            "who takes part",
            iri=f"{CKG}stakeholder",
            target="stakeholder",
        ),
        Property(
            "principle",
            "Principle",
            RECORDS,
            "of the Concordat",
            iri=f"{CKG}principle",
            target="principle",
        ),
        Property(
            "source",
            "Source",
            (*RECORDS, *_ORGANISATION),
            "where it is told",
            iri=f"{DCTERMS}source",
        ),
        Property("iri", "IRI", _ALL, "its full identifier, to join on in SPARQL"),
    )
}
"""By id, in the order in which they are proposed."""

EVIDENCE = {"place": "Place", "country": "Country"}
"""What a candidate can be matched on, besides the properties: the town, and the ISO 3166 code."""
IDENTIFYING = frozenset(
    {"ror", "ukprn", "wikidata", "isni", "gtr", "homepage", "grid", "openalex", "hesa"}
)
"""What a candidate can be matched on as an identifier."""


def proposed(types: str) -> list[Property]:
    """The properties of a type, or all where it is "" or a scheme."""
    return [one for one in PROPERTIES.values() if types not in TYPES or types in one.types]
