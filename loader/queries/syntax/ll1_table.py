"""The LL(1) parse table: which rules a token begins, and what has to follow it."""

import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import TypeAlias

from loader.queries.syntax.grammar import GRAMMAR

Alternatives: TypeAlias = list[tuple[str, ...]]

_TOKEN = re.compile(r"'[^']+'|[\w]+|[()|*?]")
END_OF_QUERY = "end"
CLOSE = ""
"""Among the symbols to come: the innermost open node of the tree ends here."""
_INLINE = frozenset({"GroupContent", "Triples", "TemplateTriples", "Pattern"})
"""Rules that make no node of their own: their parts belong to the group that they stand in."""

Step: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""The nodes that a token opens, outermost first, and what is still to come, last symbol first."""


class Ll1Table:
    """The rules of a grammar as alternatives of symbols; groups in a rule are rules without name.

    A symbol is the name of a rule, else a terminal: a keyword in capitals, a sign, or the kind of a
    token. ``spelling_by_keyword`` maps a keyword in capitals to how it is usually written.
    """

    def __init__(self, grammar: str) -> None:
        self.rules: dict[str, Alternatives] = {}
        self._step_by_key: dict[tuple[str, str], Step | None] = {}
        self.spelling_by_keyword: dict[str, str] = {}
        for found in re.finditer(r"^(\w+):((?:.|\n(?!\w+:|\n))+)", grammar, re.MULTILINE):
            self.rules[found[1]] = self._parse_alternatives(_split_words(found[2]))
        self._first_set_by_symbol: dict[str, frozenset[str]] = {}

    def _parse_alternatives(self, words: Iterator[str]) -> Alternatives:
        """Parse the alternatives up to the closing bracket or the end."""
        found: list[list[str]] = [[]]
        for word in words:
            if word == ")":
                break
            if word == "|":
                found.append([])
            elif word in "*?":
                found[-1].append(self._add_repetition(found[-1].pop(), word))
            else:
                found[-1].append(
                    self._parse_group(words) if word == "(" else self._parse_symbol(word)
                )
        return [tuple(symbols) for symbols in found]

    def _parse_group(self, words: Iterator[str]) -> str:
        alternatives = self._parse_alternatives(words)
        return self._add_nameless_rule(alternatives)

    def _add_nameless_rule(self, alternatives: Alternatives) -> str:
        name = f"#{len(self.rules)}"
        self.rules[name] = alternatives
        return name

    def _add_repetition(self, symbol: str, sign: str) -> str:
        name = self._add_nameless_rule([(symbol,), ()])
        if sign == "*":
            self.rules[name][0] = (symbol, name)
        return name

    def _parse_symbol(self, word: str) -> str:
        if word[0] == "'":
            return word[1:-1]
        if word.upper() == word or re.fullmatch(r"(is|has)[A-Z]+|sameTerm", word):
            self.spelling_by_keyword[word.upper()] = word
            return word.upper()
        return word

    @cached_property
    def nullable_rules(self) -> frozenset[str]:
        """The rules that may be left out altogether."""
        found: set[str] = set()
        size = -1
        while size < len(found):
            size = len(found)
            found |= {n for n, alts in self.rules.items() if any(found.issuperset(a) for a in alts)}
        return frozenset(found)

    def compute_first_set(self, symbol: str) -> frozenset[str]:
        """Return the terminals that ``symbol`` can begin with."""
        if symbol not in self.rules:
            return frozenset((symbol,))
        if symbol not in self._first_set_by_symbol:
            found = (
                self.compute_first_set(s)
                for alt in self.rules[symbol]
                for s in self.list_leading_symbols(alt)
            )
            self._first_set_by_symbol[symbol] = frozenset().union(*found)
        return self._first_set_by_symbol[symbol]

    def consume_terminal(self, symbol: str, terminal: str) -> Step | None:
        """Return how ``symbol`` goes on when it begins with ``terminal``; None where it cannot."""
        key = symbol, terminal
        if key not in self._step_by_key:
            self._step_by_key[key] = self._compute_step(symbol, terminal)
        return self._step_by_key[key]

    def _compute_step(self, symbol: str, terminal: str) -> Step | None:
        if symbol not in self.rules:
            return ((), ()) if symbol == terminal else None
        for alternative in self.rules[symbol]:
            for position, inner in enumerate(self.list_leading_symbols(alternative)):
                step = self.consume_terminal(inner, terminal)
                if step is not None:
                    opened, rest = step
                    rest = (*reversed(alternative[position + 1 :]), *rest)
                    if symbol.startswith("#") or symbol in _INLINE:
                        return opened, rest
                    return (symbol, *opened), (CLOSE, *rest)
        return None

    def list_leading_symbols(self, symbols: tuple[str, ...]) -> Iterator[str]:
        """Yield the symbols by which an alternative can begin."""
        for symbol in symbols:
            yield symbol
            if symbol not in self.nullable_rules:
                return


def _split_words(text: str) -> Iterator[str]:
    return (found[0] for found in _TOKEN.finditer(text))


@cache
def load_sparql_table() -> Ll1Table:
    """Return the table of the grammar of SPARQL queries; it is built once."""
    return Ll1Table(GRAMMAR)
