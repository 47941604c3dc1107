"""URLs of pages: from the IRI of an entity to the path of its page, and back."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from urllib.parse import quote, quote_plus, urlencode

from loader.settings import BASE, SKOLEM_BASE

FOLDER_BY_ENTITY_TYPE = {
    "case-study": "case-studies",
    "initiative": "initiatives",
    "organisation": "organisations",
    "action-plan": "action-plans",
    "register": "registers",
    "indicator": "indicators",
}
KEPT_PATHS = 8192
"""Paths that stay in memory: pages have the same links again and again, and quoting is slow."""
URL_SAFE_CHARACTERS = "/:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its text; ``href`` is "" where there is no target.

    ``badge`` is a word of caution that goes with the text: low trust, or a standing.
    """

    text: str
    href: str = ""
    iri: str = ""
    outside: bool = False
    badge: str = ""


@dataclass(frozen=True, slots=True)
class LinkedCount:
    """A count, the path of the query that returns it, and that of the list that it counts or ""."""

    value: int
    href: str
    list_href: str = ""


@dataclass(frozen=True, slots=True)
class LinkedMeasure:
    """A number other than a count, and the path of the query that returns it.

    There is no list of what it measures.
    """

    value: Decimal
    href: str
    list_href: str = ""


@lru_cache(maxsize=KEPT_PATHS)
def to_page_path(iri: str) -> str:
    """Return the path of the page about an IRI of this project, or "" for any other IRI."""
    if not iri.startswith(BASE):
        return ""
    if iri.startswith(SKOLEM_BASE):
        return to_generic_page_path(iri)
    if "#" in iri:
        return to_ontology_path(iri)
    area, _, name = iri.removeprefix(BASE).partition("/")
    if area == "id":
        kind, _, slug = name.partition("/")
        folder = FOLDER_BY_ENTITY_TYPE.get(kind) or f"things/{quote(kind, safe='')}"
        return f"/{folder}/{quote(slug, safe=URL_SAFE_CHARACTERS)}" if slug else ""
    areas = {"concept": "concepts", "scheme": "concepts", "graph": "graphs", "queries": "queries"}
    if area in ("ontology", "dataset", "sparql") and not name:
        return f"/{area}"
    return (
        f"/{areas[area]}/{quote(name, safe=URL_SAFE_CHARACTERS)}" if area in areas and name else ""
    )


def to_ontology_path(iri: str) -> str:
    """Return the path of a term on the ontology page; for other fragments, of the generic page."""
    document, _, fragment = iri.partition("#")
    if document == f"{BASE}ontology":
        return f"/ontology#{quote(fragment, safe=URL_SAFE_CHARACTERS)}"
    return to_generic_page_path(iri)


@lru_cache(maxsize=KEPT_PATHS)
def to_generic_page_path(iri: str) -> str:
    """Return the path of the generic page about any IRI of the graph."""
    return f"/things?{urlencode({'iri': iri})}"


def encode_fields(fields: Iterable[tuple[str, str]], safe: str = "") -> str:
    """Return fields as a query string, as ``urlencode`` does; each value is quoted only once."""
    return "&".join(
        f"{quote_field(name, safe)}={quote_field(value, safe)}" for name, value in fields
    )


@lru_cache(maxsize=KEPT_PATHS)
def quote_field(text: str, safe: str) -> str:
    """Quote a name or a value of a query string."""
    return quote_plus(text, safe=safe)


def build_entity_iri(kind: str, slug: str) -> str:
    """Return the IRI of an entity: ``…/id/{kind}/{slug}``."""
    return f"{BASE}id/{kind}/{slug}"


def to_query_path(text: str) -> str:
    """Return the path of the SPARQL page that runs a query and shows its text for editing."""
    return f"/sparql?query={quote_query_value(text)}"


def quote_query_value(text: str) -> str:
    """Quote a text as a value of a query string, with few escapes: pages have many such links.

    https://www.rfc-editor.org/rfc/rfc3986#section-3.4
    """
    return quote_plus(text, safe="/:?()*,@!$")


def is_web_iri(iri: str) -> bool:
    """Return whether an IRI is http or https; a page links to no other IRI outside the site."""
    return iri.startswith(("http://", "https://"))
