"""The grammar made ready: which tokens each rule can begin with, and what is left after one."""

import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import TypeAlias

from query_ui.engine.syntax_help.grammar import GRAMMAR

Alternatives: TypeAlias = list[tuple[str, ...]]

_TOKEN = re.compile(r"'[^']+'|[\w]+|[()|*?]")
END_OF_QUERY = "end"


class Ll1Table:
    """The rules of a grammar as alternatives of symbols; groups in a rule are rules without name.

    A symbol is the name of a rule, else a terminal: a keyword in capitals, a sign, or the kind of a
    token. ``keywords`` maps a keyword in capitals to how it is usually written.
    """

    def __init__(self, grammar: str) -> None:
        self.rules: dict[str, Alternatives] = {}
        self._remainder_by_step: dict[tuple[str, str], tuple[str, ...] | None] = {}
        self.spelling_by_keyword: dict[str, str] = {}
        for found in re.finditer(r"^(\w+):((?:.|\n(?!\w+:|\n))+)", grammar, re.MULTILINE):
            self.rules[found[1]] = self._parse_alternatives(_split_words(found[2]))
        self._first_set_by_symbol: dict[str, frozenset[str]] = {}

    def _parse_alternatives(self, words: Iterator[str]) -> Alternatives:
        """The alternatives up to the closing bracket or the end."""
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

    def first(self, symbol: str) -> frozenset[str]:
        """The terminals that ``symbol`` can begin with."""
        if symbol not in self.rules:
            return frozenset((symbol,))
        if symbol not in self._first_set_by_symbol:
            found = (
                self.first(s) for alt in self.rules[symbol] for s in self.list_leading_symbols(alt)
            )
            self._first_set_by_symbol[symbol] = frozenset().union(*found)
        return self._first_set_by_symbol[symbol]

    def consume_terminal(self, symbol: str, terminal: str) -> tuple[str, ...] | None:
        """What is still to come of ``symbol`` after ``terminal``; None where it can't begin so."""
        key = symbol, terminal
        if key not in self._remainder_by_step:
            self._remainder_by_step[key] = self._compute_remainder(symbol, terminal)
        return self._remainder_by_step[key]

    def _compute_remainder(self, symbol: str, terminal: str) -> tuple[str, ...] | None:
        if symbol not in self.rules:
            return () if symbol == terminal else None
        for alternative in self.rules[symbol]:
            for place, inner in enumerate(self.list_leading_symbols(alternative)):
                rest = self.consume_terminal(inner, terminal)
                if rest is not None:
                    return rest + alternative[place + 1 :]
        return None

    def list_leading_symbols(self, symbols: tuple[str, ...]) -> Iterator[str]:
        """The symbols by which an alternative can begin."""
        for symbol in symbols:
            yield symbol
            if symbol not in self.nullable_rules:
                return


def _split_words(text: str) -> Iterator[str]:
    return (found[0] for found in _TOKEN.finditer(text))


@cache
def load_sparql_table() -> Ll1Table:
    """The table of SPARQL queries."""
    return Ll1Table(GRAMMAR)
