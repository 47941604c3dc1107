"""The head of a page about an institution: kind, place, homepage, identifiers."""

from collections.abc import Sequence
from dataclasses import dataclass

from loader.settings import BASE
from query_ui.graph.entity_labels import RDF_TYPE
from query_ui.graph.page_queries import GraphContext, get_cell_text
from query_ui.graph.urls import is_web_iri

IDENTIFIER_ORDER = ("ROR", "UKPRN", "Wikidata", "ISNI", "HESA")
"""The identifiers that people know, which come first."""
HOMEPAGE, PLACE = "http://xmlns.com/foaf/0.1/homepage", "https://schema.org/location"
NATION, IDENTIFIER = f"{BASE}ontology#nation", "http://www.w3.org/ns/adms#identifier"
FOUNDED = "https://schema.org/foundingDate"
ALSO = "http://www.w3.org/2004/02/skos/core#altLabel"
NOTE = "http://www.w3.org/2004/02/skos/core#editorialNote"
KIND_WORDS = {
    "Consortium": "Group of institutions",
    "ResearchInstitute": "Research institute",
    "SectorBody": "Sector body",
    "PublicBody": "Public body",
    "Funder": "Funder",
    "Institution": "Institution",
}
"""Classes in words, the most specific first."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier: its register, the text to show, its address or "", and what to copy."""

    scheme: str
    text: str
    href: str
    value: str


@dataclass(frozen=True, slots=True)
class InstitutionHead:
    """Who an institution or a group is; parts that are not known are ""."""

    kind: str
    place: str
    founded: str
    homepage: str
    also: tuple[str, ...]
    notes: tuple[str, ...]
    identifiers: tuple[Identifier, ...]
    is_institution: bool


def load_head(graph: GraphContext, iri: str) -> InstitutionHead:
    """Return the head of an institution or group."""
    rows = graph.select_rows("institution-head", thing=iri)

    def list_values(prop: str, column: str = "value") -> list[str]:
        return [get_cell_text(r, column) for r in rows if get_cell_text(r, "property") == prop]

    classes = {value.rpartition("#")[2] for value in list_values(RDF_TYPE)}
    kinds = [words for name, words in KIND_WORDS.items() if name in classes]
    places = [*list_values(PLACE, "text"), *list_values(NATION, "text")]
    identifiers = [
        build_identifier(get_cell_text(row, "text"), get_cell_text(row, "value"))
        for row in rows
        if get_cell_text(row, "property") == IDENTIFIER
    ]
    return InstitutionHead(
        kinds[0] if kinds else "Organisation",
        ", ".join(dict.fromkeys(places)),
        next(iter(list_values(FOUNDED)), ""),
        next((value for value in list_values(HOMEPAGE) if is_web_iri(value)), ""),
        tuple(list_values(ALSO)),
        tuple(list_values(NOTE)),
        tuple(sorted(identifiers, key=rank_identifier)),
        "Institution" in classes,
    )


def build_identifier(scheme: str, value: str) -> Identifier:
    """Return an identifier; of an address the last part is shown."""
    is_address = is_web_iri(value)
    text = value.rstrip("/").rpartition("/")[2] if is_address else value
    return Identifier(scheme, text, value if is_address else "", value)


def rank_identifier(identifier: Identifier) -> tuple[int, str]:
    """Return the key that puts ``IDENTIFIER_ORDER`` first, then the others by name."""
    order: Sequence[str] = IDENTIFIER_ORDER
    known = order.index(identifier.scheme) if identifier.scheme in order else len(order)
    return known, identifier.scheme
