"""The terms that a descriptor may map to: short forms by the project's prefixes, ours checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, parse

from loader.namespaces import SH, web_iri
from loader.settings import BASE

OURS = f"{BASE}ontology#"


@dataclass(frozen=True, slots=True)
class Terms:
    """``prefixes`` by short name; ``own`` are the terms that the ontology has."""

    prefixes: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()

    def resolve(self, short: str) -> NamedNode | None:
        """The term of a short form or an address; None for an unknown prefix or term of ours."""
        prefix, colon, name = short.partition(":")
        if re.match(r"https?://", short):
            found = web_iri(short)
        elif colon and name and prefix in self.prefixes:
            found = web_iri(self.prefixes[prefix] + name)
        else:
            found = None
        known = found is None or not found.value.startswith(OURS) or found.value in self.own
        return found if known else None


def read_terms(ontology: Path) -> Terms:
    """The prefixes and the terms of the project."""
    return Terms(read_prefixes(ontology / "prefixes.ttl"), read_own(ontology / "concordat.ttl"))


def read_prefixes(path: Path) -> dict[str, str]:
    """Prefix → namespace from ``sh:declare`` nodes, sorted; {} when there is no such file.

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


def read_own(path: Path) -> frozenset[str]:
    """The terms that the ontology describes."""
    quads = parse(path=path, format=RdfFormat.TURTLE)
    return frozenset(q.subject.value for q in quads if isinstance(q.subject, NamedNode))
