"""Properties to match on, and properties that a reconciled column can be extended with."""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from typing import Any

from loader.errors import UsageError
from query_ui.http.request_input import shorten

TYPES = {
    "organisation": "Organisation",
    "case-study": "Case study",
    "initiative": "Initiative",
    "keyword": "Keyword",
    "principle": "Principle",
    "obligation": "Obligation",
    "beneficiary": "Beneficiary",
    "stakeholder": "Stakeholder",
}
"""Name by type id, the most usual first, as clients propose the first.

The IRI of a concept scheme is also a type: that of its concepts.
"""


def build_type_object(name: str) -> dict[str, str]:
    """Return a type as a JSON object with ``id`` and ``name``."""
    return {"id": name, "name": TYPES[name]}


def parse_known_types(
    value: Any, json_path: str, names: Collection[str], indexed: Set[str]
) -> frozenset[str]:
    """Parse a type or a list of types; raise UsageError for an unknown one."""
    types = parse_types(value, json_path)
    if unknown := describe_unknown_types(types, names, indexed):
        raise UsageError(f"{json_path}: {unknown}")
    return types


def describe_unknown_types(types: Set[str], names: Collection[str], indexed: Set[str]) -> str:
    """Return a sentence about the types that neither ``names`` nor an index, ``indexed``, has.

    It is "" where there is none.
    """
    unknown = format_names(sorted(types - set(names) - indexed))
    has_schemes = any(name.startswith("http") for name in indexed)
    other = ", or the address of a concept scheme" if has_schemes else ""
    return unknown and f"There is no type {unknown}; use {', '.join(names)}{other}."


def format_names(names: Sequence[str]) -> str:
    """Return names for a message, in quotation marks and joined by “or”."""
    return " or ".join(f"“{shorten(name)}”" for name in names)


def parse_types(value: Any, json_path: str) -> frozenset[str]:
    """Parse the type or list of types of a query, known or not; raise UsageError if malformed.

    Each is an id or an object with an ``id``; ``json_path`` locates it in messages.
    """
    given = value if isinstance(value, list) else [value] if value else []
    names = [one.get("id") if isinstance(one, dict) else one for one in given]
    found = frozenset(name for name in names if isinstance(name, str))
    if not all(isinstance(name, str) for name in names):
        raise UsageError(f"{json_path}: type has to be a text, or texts in a list.")
    return found


SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
CKG = "https://w3id.org/concordat-kg/ontology#"
CONCEPT_TYPES = ("keyword", "principle", "obligation", "beneficiary", "stakeholder")
RECORD_TYPES = ("case-study", "initiative")
"""Types of records, as opposed to organisations and concepts."""


@dataclass(frozen=True, slots=True)
class ReconciliationProperty:
    """Property of entities of some types.

    One of these is the origin of its values: ``identifier_scheme``, a scheme of identifiers;
    ``iri``, a property of the graph; ``counted``, the IRI of the class whose entities are counted;
    ``page_query``, a page query. ``target_type`` is the type of values that are entities.
    """

    id: str
    name: str
    types: tuple[str, ...]
    description: str
    identifier_scheme: str = ""
    iri: str = ""
    counted: str = ""
    page_query: str = ""
    target_type: str = ""

    def to_property_object(self) -> dict[str, Any]:
        """Return the property as a JSON object for property proposals and suggestions."""
        return {"id": self.id, "name": self.name, "description": self.description}

    def to_column_header(self) -> dict[str, Any]:
        """Return the property as a column of ``meta`` in a data extension response."""
        head: dict[str, Any] = {"id": self.id, "name": self.name}
        return head | (
            {"type": build_type_object(self.target_type)} if self.target_type in TYPES else {}
        )


_ORGANISATION = ("organisation",)
_ALL = tuple(TYPES)

