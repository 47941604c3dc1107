"""The grammar made ready: which tokens each rule can begin with, and what is left after one."""

import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import TypeAlias

from query_ui.engine.syntax_help.grammar import GRAMMAR

Alternatives: TypeAlias = list[tuple[str, ...]]

_TOKEN = re.compile(r"'[^']+'|[\w]+|[()|*?]")
END = "end"


class Table:
    """The rules of a grammar as alternatives of symbols; groups in a rule are rules without name.

    A symbol is the name of a rule, else a terminal: a keyword in capitals, a sign, or the kind of a
    token. ``keywords`` maps a keyword in capitals to how it is usually written.
    """

    def __init__(self, grammar: str) -> None:
        self.rules: dict[str, Alternatives] = {}
        self._steps: dict[tuple[str, str], tuple[str, ...] | None] = {}
        self.keywords: dict[str, str] = {}
        for found in re.finditer(r"^(\w+):((?:.|\n(?!\w+:|\n))+)", grammar, re.MULTILINE):
            self.rules[found[1]] = self._choice(_words(found[2]))
        self._first: dict[str, frozenset[str]] = {}

    def _choice(self, words: Iterator[str]) -> Alternatives:
        """The alternatives up to the closing bracket or the end."""
        found: list[list[str]] = [[]]
        for word in words:
            if word == ")":
                break
            if word == "|":
                found.append([])
            elif word in "*?":
                found[-1].append(self._repeated(found[-1].pop(), word))
            else:
                found[-1].append(self._group(words) if word == "(" else self._symbol(word))
        return [tuple(symbols) for symbols in found]

    def _group(self, words: Iterator[str]) -> str:
        alternatives = self._choice(words)
        return self._nameless(alternatives)

    def _nameless(self, alternatives: Alternatives) -> str:
        name = f"#{len(self.rules)}"
        self.rules[name] = alternatives
        return name

    def _repeated(self, symbol: str, sign: str) -> str:
        name = self._nameless([(symbol,), ()])
        if sign == "*":
            self.rules[name][0] = (symbol, name)
        return name

    def _symbol(self, word: str) -> str:
        if word[0] == "'":
            return word[1:-1]
        if word.upper() == word or re.fullmatch(r"(is|has)[A-Z]+|sameTerm", word):
            self.keywords[word.upper()] = word
            return word.upper()
        return word

    @cached_property
    def nullable(self) -> frozenset[str]:
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
        if symbol not in self._first:
            found = (self.first(s) for alt in self.rules[symbol] for s in self.leading(alt))
            self._first[symbol] = frozenset().union(*found)
        return self._first[symbol]

    def step(self, symbol: str, terminal: str) -> tuple[str, ...] | None:
        """What is still to come of ``symbol`` after ``terminal``; None where it can't begin so."""
        key = symbol, terminal
        if key not in self._steps:
            self._steps[key] = self._step(symbol, terminal)
        return self._steps[key]

    def _step(self, symbol: str, terminal: str) -> tuple[str, ...] | None:
        if symbol not in self.rules:
            return () if symbol == terminal else None
        for alternative in self.rules[symbol]:
            for place, inner in enumerate(self.leading(alternative)):
                rest = self.step(inner, terminal)
                if rest is not None:
                    return rest + alternative[place + 1 :]
        return None

    def leading(self, symbols: tuple[str, ...]) -> Iterator[str]:
        """The symbols by which an alternative can begin."""
        for symbol in symbols:
            yield symbol
            if symbol not in self.nullable:
                return


def _words(text: str) -> Iterator[str]:
    return (found[0] for found in _TOKEN.finditer(text))


@cache
def table() -> Table:
    """The table of SPARQL queries."""
    return Table(GRAMMAR)
