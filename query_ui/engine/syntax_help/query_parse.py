"""A query as far as it can be parsed: the token at fault, and what could stand there."""

import re
from dataclasses import dataclass
from functools import cached_property

from loader.queries.syntax.lexer import Token
from loader.queries.syntax.ll1_table import load_sparql_table
from loader.queries.syntax.parser import ParsedQuery

MAX_RETRY_CHARACTERS = 20_000
"""The most characters of a query that is read again to see whether a repair helps."""


@dataclass(frozen=True, slots=True)
class SyntaxFinding:
    """What was found wrong: a sentence, the offset, what to do, and the whole query mended."""

    message: str
    start: int
    suggestion: str = ""
    repair: str = ""


class QueryParse(ParsedQuery):
    """A query as far as it can be parsed, with what is asked of the place where that ends."""

    @property
    def error_token(self) -> Token:
        """The token at fault, or the end of the query."""
        return self.tokens[-1 if self.error_index is None else self.error_index]

    @property
    def index(self) -> int:
        """The index of the token at fault."""
        return len(self.tokens) - 1 if self.error_index is None else self.error_index

    @cached_property
    def expected_terminals(self) -> frozenset[str]:
        """The terminals that could stand in the place of the token at fault."""
        return frozenset().union(*map(load_sparql_table().compute_first_set, self.expected_symbols))

    def look_back(self, distance: int = 1) -> Token:
        """Return the token ``distance`` places before the one at fault, or an empty token."""
        return self.tokens[self.index - distance] if self.index >= distance else Token("", "", 0)

    def look_ahead(self, distance: int = 1) -> Token:
        """Return the token ``distance`` places after the one at fault, at most the end."""
        return self.tokens[min(self.index + distance, len(self.tokens) - 1)]

    def place(self, token: Token) -> str:
        """Return the place of a token, in words."""
        return "line {}, column {}".format(*self.positions.to_line_column(token.start))

    def try_replacement(self, start: int, end: int, text: str) -> str:
        """Return the query with other text at a place if it can be read further, else ""."""
        return self.try_repair(self.text[:start] + text + self.text[end:], start + len(text))

    def try_repair(self, text: str, start: int) -> str:
        """Return ``text`` if it can be read beyond ``start``, else ""; no repair may be worse."""
        if len(text) > MAX_RETRY_CHARACTERS:
            return ""
        again = QueryParse(text)
        read_to = again.error_token.start - (len(text) - len(self.text))
        further = again.error_index is None or (
            again.error_token.start >= start and read_to > self.error_token.start
        )
        return text if further else ""

    @cached_property
    def open(self) -> list[Token]:
        """The brackets that are open where the query can't be read on, outermost first."""
        found: list[Token] = []
        for token in self.tokens[: self.index]:
            if token.kind in CLOSER_BY_OPENER:
                found.append(token)
            elif found and token.kind == CLOSER_BY_OPENER[found[-1].kind]:
                found.pop()
        return found

    @cached_property
    def variable_names(self) -> frozenset[str]:
        """The names of the variables, without their sign."""
        return frozenset(token.text[1:] for token in self.tokens if token.kind == "var")

    @cached_property
    def enclosing_clause(self) -> str:
        """The keyword that the place at fault belongs to, on the same level of brackets; or ""."""
        depth = 0
        for token in reversed(self.tokens[: self.index]):
            depth += (token.kind in CLOSER_BY_OPENER.values()) - (token.kind in CLOSER_BY_OPENER)
            if depth < 0:
                return ""
            if depth == 0 and token.kind in _CLAUSE_KEYWORDS:
                return token.kind
        return ""

    def is_adjacent(self) -> bool:
        """Whether nothing stands between the token at fault and the one before."""
        return self.look_back().end == self.error_token.start


CLOSER_BY_OPENER = {"{": "}", "(": ")", "[": "]", "<<": ">>", "<<(": ")>>", "{|": "|}"}
"""The opening brackets and what closes each."""
_CLAUSE_KEYWORDS = frozenset(
    "BASE PREFIX SELECT CONSTRUCT DESCRIBE ASK FROM WHERE GROUP HAVING ORDER LIMIT OFFSET VALUES "
    "FILTER BIND OPTIONAL MINUS GRAPH SERVICE UNION".split()
)


def to_variable_name(text: str) -> str:
    """Return a word made fit to be the name of a variable."""
    return re.sub(r"\W+", "_", text).strip("_") or "value"