PROPERTIES = {
    one.id: one
    for one in (
        ReconciliationProperty(
            "ror", "ROR", _ORGANISATION, "its id at ror.org", identifier_scheme="ror"
        ),
        ReconciliationProperty(
            "ukprn", "UKPRN", _ORGANISATION, "its number as a provider", identifier_scheme="ukprn"
        ),
        ReconciliationProperty(
            "wikidata", "Wikidata", _ORGANISATION, "its item", identifier_scheme="wikidata"
        ),
        ReconciliationProperty("isni", "ISNI", _ORGANISATION, "its ISNI", identifier_scheme="isni"),
        ReconciliationProperty(
            "gtr", "Gateway to Research", _ORGANISATION, "its UUID there", identifier_scheme="gtr"
        ),
        ReconciliationProperty(
            "homepage",
            "Homepage",
            _ORGANISATION,
            "its address",
            iri="http://xmlns.com/foaf/0.1/homepage",
        ),
        ReconciliationProperty(
            "consortium",
            "Consortium",
            _ORGANISATION,
            "what it is or was a member of",
            page_query="consortia-of",
            target_type="organisation",
        ),
        ReconciliationProperty(
            "case-studies",
            "How many case studies",
            (*_ORGANISATION, *CONCEPT_TYPES),
            "that are about it, or are tagged with it or a narrower concept",
            counted=f"{CKG}CaseStudy",
        ),
        ReconciliationProperty(
            "initiatives",
            "How many initiatives",
            (*_ORGANISATION, *CONCEPT_TYPES),
            "that belong to it, or are tagged with it or a narrower concept",
            counted=f"{CKG}Initiative",
        ),
        ReconciliationProperty(
            "definition", "Definition", CONCEPT_TYPES, "what it means", iri=f"{SKOS}definition"
        ),
        ReconciliationProperty(
            "notation", "Notation", CONCEPT_TYPES, "its code", iri=f"{SKOS}notation"
        ),
        ReconciliationProperty(
            "broader",
            "Broader",
            CONCEPT_TYPES,
            "the concepts right above it",
            iri=f"{SKOS}broader",
            target_type="keyword",
        ),
        ReconciliationProperty(
            "scheme", "Scheme", CONCEPT_TYPES, "the list that it is from", iri=f"{SKOS}inScheme"
        ),
        ReconciliationProperty(
            "other-names", "Other names", _ALL, "what else it is called", iri=f"{SKOS}altLabel"
        ),
        ReconciliationProperty(
            "exact-match",
            "Exact match",
            (*_ORGANISATION, *CONCEPT_TYPES),
            "the same in other datasets",
            iri=f"{SKOS}exactMatch",
        ),
        ReconciliationProperty(
            "organisation",
            "Organisation",
            RECORD_TYPES,
            "whose it is",
            iri=f"{CKG}organisation",
            target_type="organisation",
        ),
        ReconciliationProperty(
            "keyword",
            "Keyword",
            RECORD_TYPES,
            "what it is about",
            iri=f"{DCTERMS}subject",
            target_type="keyword",
        ),
        ReconciliationProperty(
            "beneficiary",
            "Beneficiary",
            RECORD_TYPES,
            "whom it is for",
            iri=f"{CKG}beneficiary",
            target_type="beneficiary",
        ),
        ReconciliationProperty(
            "stakeholder",
            "Stakeholder",
            RECORD_TYPES,
            "who takes part",
            iri=f"{CKG}stakeholder",
            target_type="stakeholder",
        ),
        ReconciliationProperty(
            "principle",
            "Principle",
            RECORD_TYPES,
            "of the Concordat",
            iri=f"{CKG}principle",
            target_type="principle",
        ),
        ReconciliationProperty(
            "source",
            "Source",
            (*RECORD_TYPES, *_ORGANISATION),
            "where it is told",
            iri=f"{DCTERMS}source",
        ),
        ReconciliationProperty("iri", "IRI", _ALL, "its full identifier, to join on in SPARQL"),
    )
}
"""Properties by id, in the order in which they are proposed."""

EVIDENCE_PROPERTIES = {"place": "Place", "country": "Country"}
"""Properties that only count as evidence, name by id: the town and the country (ISO 3166)."""
IDENTIFIER_PROPERTIES = frozenset(
    {"ror", "ukprn", "wikidata", "isni", "gtr", "homepage", "grid", "openalex", "hesa", "fundref"}
)
"""Ids of the properties that count as identifiers."""
