"""The reading of single terms and property paths from tokens."""

import re
from collections.abc import Mapping
from urllib.parse import urljoin

from loader.terms import RDF, XSD
from query_ui.doctor.parts import Path, Term, TermKind
from query_ui.doctor.tokens import END, Token, Unreadable

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_LETTERS = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


class TermReader:
    """Reads terms out of tokens; ``namespaces`` are the prefixes, ``base`` resolves short IRIs."""

    def __init__(self, tokens: list[Token], closing: Mapping[int, int]) -> None:
        self.tokens = tokens
        self.closing = closing
        self.namespaces: dict[str, str] = {}
        self.base = ""

    def at(self, index: int) -> Token:
        """The token at an index; an end without text past the last one."""
        return self.tokens[index] if index < len(self.tokens) else END

    def iri(self, token: Token) -> str:
        """The full IRI that a token means; Unreadable for an undeclared prefix."""
        if token.kind == "iri":
            inside = token.text[1:-1]
            return urljoin(self.base, inside) if self.base else inside
        prefix, _, local = token.text.partition(":")
        if prefix not in self.namespaces:
            raise Unreadable(f"The prefix {prefix}: is not declared.")
        return self.namespaces[prefix] + re.sub(r"\\(.)", r"\1", local)

    def term(self, index: int) -> tuple[Term, int]:
        """The term that begins at ``index``, and the index after it."""
        token = self.at(index)
        if token.kind in ("iri", "name"):
            return Term(token.start, token.end, "iri", self.iri(token)), index + 1
        if token.kind == "variable":
            return Term(token.start, token.end, "variable", token.text[1:]), index + 1
        if token.kind == "blank":
            return Term(token.start, token.end, "blank", token.text[2:]), index + 1
        if token.says("[", "("):
            last = self.closing[index]
            kind: TermKind = "node" if token.text == "[" else "list"
            return Term(token.start, self.tokens[last].end, kind, ""), last + 1
        return self._literal(index)

    def _literal(self, index: int) -> tuple[Term, int]:
        token = self.at(index)
        if token.kind == "string":
            return self._string(index)
        signed = token.says("+", "-")
        number = self.at(index + 1) if signed else token
        if number.kind == "number":
            value = ("-" if token.text == "-" else "") + number.text
            after = index + (2 if signed else 1)
            return Term(
                token.start, number.end, "literal", value, datatype=_number(number.text)
            ), after
        if token.says("TRUE", "FALSE"):
            value = token.text.lower()
            return Term(
                token.start, token.end, "literal", value, datatype=XSD.boolean.value
            ), index + 1
        raise Unreadable(f"No term of SPARQL 1.1 begins at {token.start}.")

    def _string(self, index: int) -> tuple[Term, int]:
        token, after = self.at(index), self.at(index + 1)
        quotes = 3 if token.text[:3] in ('"""', "'''") else 1
        value = _ESCAPE.sub(_unescaped, token.text[quotes:-quotes])
        if after.kind == "language":
            tag = after.text[1:].lower()
            return Term(token.start, after.end, "literal", value, language=tag), index + 2
        if after.says("^^"):
            named = self.at(index + 2)
            datatype = self.iri(named)
            plain = "" if datatype == XSD.string.value else datatype
            return Term(token.start, named.end, "literal", value, datatype=plain), index + 3
        return Term(token.start, token.end, "literal", value), index + 1

    def verb(self, index: int) -> tuple[Path, int]:
        """The variable, IRI or property path that begins at ``index``, and the index after it."""
        token = self.at(index)
        if token.kind == "variable":
            return Path(token.start, token.end, (), False, token.text[1:]), index + 1
        first = index
        while True:
            while self.at(index).says("^", "!"):
                index += 1
            index = self._step(index)
            while self.at(index).says("*", "+", "?"):
                index += 1
            if not self.at(index).says("/", "|"):
                break
            index += 1
        span = self.tokens[first:index]
        steps = tuple(self._named(one) for one in span if _names(one))
        simple = len(span) == 1
        return Path(token.start, span[-1].end, steps, simple), index

    def _step(self, index: int) -> int:
        token = self.at(index)
        if token.says("("):
            return self.closing[index] + 1
        if not _names(token):
            raise Unreadable(f"No property of SPARQL 1.1 begins at {token.start}.")
        return index + 1

    def _named(self, token: Token) -> Term:
        value = RDF.type.value if token.text == "a" else self.iri(token)
        return Term(token.start, token.end, "iri", value)


def _names(token: Token) -> bool:
    """Whether a token is the name of a property."""
    return token.kind in ("iri", "name") or (token.kind == "word" and token.text == "a")


def _number(text: str) -> str:
    if "e" in text.lower():
        return XSD.double.value
    return XSD.decimal.value if "." in text else XSD.integer.value


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _LETTERS.get(found[3], found[3])
