"""Addresses on the pages of concepts and schemes, of this project and of other publishers.

The page about an IRI of others is ``/things?iri=…``, so its links keep that field.
"""

from urllib.parse import urlencode

from loader.settings import BASE
from query_ui.graph.urls import to_generic_page_path, to_page_path


def expand_concept_key(scheme_iri: str, key: str) -> str:
    """Return the IRI of a concept from its key in the address of the page of its scheme."""
    name = scheme_iri.removeprefix(f"{BASE}scheme/")
    return key if ":" in key else f"{BASE}concept/{name}/{key}"


def shorten_concept_iri(iri: str) -> str:
    """Return the key of a concept in an address: the end of its IRI, or an IRI of others."""
    return iri.rpartition("/")[2] if iri.startswith(f"{BASE}concept/") else iri


def build_query_start(iri: str) -> str:
    """Return the beginning of the query strings of the page about an IRI."""
    return "?" if to_page_path(iri) else f"?{urlencode({'iri': iri})}&"


def build_file_start(iri: str) -> str:
    """Return the address of the page about an IRI as data, without the suffix at its end."""
    path = to_page_path(iri)
    return f"{path}." if path else f"{to_generic_page_path(iri)}&format="
