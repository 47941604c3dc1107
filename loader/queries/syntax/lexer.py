"""The lexer: any text as tokens of SPARQL, each with its kind and its place.

https://www.w3.org/TR/sparql11-query/#sparqlGrammar (from IRIREF on)
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from loader.queries.syntax.ll1_table import END_OF_QUERY, load_sparql_table

_BASE = (
    r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D"
    r"\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFEFE\uFF00-\uFFFD\U00010000-\U000EFFFF"
)
_CHARS = _BASE + r"_0-9\u00B7\u0300-\u036F\u203F-\u2040-"
_VAR = _CHARS.rstrip("-")
# Atomic groups around plain repetition: before 3.11.5 a possessive repetition of a group that can
# match in part may end in the wrong place (https://github.com/python/cpython/issues/106052).
_LOCAL = r"(?>(?:[" + _CHARS[:-1] + r".:-]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?#@%-])*)"
_ESCAPE = r"\\(?:[tbnrf\"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"
_GAP = r"(?:[ \t\r\n]|#[^\r\n]*+)*+"
_EXPONENT = r"(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)[eE][+-]?[0-9]++"
_NUMBER = rf"{_EXPONENT}|[0-9]*+\.[0-9]++"

_TOKEN = re.compile(
    "|".join(
        (
            r"(?P<gap>(?:[ \t\r\n]++|#[^\r\n]*+)++)",
            rf'(?P<string>"""(?>(?:"{{0,2}}(?:[^"\\]|{_ESCAPE}))*)"""'
            rf"|'''(?>(?:'{{0,2}}(?:[^'\\]|{_ESCAPE}))*)'''"
            rf'|"(?!"")(?>(?:[^"\\\r\n]|{_ESCAPE})*)"'
            rf"|'(?!'')(?>(?:[^'\\\r\n]|{_ESCAPE})*)')",
            r'(?P<escape>"""(?>(?:"{0,2}(?:[^"\\]|\\.))*)"""'
            r"|'''(?>(?:'{0,2}(?:[^'\\]|\\.))*)'''"
            r'|"(?!"")(?>(?:[^"\\\r\n]|\\[^\r\n])*)"'
            r"|'(?!'')(?>(?:[^'\\\r\n]|\\[^\r\n])*)')",
            r'(?P<unclosed>"""[\s\S]*|' r"'''[\s\S]*|\"[^\r\n]*|'[^\r\n]*)",
            r'(?P<iri><(?>(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*)>)',
            rf"(?P<var>[?$][{_VAR}]++)",
            r"(?P<langtag>@[A-Za-z]++(?>(?:-[A-Za-z0-9]++)*)(?:--[A-Za-z]++)?)",
            rf"(?P<blank>_:[{_CHARS[:-1]}.-]++)",
            rf"(?P<name>[{_BASE}][{_CHARS[:-1]}.-]*+(?::{_LOCAL})?|:{_LOCAL})",
            rf"(?P<nil>\({_GAP}\))",
            rf"(?P<anon>\[{_GAP}\])",
            rf"(?P<signed>[+-](?:{_NUMBER}|[0-9]++))",
            rf"(?P<number>{_NUMBER})",
            r"(?P<integer>[0-9]++)",
            r"(?P<sign><<\(|\)>>|<<|>>|\{\||\|\}|\|\||&&|\^\^|!=|<=|>=|[{}()\[\].,;*/+=<>!|^?~-])",
            r"(?P<strange>[\s\S])",
        )
    ),
    re.DOTALL,
)
COMMENT = re.compile(r"#[^\r\n]*+")
"""A comment between two tokens; only there does # begin one."""
_BLANK = re.compile(r"[ \t]*+")
_LINE = re.compile(r"\r\n|\r|\n")


class Token(NamedTuple):
    """A token of a query: ``kind`` is the terminal of the grammar that it is.

    Kinds that no grammar has: ``word`` (a bare word), ``escape`` (a string with a wrong escape),
    ``unclosed`` (a string without its end) and ``strange`` (a character that begins nothing).
    """

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset after its last character."""
        return self.start + len(self.text)


def tokenise_query(text: str) -> list[Token]:
    """Return the tokens of ``text`` without what separates them; the last, empty, is its end."""
    tokens = [*_scan_tokens(text)]
    return [*tokens, Token(END_OF_QUERY, "", tokens[-1].end if tokens else 0)]


def _scan_tokens(text: str) -> Iterator[Token]:
    keywords, position = load_sparql_table().spelling_by_keyword, 0
    while match := _TOKEN.match(text, position):
        kind, word, position = str(match.lastgroup), match[0], match.end()
        if kind in ("name", "blank"):
            word = _strip_final_dots(word)
            position = match.start() + len(word)
        if kind == "sign":
            kind = word
        elif kind == "name":
            kind = _classify_name(word, keywords)
        if kind != "gap":
            yield Token(kind, word, match.start())


def _classify_name(word: str, keywords: dict[str, str]) -> str:
    if ":" in word:
        return "namespace" if word[-1] == ":" and word.count(":") == 1 else "prefixed"
    if word in ("a", "true", "false"):
        return word
    return word.upper() if word.upper() in keywords else "word"


def _strip_final_dots(word: str) -> str:
    """Return a name without the dots at its end, which end a triple instead."""
    short = word.rstrip(".")
    return word[: len(short) + 1] if short[-1:] == "\\" else short


class LinePositions:
    """Offsets in a text as lines and columns, counted from 1."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._indents: dict[int, int] = {}

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE.finditer(self.text))]

    def to_line_column(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of an offset."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def measure_indent(self, offset: int) -> tuple[int, bool]:
        """Return how far the line of an offset is indented, and whether it begins there."""
        line, column = self.to_line_column(offset)
        if line not in self._indents:
            blank = _BLANK.match(self.text, offset - column + 1)
            self._indents[line] = len(blank[0]) if blank else 0
        return self._indents[line], self._indents[line] == column - 1

    def to_offset(self, line: int, column: int) -> int:
        """Return the offset of a line and a column, kept inside the text."""
        line = min(max(line, 1), len(self._line_starts))
        return min(max(self._line_starts[line - 1] + column - 1, 0), len(self.text))

    def get_line(self, number: int) -> str:
        """Return the text of a line, without its end."""
        start = self._line_starts[number - 1]
        end = _LINE.search(self.text, start)
        return self.text[start : end.start() if end else len(self.text)]
