"""The parts of a query that can be taken out: patterns, filters and blocks, with their places."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from query_ui.doctor.tokens import Token

if TYPE_CHECKING:
    from query_ui.doctor.terms import TermReader


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
