"""The shape of a query that the grammar allows: brackets, groups, and what each SELECT shows."""

from dataclasses import dataclass
from functools import cached_property

from query_ui.engine.syntax_help.ll1_table import END
from query_ui.engine.syntax_help.reading import CLOSERS
from query_ui.engine.syntax_help.tokens import Token

_GROUP_ENDS = frozenset(("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "}", END))


@dataclass(frozen=True, slots=True)
class Select:
    """One SELECT: its columns (name, tokens of the expression), its braces, what it groups by."""

    word: int
    columns: list[tuple[Token, list[Token]]]
    where: tuple[int, int]
    grouped: set[str] | None


class Structure:
    """The tokens of a query with the brackets that belong together."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens

    @cached_property
    def pairs(self) -> dict[int, int]:
        """The index of each opening bracket → that of the one which closes it."""
        found: dict[int, int] = {}
        stack: list[int] = []
        for at, token in enumerate(self.tokens):
            if token.kind in CLOSERS:
                stack.append(at)
            elif stack and token.kind == CLOSERS[self.tokens[stack[-1]].kind]:
                found[stack.pop()] = at
        return found

    @cached_property
    def opened(self) -> dict[int, int]:
        """The index of each closing bracket → that of the one which it closes."""
        return {end: start for start, end in self.pairs.items()}

    @cached_property
    def groups(self) -> list[int]:
        """For each token the index of the brace that it stands in; -1 outside."""
        found, stack = [], [-1]
        for at, token in enumerate(self.tokens):
            if token.kind == "}" and len(stack) > 1:
                stack.pop()
            found.append(stack[-1])
            if token.kind == "{":
                stack.append(at)
        return found

    @cached_property
    def selects(self) -> list[Select]:
        """Every SELECT that is complete."""
        words = [at for at, token in enumerate(self.tokens) if token.kind == "SELECT"]
        return [select for at in words if (select := self._select(at))]

    def _select(self, word: int) -> Select | None:
        at, columns = word + 1, []
        while self.tokens[at].kind not in ("{", END):
            token, end = self.tokens[at], self.pairs.get(at, at)
            if token.kind == "var":
                columns.append((token, [token]))
            elif token.kind == "(":
                columns.append((self.tokens[end - 1], self.tokens[at + 1 : end - 2]))
            at = end + 1
        if at not in self.pairs:
            return None
        return Select(word, columns, (at, self.pairs[at]), self._grouped(self.pairs[at] + 1))

    def _grouped(self, at: int) -> set[str] | None:
        """The names that GROUP BY makes; None without it."""
        if self.tokens[at].kind != "GROUP":
            return None
        names: set[str] = set()
        at += 2
        while self.tokens[at].kind not in _GROUP_ENDS:
            end = self.pairs.get(at, at)
            inside = self.tokens[at : end + 1]
            if self.tokens[at].kind == "var":
                names.add(variable(self.tokens[at]))
            elif len(inside) > 3 and inside[-3].kind == "AS":
                names.add(variable(inside[-2]))
            elif len(inside) == 3:
                names.add(variable(inside[1]))
            at = end + 1
        return names


def variable(token: Token) -> str:
    """The name of a variable, without its sign."""
    return token.text[1:]
