"""The parser: a query into a syntax tree, as far as the grammar allows.

https://www.w3.org/TR/sparql11-query/#sparqlGrammar
"""

from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from loader.queries.syntax.lexer import COMMENT, LinePositions, Token, tokenise_query
from loader.queries.syntax.ll1_table import CLOSE, END_OF_QUERY, load_sparql_table
from loader.queries.syntax.tree import Node

QUERY_FORMS = {
    "SelectQuery": "SELECT",
    "ConstructQuery": "CONSTRUCT",
    "DescribeQuery": "DESCRIBE",
    "AskQuery": "ASK",
}
"""The rules of the four forms of queries with their keywords."""
_CHAIN = frozenset(
    "Expression AndExpression Comparison Sum Product Unary Primary Constraint Path PathSequence "
    "PathStep PathPrimary PathVerb Value PlainValue Member Term VarOrIri".split()
)
"""Rules whose node would add nothing to its only child, which then takes its place."""


class Comment(NamedTuple):
    """A comment with its sign #: ``follows`` is the index of the token before it, or -1."""

    text: str
    start: int
    follows: int

    @property
    def end(self) -> int:
        """The offset after its last character."""
        return self.start + len(self.text)


class ParsedQuery:
    """A query with its tokens and its tree, which ends where the grammar stops.

    ``tokens`` ends with an empty one. ``error_index`` is the index of the first token that cannot
    stand where it stands, None where there is none; ``expected_symbols`` are the rules and
    terminals one of which had to begin there.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenise_query(text)
        self.root, self.error_index, self.expected_symbols = _parse(self.tokens)

    @property
    def is_valid(self) -> bool:
        """Whether the grammar has nothing against the query."""
        return self.error_index is None

    @cached_property
    def positions(self) -> LinePositions:
        """The lines and columns of its offsets."""
        return LinePositions(self.text)

    @cached_property
    def comments(self) -> list[Comment]:
        """The comments between the tokens that the grammar allows, in document order."""
        last = len(self.tokens) - 1 if self.error_index is None else self.error_index
        borders = [(0, 0), *((token.start, token.end) for token in self.tokens[:last])]
        borders.append((len(self.text), 0) if self.is_valid else (self.tokens[last].start, 0))
        return [
            Comment(match[0], match.start(), index - 1)
            for index, ((_, end), (start, _)) in enumerate(pairwise(borders))
            for match in COMMENT.finditer(self.text, end, start)
        ]

    @property
    def main(self) -> Node:
        """The outermost query without its prologue; an empty node where there is none."""
        return self.root.child(*QUERY_FORMS) or Node("", self.root.end, self.root.end)

    @property
    def form(self) -> str:
        """SELECT, CONSTRUCT, DESCRIBE or ASK; "" where the text is no query."""
        return QUERY_FORMS.get(self.main.kind, "")

    def clause(self, kind: str) -> Node | None:
        """Return a clause of the outermost query, such as its WhereClause, or None."""
        parent = self.main.child("ConstructWhole") or self.main
        return parent.child(kind)

    def source(self, node: Node | Token) -> str:
        """Return the text of a node as it is written."""
        return self.text[node.start : node.end]


def parse_query(text: str) -> ParsedQuery:
    """Parse the text of a query; what cannot be parsed is left out of the tree."""
    return ParsedQuery(text)


parse_file = lru_cache(maxsize=512)(parse_query)
"""``parse_query`` for the texts of query files, which are parsed again and again."""


def _parse(tokens: list[Token]) -> tuple[Node, int | None, tuple[str, ...]]:
    """Return the tree, the index of the token at fault, and the symbols that it may begin.

    The stack holds what is still to come, the next symbol last. A token either begins the next
    symbol, whose other parts take its place, or the symbol may be left out, or the token is wrong.
    """
    grammar, stack = load_sparql_table(), [END_OF_QUERY, "Query"]
    nodes, end = [Node("", 0)], 0
    for index, token in enumerate(tokens):
        skipped: list[str] = []
        while (step := grammar.consume_terminal(symbol := stack.pop(), token.kind)) is None:
            if symbol == CLOSE:
                _close(nodes, end)
                continue
            skipped.append(symbol)
            if symbol not in grammar.nullable_rules:
                while len(nodes) > 1:
                    _close(nodes, end)
                return _query_node(nodes[0]), index, tuple(skipped)
        nodes += [Node(rule, token.start) for rule in step[0]]
        nodes[-1].children.append(token)
        stack += step[1]
        end = token.end
    return _query_node(nodes[0]), None, ()


def _close(nodes: list[Node], end: int) -> None:
    """Put the innermost open node, or what it only passes on, among the children of the next."""
    node = nodes.pop()
    node.end = end
    only = node.children[0] if len(node.children) == 1 and node.kind in _CHAIN else node
    nodes[-1].children.append(only if isinstance(only, Node) else node)


def _query_node(outermost: Node) -> Node:
    return next(iter(outermost.nodes), Node("Query", 0))
