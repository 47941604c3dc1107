"""The dataset that a query names by FROM and FROM NAMED.

https://www.w3.org/TR/sparql11-query/#specifyingDataset
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from pyoxigraph import NamedNode

from loader.queries.query_text import bare
from loader.settings import BASE

_FROM = re.compile(r"(?<![\w?$:@.-])FROM(?P<named>\s+NAMED)?(?=[\s<])\s*", re.I)
_PREFIX = re.compile(r"\bPREFIX\s+(?P<name>[^\s:]*):\s*(?=<)", re.I)
_BASE = re.compile(r"\bBASE\s*(?=<)", re.I)
_IRI = re.compile(r"<([^<>\s]*)>")
_NAME = re.compile(r"([^\s:<>\"{}()]*):([^\s<>\"{}()]*)")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\(.)")


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graphs that make up the default graph, and those that GRAPH may name; none twice."""

    default: tuple[NamedNode, ...] = ()
    named: tuple[NamedNode, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.default or self.named)


def dataset_of(text: str) -> Dataset | None:
    """What FROM says: None where there is no such clause, empty where one cannot be read."""
    if "from" not in text.lower():
        return None  # the usual case, and a quick one
    plain = bare(text)
    clauses = list(_FROM.finditer(plain))
    if not clauses:
        return None
    names = Names(text, plain)
    default: dict[NamedNode, None] = {}
    named: dict[NamedNode, None] = {}
    for clause in clauses:
        graph = names.at(clause.end())
        if graph is None:
            return Dataset()
        (named if clause["named"] else default)[graph] = None
    return Dataset(tuple(default), tuple(named))


class Names:
    """Reads IRIs out of a query as its prologue resolves them."""

    def __init__(self, text: str, plain: str) -> None:
        self.text = text
        self.base = BASE
        for _, iri in self._declared(_BASE, plain):
            self.base = urljoin(self.base, iri)
        declared = self._declared(_PREFIX, plain)
        self.prefixes = {found["name"]: urljoin(self.base, iri) for found, iri in declared}

    def at(self, place: int) -> NamedNode | None:
        """The IRI that begins at a place of the text, or None where there is none."""
        iri, name = _IRI.match(self.text, place), _NAME.match(self.text, place)
        if iri:
            return _node(urljoin(self.base, _plain(iri[1])))
        if name and name[1] in self.prefixes:
            return _node(self.prefixes[name[1]] + _plain(name[2]))
        return None

    def _declared(
        self, pattern: re.Pattern[str], plain: str
    ) -> Iterator[tuple[re.Match[str], str]]:
        for found in pattern.finditer(plain):
            iri = _IRI.match(self.text, found.end())
            if iri:
                yield found, _plain(iri[1])


def _plain(text: str) -> str:
    """The text without escapes: the numbered ones of IRIs and the backslashes of names."""
    return _ESCAPE.sub(lambda e: e[3] or chr(int(e[1] or e[2], 16)), text)


def _node(iri: str) -> NamedNode | None:
    try:
        return NamedNode(iri)
    except ValueError:
        return None
