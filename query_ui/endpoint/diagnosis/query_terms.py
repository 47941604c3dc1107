"""Terms and property paths of a query: what stands in its tree, with full IRIs and plain values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from loader.namespaces import RDF, XSD
from loader.queries.prologue import Prologue
from loader.queries.syntax.lexer import Token
from loader.queries.syntax.tree import Node

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_CHARACTER_BY_ESCAPE = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
TermKind = Literal["iri", "literal", "variable", "blank", "node", "list"]


@dataclass(frozen=True, eq=False, slots=True)
class Span:
    """A place in the text of a query: the characters from ``start`` up to ``end``."""

    start: int
    end: int

    def contains(self, other: "Span") -> bool:
        """Whether the other place lies inside this one."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, eq=False, slots=True)
class Term(Span):
    """A term as written: ``value`` is the full IRI, the lexical form, or the name of a variable.

    ``node`` is a ``[ … ]`` and ``list`` a ``( … )``. ``datatype`` is a full IRI, "" for plain text.
    """

    kind: TermKind
    value: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Path(Span):
    """A verb: the IRIs in it, and whether it is one IRI and nothing else."""

    steps: tuple[Term, ...]
    is_simple: bool


def read_term(node: Node, prologue: Prologue) -> Term:
    """Return the term that a node of the syntax tree stands for."""
    place, token = (node.start, node.end), node.first_token
    if node.kind == "Literal":
        return _read_literal(node, prologue)
    if token.kind == "var":
        return Term(*place, "variable", token.text[1:])
    if token.kind == "signed":
        sign = "-" if token.text[0] == "-" else ""
        return Term(*place, "literal", sign + token.text[1:], datatype=_number_type(token.text))
    if token.kind == "blank":
        return Term(*place, "blank", token.text[2:])
    if token.kind in ("[", "anon", "(", "nil"):
        return Term(*place, "node" if token.kind in ("[", "anon") else "list", "")
    return Term(*place, "iri", prologue.expand(token) or "")


def is_value(node: Node | None) -> bool:
    """Whether a node is an IRI or a literal and nothing more."""
    return node is not None and node.kind in ("Iri", "Literal", "SignedNumber")


def _read_literal(node: Node, prologue: Prologue) -> Term:
    place, (token, *rest) = (node.start, node.end), list(node.tokens)
    if token.kind in ("true", "false"):
        return Term(*place, "literal", token.text, datatype=XSD.boolean.value)
    if token.kind != "string":
        return Term(*place, "literal", token.text, datatype=_number_type(token.text))
    quotes = 3 if token.text[:3] in ('"""', "'''") else 1
    value = _ESCAPE.sub(_unescape, token.text[quotes:-quotes])
    if rest and rest[0].kind == "langtag":
        return Term(*place, "literal", value, language=rest[0].text[1:].lower())
    datatype = prologue.expand(rest[-1]) or "" if rest else ""
    return Term(*place, "literal", value, datatype="" if datatype == XSD.string.value else datatype)


def read_path(node: Node, prologue: Prologue) -> Path:
    """Return the verb that a node of the syntax tree stands for; a variable has no steps."""
    tokens = list(node.tokens)
    steps = tuple(_read_steps(tokens, prologue))
    return Path(node.start, node.end, steps, len(tokens) == len(steps) == 1)


def _read_steps(tokens: list[Token], prologue: Prologue) -> Iterator[Term]:
    for token in tokens:
        iri = RDF.type.value if token.kind == "a" else prologue.expand(token)
        if iri is not None:
            yield Term(token.start, token.end, "iri", iri)


def _number_type(text: str) -> str:
    if "e" in text.lower():
        return XSD.double.value
    return XSD.decimal.value if "." in text else XSD.integer.value


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _CHARACTER_BY_ESCAPE.get(match[3], match[3])
