"""The prologue of a query: its prefixes and its base, and the IRIs that names stand for.

https://www.w3.org/TR/sparql11-query/#QSynIRI
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urljoin

from loader.queries.syntax.lexer import Token
from loader.queries.syntax.parser import ParsedQuery
from loader.queries.syntax.tree import Node
from loader.settings import BASE

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\(.)")


@dataclass(frozen=True, slots=True)
class Prologue:
    """The declarations of a query.

    ``namespaces`` has the full IRI of each prefix, ``iri_tokens`` the token that it is read from;
    the last declaration of a prefix counts. Relative IRIs are resolved against ``base``.
    """

    base: str
    namespaces: Mapping[str, str]
    iri_tokens: Mapping[str, Token]

    def expand(self, name: Token | Node | None) -> str | None:
        """Return the full IRI of an ``<iri>`` or ``prefix:name``; None where it names none."""
        token = name.first_token if isinstance(name, Node) else name
        if token is None or token.kind not in ("iri", "prefixed", "namespace"):
            return None
        if token.kind == "iri":
            return _resolve(self.base, token)
        prefix, _, local = token.text.partition(":")
        return self.namespaces[prefix] + _unescape(local) if prefix in self.namespaces else None

    def format(self) -> str:
        """Return the declarations as lines, the prefixes sorted; "" where there are none."""
        base = [f"BASE <{self.base}>"] if self.base != BASE else []
        return "\n".join(
            [*base, *sorted(f"PREFIX {name}: <{iri}>" for name, iri in self.namespaces.items())]
        )


def read_prologue(query: ParsedQuery) -> Prologue:
    """Read the prologue of a query; without a BASE that is the base of the project."""
    base = BASE
    namespaces: dict[str, str] = {}
    iri_tokens: dict[str, Token] = {}
    node = query.root.child("Prologue")
    for token, iri in pairwise(node.tokens if node else ()):
        if token.kind == "BASE":
            base = _resolve(base, iri)
        elif token.kind == "namespace":
            prefix = token.text[:-1]
            namespaces[prefix] = _resolve(base, iri)
            iri_tokens[prefix] = iri
    return Prologue(base, namespaces, iri_tokens)


def merge_prologues(prologues: Sequence[Prologue]) -> Prologue:
    """Return the declarations of all prologues; of two for one prefix the first counts.

    The base is that of the first prologue.
    """
    merged: dict[str, tuple[str, Token]] = {}
    for prologue in prologues:
        for prefix, namespace in prologue.namespaces.items():
            merged.setdefault(prefix, (namespace, prologue.iri_tokens[prefix]))
    return Prologue(
        prologues[0].base,
        {prefix: namespace for prefix, (namespace, _) in merged.items()},
        {prefix: token for prefix, (_, token) in merged.items()},
    )


def _resolve(base: str, token: Token) -> str:
    """Return the full IRI of an ``<iri>``; one with a scheme stays as it is.

    ``urljoin`` alone would drop a # at the end, by which many namespaces end.
    """
    iri = _unescape(token.text[1:-1])
    if _SCHEME.match(iri):
        return iri
    return urljoin(base, iri) + ("#" if iri.endswith("#") else "")


def _unescape(text: str) -> str:
    r"""Return a text without \uXXXX, \UXXXXXXXX and the backslashes of names."""
    return _ESCAPE.sub(lambda match: match[3] or chr(int(match[1] or match[2], 16)), text)
