"""The addresses of pages: from the IRI of a thing to its page on this site, and back."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote, urlencode

from loader.settings import BASE

FOLDER_BY_ENTITY_TYPE = {
    "case-study": "case-studies",
    "initiative": "initiatives",
    "organisation": "organisations",
}
URL_SAFE_CHARACTERS = "/:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class Link:
    """A name that leads somewhere: ``href`` is "" where there is nowhere to go."""

    text: str
    href: str = ""
    iri: str = ""
    outside: bool = False


@dataclass(frozen=True, slots=True)
class LinkedCount:
    """A count, and the address of the query that yields it."""

    value: int
    href: str


@dataclass(frozen=True, slots=True)
class LinkedMeasure:
    """A number that is no count, and the address of the query that yields it."""

    value: Decimal
    href: str


def to_page_path(iri: str) -> str:
    """The path of the page about a thing of ours, or "" for an IRI outside our base."""
    if not iri.startswith(BASE):
        return ""
    if "#" in iri:
        return to_ontology_path(iri)
    area, _, name = iri.removeprefix(BASE).partition("/")
    if area == "id":
        kind, _, slug = name.partition("/")
        folder = FOLDER_BY_ENTITY_TYPE.get(kind, f"things/{kind}")
        return f"/{folder}/{quote(slug, safe=URL_SAFE_CHARACTERS)}" if slug else ""
    areas = {"concept": "concepts", "scheme": "concepts", "graph": "graphs", "queries": "queries"}
    if area in ("ontology", "dataset", "sparql") and not name:
        return f"/{area}"
    return (
        f"/{areas[area]}/{quote(name, safe=URL_SAFE_CHARACTERS)}" if area in areas and name else ""
    )


def to_ontology_path(iri: str) -> str:
    """The place of a term on the ontology page; other fragments get the page for any IRI."""
    document, _, fragment = iri.partition("#")
    if document == f"{BASE}ontology":
        return f"/ontology#{quote(fragment, safe=URL_SAFE_CHARACTERS)}"
    return to_generic_page_path(iri)


def to_generic_page_path(iri: str) -> str:
    """The address of the page that can be about any IRI of the graph."""
    return f"/things?{urlencode({'iri': iri})}"


def build_entity_iri(kind: str, slug: str) -> str:
    """The IRI of a thing: ``…/id/{kind}/{slug}``."""
    return f"{BASE}id/{kind}/{slug}"


def to_query_path(text: str) -> str:
    """The address that asks a query, with its text to see and to change."""
    return f"/sparql?{urlencode({'query': text})}"


def is_web_iri(iri: str) -> bool:
    """Whether a browser may follow the IRI: nothing but http and https leads out of the site."""
    return iri.startswith(("http://", "https://"))
