"""A query read as far as it can be: the first token that can't follow, and what could."""

import re
from dataclasses import dataclass
from functools import cached_property

from query_ui.engine.syntax_help.ll1_table import END, table
from query_ui.engine.syntax_help.tokens import Places, Token, tokens_of

LONGEST_RETRY = 20_000
"""The most characters of a query that is read again to see whether a repair helps."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found wrong: a sentence, the offset, what to do, and the whole query mended."""

    message: str
    start: int
    suggestion: str = ""
    repair: str = ""


class Reading:
    """One query, its tokens, and where the grammar stops: ``at`` is the index of that token.

    ``symbols`` are the rules and terminals one of which had to begin there. ``at`` is None when the
    grammar has nothing against the query.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.places = Places(text)
        self.tokens = tokens_of(text)
        self.at, self.symbols = _read(self.tokens)

    @property
    def token(self) -> Token:
        """The token at fault, or the end of the query."""
        return self.tokens[-1 if self.at is None else self.at]

    @property
    def index(self) -> int:
        """The index of the token at fault."""
        return len(self.tokens) - 1 if self.at is None else self.at

    @cached_property
    def expected(self) -> frozenset[str]:
        """The terminals that could stand in the place of the token at fault."""
        return frozenset().union(*map(table().first, self.symbols))

    def before(self, back: int = 1) -> Token:
        """The token that stands ``back`` places before the one at fault; an empty one if none."""
        return self.tokens[self.index - back] if self.index >= back else Token("", "", 0)

    def after(self, forth: int = 1) -> Token:
        """The token that stands ``forth`` places after the one at fault, at most the end."""
        return self.tokens[min(self.index + forth, len(self.tokens) - 1)]

    def place(self, token: Token) -> str:
        """The place of a token, in words."""
        return "line {}, column {}".format(*self.places.of(token.start))

    def replaced(self, start: int, end: int, text: str) -> str:
        """The query with other text between two offsets, if it can be read further then, or ""."""
        return self.improved(self.text[:start] + text + self.text[end:], start + len(text))

    def improved(self, text: str, start: int) -> str:
        """``text`` if it can be read to beyond ``start``, and no worse than this query; else ""."""
        if len(text) > LONGEST_RETRY:
            return ""
        again = Reading(text)
        read_to = again.token.start - (len(text) - len(self.text))
        further = again.at is None or (again.token.start >= start and read_to > self.token.start)
        return text if further else ""

    @cached_property
    def open(self) -> list[Token]:
        """The brackets that are open where the query can't be read on, outermost first."""
        found: list[Token] = []
        for token in self.tokens[: self.index]:
            if token.kind in CLOSERS:
                found.append(token)
            elif found and token.kind == CLOSERS[found[-1].kind]:
                found.pop()
        return found

    @cached_property
    def variables(self) -> frozenset[str]:
        """The names of the variables, without their sign."""
        return frozenset(token.text[1:] for token in self.tokens if token.kind == "var")

    @cached_property
    def clause(self) -> str:
        """The keyword that the place at fault belongs to, on the same level of brackets; or ""."""
        depth = 0
        for token in reversed(self.tokens[: self.index]):
            depth += (token.kind in CLOSERS.values()) - (token.kind in CLOSERS)
            if depth < 0:
                return ""
            if depth == 0 and token.kind in _CLAUSES:
                return token.kind
        return ""

    def adjacent(self) -> bool:
        """Whether nothing stands between the token at fault and the one before."""
        return self.before().end == self.token.start


CLOSERS = {"{": "}", "(": ")", "[": "]", "<<": ">>", "<<(": ")>>", "{|": "|}"}
"""The opening brackets and what closes each."""
_CLAUSES = frozenset(
    "BASE PREFIX SELECT CONSTRUCT DESCRIBE ASK FROM WHERE GROUP HAVING ORDER LIMIT OFFSET VALUES "
    "FILTER BIND OPTIONAL MINUS GRAPH SERVICE UNION".split()
)


def _read(tokens: list[Token]) -> tuple[int | None, tuple[str, ...]]:
    """Read the tokens by the grammar with a stack of what is still to come."""
    grammar, stack = table(), [END, "Query"]
    for at, token in enumerate(tokens):
        left: list[str] = []
        while True:
            rest = grammar.step(stack[-1], token.kind)
            if rest is not None:
                stack.pop()
                stack.extend(reversed(rest))
                break
            left.append(stack[-1])
            if stack[-1] not in grammar.nullable:
                return at, tuple(left)
            stack.pop()
    return None, ()


def name_of(text: str) -> str:
    """A word made fit to be the name of a variable."""
    return re.sub(r"\W+", "_", text).strip("_") or "value"
