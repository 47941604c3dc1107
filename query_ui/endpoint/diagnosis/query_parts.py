"""The parts of a query that can be taken out: patterns, filters and blocks, with their places."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urljoin

from loader.namespaces import RDF, XSD
from query_ui.engine.query_tokens import END, Token, Unreadable

TermKind = Literal["iri", "literal", "variable", "blank", "node", "list"]
PartKind = Literal[
    "triple", "filter", "optional", "minus", "union", "graph", "service", "bind", "values",
    "subselect", "having", "slice", "dataset",
]  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class Span:
    """A place in the text of a query: the characters from ``start`` up to ``end``."""

    start: int
    end: int

    def holds(self, other: "Span") -> bool:
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
    simple: bool
    variable: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Part(Span):
    """Something whose removal leaves a query that can be asked.

    ``group`` is the group it stands in, ``groups`` are those inside it. ``needed`` says that the
    query gives rows only if this part does: not so in OPTIONAL, UNION, MINUS or NOT EXISTS, and
    ``negative`` says that it stands in one of the last two. ``ranges`` of ``source`` are its own
    tokens; of a GRAPH block these are the keyword and the name alone, for that is what is taken
    out.
    """

    kind: PartKind
    group: "Group"
    source: Sequence[Token] = field(repr=False)
    ranges: tuple[tuple[int, int], ...]
    needed: bool
    negative: bool
    subject: Term | None = None
    path: Path | None = None
    object: Term | None = None
    term: Term | None = None
    groups: list["Group"] = field(default_factory=list)

    @property
    def tokens(self) -> list[Token]:
        """Its own tokens."""
        return [token for first, last in self.ranges for token in self.source[first:last]]

    @property
    def variables(self) -> frozenset[str]:
        """The names of all variables in it."""
        return frozenset(token.text[1:] for token in self.tokens if token.kind == "variable")

    @property
    def selected(self) -> frozenset[str]:
        """The variables that a subquery passes on; none where it passes on all."""
        head = [token for token in self.tokens if token.end <= self.groups[0].start]
        if any(token.says("*") for token in head[:3]):
            return frozenset()
        return frozenset(token.text[1:] for token in head if token.kind == "variable")


@dataclass(eq=False, slots=True)
class Verb:
    """A verb with its objects: one triple pattern each, with ``commas`` between them."""

    span: Span
    parts: list[Part] = field(default_factory=list)
    commas: list[Span] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Statement:
    """Patterns that share a subject: each semicolon with the count of verbs before it.

    Those in a ``[ … ]`` make a statement of their own, without the brackets; it is ``inner`` where
    nothing else is said of that node.
    """

    start: int
    end: int = 0
    verbs: list[Verb] = field(default_factory=list)
    semicolons: list[tuple[int, Span]] = field(default_factory=list)
    dot: Span | None = None
    inner: "Statement | None" = None


@dataclass(eq=False, slots=True)
class Element:
    """What stands in a group and is no statement, with its dot; a plain group is no part."""

    part: Part | None
    dot: Span | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Group(Span):
    """A ``{ … }`` with its elements in their order."""

    needed: bool
    negative: bool
    elements: list[Statement | Element] = field(default_factory=list)


@dataclass(frozen=True, eq=False, slots=True)
class Declared(Span):
    """A PREFIX line: the place is that of the namespace in it, with its angle brackets."""

    prefix: str
    namespace: str


@dataclass(frozen=True, eq=False, slots=True)
class Query:
    """A query that has been read.

    ``form`` is what stands before the dataset: SELECT with its projection, CONSTRUCT with its
    template. ``tail`` is what follows the patterns, up to a VALUES at the end. ``terms`` reads the
    terms among its tokens.
    """

    text: str
    terms: "TermReader" = field(repr=False)
    prefixes: dict[str, Declared]
    form: Span
    where: Group
    tail: Span
    groups: list[Group] = field(repr=False)
    statements: list[Statement] = field(repr=False)
    parts: list[Part] = field(repr=False)

    def written(self, span: Span) -> str:
        """The text at a place."""
        return self.text[span.start : span.end]

    def place(self, span: Span) -> tuple[int, int]:
        """The line and column of a place, counted from 1."""
        before = self.text[: span.start]
        return before.count("\n") + 1, span.start - before.rfind("\n")

    def inside(self, part: Part) -> Iterator[Part]:
        """The part itself, and the parts inside it."""
        yield part
        yield from (other for other in self.parts if other is not part and part.holds(other))


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
