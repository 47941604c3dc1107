"""Namespaces, and the IRIs that the project mints under its base."""

import re
import unicodedata

from pyoxigraph import NamedNode

from loader.settings import BASE


class Namespace:
    """A namespace whose terms are attributes or items: ``SKOS.prefLabel``, ``CKG["False"]``."""

    def __init__(self, base: str) -> None:
        self.base = base

    def __getitem__(self, name: str) -> NamedNode:
        return NamedNode(self.base + name)

    def __getattr__(self, name: str) -> NamedNode:
        term = NamedNode(self.base + name)
        setattr(self, name, term)
        return term


CKG = Namespace(BASE + "ontology#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
ORG = Namespace("http://www.w3.org/ns/org#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
PROV = Namespace("http://www.w3.org/ns/prov#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SCHEMA = Namespace("https://schema.org/")
SH = Namespace("http://www.w3.org/ns/shacl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
SSSOM = Namespace("https://w3id.org/sssom/")
TIME = Namespace("http://www.w3.org/2006/time#")
VOID = Namespace("http://rdfs.org/ns/void#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")

SCHEMES = ("keywords", "beneficiaries", "stakeholders", "principles")


def slugify(text: str) -> str:
    """Return ``text`` as lower-case ASCII words joined by hyphens: "Café & Code" is "cafe-code"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain.lower().replace("'", "")).strip("-")


def thing(kind: str, slug: str) -> NamedNode:
    """Return the IRI of an entity: ``…/id/{kind}/{slug}``."""
    return NamedNode(f"{BASE}id/{kind}/{slug}")


def graph(slug: str) -> NamedNode:
    """Return the IRI of a named graph: ``…/graph/{slug}``."""
    return NamedNode(f"{BASE}graph/{slug}")


def scheme(name: str) -> NamedNode:
    """Return the IRI of a concept scheme: ``…/scheme/{name}``."""
    return NamedNode(f"{BASE}scheme/{name}")


def concept(scheme_name: str, slug: str) -> NamedNode:
    """Return the IRI of a concept: ``…/concept/{scheme_name}/{slug}``."""
    return NamedNode(f"{BASE}concept/{scheme_name}/{slug}")


CATALOGUE = graph("catalogue")
ISSUES = graph("issues")
STATISTICS = graph("void")
QUERIES = graph("queries")
WEIGHTS = graph("information-content")
MADE = (CATALOGUE, ISSUES, STATISTICS, QUERIES, WEIGHTS)
"""The graphs that a build writes itself; no document may use one of them as its own."""
DATASET = NamedNode(f"{BASE}dataset")
DUMP = NamedNode(f"{BASE}dataset/graph.nq")
ENDPOINT = NamedNode(f"{BASE}sparql")


def web_iri(text: str) -> NamedNode | None:
    """Return the IRI of an http or https address, or None where ``text`` is not one."""
    if not text.startswith(("http://", "https://")) or text.split("//", 1)[1] == "":
        return None
    try:
        return NamedNode(text)
    except ValueError:
        return None
