"""The parts of a query that can be taken out: patterns, filters and blocks, with their places."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from loader.queries.prologue import Prologue
from loader.queries.syntax.lexer import Token
from loader.queries.syntax.parser import ParsedQuery
from loader.queries.syntax.tree import Node
from query_ui.endpoint.diagnosis.query_terms import Path, Span, Term

PartKind = Literal[
    "triple", "filter", "optional", "minus", "union", "graph", "service", "bind", "values",
    "subselect", "having", "slice", "dataset",
]  # fmt: skip


class UnsupportedSyntaxError(ValueError):
    """The query has something that is not of SPARQL 1.1, or is none; it is left alone."""


@dataclass(frozen=True, eq=False, slots=True)
class Part(Span):
    """Something whose removal leaves a query that can be asked.

    ``node`` is what it is in the syntax tree, of a triple pattern its object, with the ``[`` or
    subject and the verb among ``nodes``. Of a GRAPH block ``nodes`` are the keyword and the name
    alone, for that is what is taken out. ``group`` is the group it stands in, ``groups`` are those
    inside it. ``is_needed`` says that the query gives rows only if this part does: not so in
    OPTIONAL, UNION, MINUS or NOT EXISTS, and ``is_negative`` says that it stands in one of the last
    two.
    """

    kind: PartKind
    node: Node
    nodes: tuple[Node | Token, ...]
    group: "Group"
    subject: Term | None = None
    path: Path | None = None
    object: Term | None = None
    term: Term | None = None
    groups: list["Group"] = field(default_factory=list)

    @property
    def is_needed(self) -> bool:
        """Whether the query has no rows where this part has none."""
        return self.group.is_needed

    @property
    def is_negative(self) -> bool:
        """Whether it stands in MINUS or NOT EXISTS."""
        return self.group.is_negative

    @property
    def tokens(self) -> Iterator[Token]:
        """Its own tokens."""
        for one in self.nodes:
            yield from one.tokens if isinstance(one, Node) else (one,)

    @property
    def variables(self) -> frozenset[str]:
        """The names of all variables in it."""
        return frozenset(token.text[1:] for token in self.tokens if token.kind == "var")

    @property
    def projection(self) -> frozenset[str]:
        """The variables that a subquery passes on; none where it passes on all."""
        select = self.node.child("SelectClause")
        tokens = select.tokens if select and not select.token("*") else ()
        return frozenset(token.text[1:] for token in tokens if token.kind == "var")


@dataclass(frozen=True, eq=False, slots=True)
class Group(Span):
    """A ``{ … }``; the other two fields are as those of a part."""

    node: Node
    is_needed: bool
    is_negative: bool


@dataclass(frozen=True, eq=False, slots=True)
class ExaminedQuery:
    """A query with its parts.

    ``form`` is what stands before the dataset: SELECT with its projection, CONSTRUCT with its
    template. ``tail`` is what follows the patterns, up to a VALUES at the end. ``verb_lists`` are
    the verbs with objects of each subject and of each ``[ … ]`` that was looked into.
    """

    syntax: ParsedQuery
    prologue: Prologue
    form: Span
    where: Group
    tail: Span
    groups: list[Group] = field(repr=False)
    verb_lists: list[Node] = field(repr=False)
    parts: list[Part] = field(repr=False)
    part_by_node: dict[Node, Part] = field(repr=False)

    @property
    def text(self) -> str:
        """The query as it is written."""
        return self.syntax.text

    def source(self, span: Span) -> str:
        """Return the text at a place."""
        return self.text[span.start : span.end]

    def position(self, span: Span) -> tuple[int, int]:
        """Return the line and column of a place, counted from 1."""
        return self.syntax.positions.to_line_column(span.start)

    def list_inner_parts(self, part: Part) -> Iterator[Part]:
        """Yield the part itself, and the parts inside it."""
        yield part
        yield from (other for other in self.parts if other is not part and part.contains(other))

    def list_triples(self, verb_list: Node) -> list[Part]:
        """Return the triple patterns of the verbs of one subject, without those in ``[ … ]``."""
        objects = (one for verb in verb_list.nodes if is_objects(verb) for one in verb.nodes)
        return [self.part_by_node[one] for one in objects if one in self.part_by_node]


def is_objects(node: Node) -> bool:
    """Whether a node is the list of the objects of a verb."""
    return node.kind in ("PathObjects", "PlainObjects")


def find_verb_list(node: Node) -> Node | None:
    """Return the verbs with objects of a subject or a ``[ … ]``; None where it has none."""
    return node.child("PathList", "PlainList")
