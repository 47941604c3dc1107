"""The project's one list of prefixes, read from ``ontology/prefixes.ttl``."""

from pathlib import Path

from pyoxigraph import RdfFormat, parse

from loader.terms import Namespace

_SHACL = Namespace("http://www.w3.org/ns/shacl#")


def read_prefixes(path: Path) -> dict[str, str]:
    """Prefix → namespace from ``sh:declare`` nodes, sorted; {} when there is no such file.

    https://www.w3.org/TR/shacl/#sparql-prefixes
    """
    if not path.is_file():
        return {}
    names, namespaces = {}, {}
    for quad in parse(path.read_bytes(), format=RdfFormat.TURTLE):
        if quad.predicate == _SHACL.prefix:
            names[quad.subject] = quad.object.value
        elif quad.predicate == _SHACL.namespace:
            namespaces[quad.subject] = quad.object.value
    return dict(sorted((name, namespaces[node]) for node, name in names.items()))
