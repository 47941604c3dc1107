"""The concrete syntax tree of a query, each node with its place in the text.

A query may nest ten thousand brackets, so nothing here recurses.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from loader.queries.syntax.lexer import Token


@dataclass(eq=False, slots=True)
class Node:
    """A rule of the grammar as it stands in a query.

    ``kind`` is the name of the rule, ``start`` and ``end`` are offsets into the text of its first
    character and after its last. ``children`` are nodes and tokens in the order of the text.
    """

    kind: str
    start: int
    end: int = 0
    children: list["Node | Token"] = field(default_factory=list, repr=False)

    def find_all(self, *kinds: str) -> Iterator["Node"]:
        """Yield this node and those below it that are of one of ``kinds``, in document order."""
        for node, _ in walk(self):
            if isinstance(node, Node) and node.kind in kinds:
                yield node

    def find(self, *kinds: str) -> "Node | None":
        """Return the first node of one of ``kinds``, this one included, or None."""
        return next(self.find_all(*kinds), None)

    def child(self, *kinds: str) -> "Node | None":
        """Return the first child that is a node of one of ``kinds``, or None."""
        return next((one for one in self.nodes if one.kind in kinds), None)

    def token(self, *kinds: str) -> Token | None:
        """Return the first child that is a token of one of ``kinds``, or None."""
        leaves = (one for one in self.children if isinstance(one, Token))
        return next((token for token in leaves if token.kind in kinds), None)

    @property
    def nodes(self) -> list["Node"]:
        """The children that are nodes."""
        return [child for child in self.children if isinstance(child, Node)]

    @property
    def tokens(self) -> Iterator[Token]:
        """The tokens in this node, in document order."""
        return (leaf for leaf, _ in walk(self) if isinstance(leaf, Token))

    @property
    def first_token(self) -> Token:
        """The first token in this node."""
        return next(self.tokens)


Leaf: TypeAlias = Node | Token


def walk(root: Node, *closed: str) -> Iterator[tuple[Leaf, int]]:
    """Yield every node and token of a tree in document order, each with its depth from 0.

    Nothing below a node of one of the kinds ``closed`` is visited, unless it is the root.
    """
    stack: list[tuple[Leaf, int]] = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        if isinstance(node, Node) and (node is root or node.kind not in closed):
            stack.extend((child, depth + 1) for child in reversed(node.children))
