"""The shape of a query that the grammar allows: brackets, groups, and what each SELECT shows."""

from dataclasses import dataclass
from functools import cached_property

from loader.queries.syntax.lexer import Token
from loader.queries.syntax.ll1_table import END_OF_QUERY
from query_ui.engine.syntax_help.reading import CLOSER_BY_OPENER

_GROUP_ENDS = frozenset(("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "}", END_OF_QUERY))


@dataclass(frozen=True, slots=True)
class SelectClause:
    """One SELECT: its columns (name, tokens of the expression), its braces, what it groups by."""

    word: int
    columns: list[tuple[Token, list[Token]]]
    brace_indexes: tuple[int, int]
    grouping_names: set[str] | None


class QueryStructure:
    """The tokens of a query with the brackets that belong together."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens

    @cached_property
    def closer_by_opener(self) -> dict[int, int]:
        """The index of each opening bracket → that of the one which closes it."""
        found: dict[int, int] = {}
        stack: list[int] = []
        for at, token in enumerate(self.tokens):
            if token.kind in CLOSER_BY_OPENER:
                stack.append(at)
            elif stack and token.kind == CLOSER_BY_OPENER[self.tokens[stack[-1]].kind]:
                found[stack.pop()] = at
        return found

    @cached_property
    def opener_by_closer(self) -> dict[int, int]:
        """The index of each closing bracket → that of the one which it closes."""
        return {end: start for start, end in self.closer_by_opener.items()}

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
    def selects(self) -> list[SelectClause]:
        """Every SELECT that is complete."""
        words = [at for at, token in enumerate(self.tokens) if token.kind == "SELECT"]
        return [select for at in words if (select := self._parse_select(at))]

    def _parse_select(self, keyword_index: int) -> SelectClause | None:
        at, columns = keyword_index + 1, []
        while self.tokens[at].kind not in ("{", END_OF_QUERY):
            token, end = self.tokens[at], self.closer_by_opener.get(at, at)
            if token.kind == "var":
                columns.append((token, [token]))
            elif token.kind == "(":
                columns.append((self.tokens[end - 1], self.tokens[at + 1 : end - 2]))
            at = end + 1
        if at not in self.closer_by_opener:
            return None
        return SelectClause(
            keyword_index,
            columns,
            (at, self.closer_by_opener[at]),
            self._parse_group_by(self.closer_by_opener[at] + 1),
        )

    def _parse_group_by(self, index: int) -> set[str] | None:
        """The names that GROUP BY makes; None without it."""
        if self.tokens[index].kind != "GROUP":
            return None
        names: set[str] = set()
        index += 2
        while self.tokens[index].kind not in _GROUP_ENDS:
            end = self.closer_by_opener.get(index, index)
            inside = self.tokens[index : end + 1]
            if self.tokens[index].kind == "var":
                names.add(get_variable_name(self.tokens[index]))
            elif len(inside) > 3 and inside[-3].kind == "AS":
                names.add(get_variable_name(inside[-2]))
            elif len(inside) == 3:
                names.add(get_variable_name(inside[1]))
            index = end + 1
        return names


def get_variable_name(token: Token) -> str:
    """The name of a variable, without its sign."""
    return token.text[1:]
