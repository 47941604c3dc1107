"""Namespaces, prefixes, known terms, and the IRIs that the project mints under its base."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, parse

from loader.settings import BASE

OURS = f"{BASE}ontology#"


@dataclass(frozen=True, slots=True)
class KnownTerms:
    """Namespaces by prefix, and ``own``, the IRIs that the ontology defines."""

    prefixes: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()

    def resolve(self, short: str) -> NamedNode | None:
        """Return the term of a prefixed name or IRI; None where prefix or term is unknown."""
        prefix, colon, name = short.partition(":")
        if re.match(r"https?://", short):
            found = web_iri(short)
        elif colon and name and prefix in self.prefixes:
            found = web_iri(self.prefixes[prefix] + name)
        else:
            found = None
        known = found is None or not found.value.startswith(OURS) or found.value in self.own
        return found if known else None


def read_terms(ontology: Path) -> KnownTerms:
    """Read the prefixes and the terms of the project from the folder ``ontology``."""
    return KnownTerms(
        read_prefixes(ontology / "prefixes.ttl"), read_ontology_terms(ontology / "concordat.ttl")
    )


def read_prefixes(path: Path) -> dict[str, str]:
    """Return namespaces by prefix from ``sh:declare`` nodes, sorted; {} where ``path`` is no file.

    https://www.w3.org/TR/shacl/#sparql-prefixes
    """
    if not path.is_file():
        return {}
    names, namespaces = {}, {}
    for quad in parse(path.read_bytes(), format=RdfFormat.TURTLE):
        if quad.predicate == SH.prefix:
            names[quad.subject] = quad.object.value
        elif quad.predicate == SH.namespace:
            namespaces[quad.subject] = quad.object.value
    return dict(sorted((name, namespaces[node]) for node, name in names.items()))


def read_ontology_terms(path: Path) -> frozenset[str]:
    """Return the IRIs that the ontology at ``path`` describes."""
    quads = parse(path=path, format=RdfFormat.TURTLE)
    return frozenset(q.subject.value for q in quads if isinstance(q.subject, NamedNode))


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
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
GEO = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
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
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", text.lower().replace("'", "")).strip("-")


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
