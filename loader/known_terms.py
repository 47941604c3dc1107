"""The RDF terms that a dataset descriptor may use, resolved by the project's prefixes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, parse

from loader.namespaces import SH, web_iri
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
