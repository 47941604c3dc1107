"""The tokens of a query with their places, and which bracket closes which."""

import re
from dataclasses import dataclass

_LOCAL = r"(?:[\w:]|%[0-9A-Fa-f]{2}|\\[^\w\s])"
_TOKEN = re.compile(
    r"(?P<space>\s+|\#[^\n\r]*)"
    r"|(?P<iri><[^<>\"{}|^`\\\s]*>)"
    r'|(?P<string>"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n\r]|\\.)*"'
    r"|'(?:[^'\\\n\r]|\\.)*')"
    r"|(?P<variable>[?$]\w+)"
    r"|(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)"
    r"|(?P<blank>_:\w(?:[\w.-]*[\w-])?)"
    rf"|(?P<name>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:{_LOCAL}(?:(?:{_LOCAL}|[.-])*(?:{_LOCAL}|-))?)?)"
    r"|(?P<number>(?:\d+\.\d*|\.?\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[^\W\d]\w*)"
    r"|(?P<mark>\^\^|&&|\|\||!=|<=|>=|[{}()\[\];,./|^*+?!=<>-])",
    re.DOTALL,
)
_PAIRS = {"}": "{", ")": "(", "]": "["}
OPENING = frozenset(_PAIRS.values())


class Unreadable(ValueError):
    """The text has something that this reader does not know; it is left alone."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its ``kind`` is the name of a group of the grammar, ``start`` and ``end`` enclose
    it in the text."""

    kind: str
    text: str
    start: int
    end: int

    def says(self, *words: str) -> bool:
        """Whether it is one of these keywords or marks, in any case."""
        return self.kind in ("word", "mark") and self.text.upper() in words


END = Token("end", "", -1, -1)


def tokens_of(text: str) -> list[Token]:
    """The tokens without spaces and comments; Unreadable where a character begins none.

    https://www.w3.org/TR/sparql11-query/#rPNAME_NS and the terminals around it.
    """
    tokens, place = [], 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise Unreadable(f"The character at {place} begins no token of SPARQL 1.1.")
        kind = found.lastgroup or ""
        if kind != "space":
            tokens.append(Token(kind, found[0], place, found.end()))
        place = found.end()
    return tokens


def brackets_of(tokens: list[Token]) -> dict[int, int]:
    """The index of each opening bracket → the index of its closing one; Unreadable without one."""
    closing, stack = {}, list[int]()
    for index, token in enumerate(tokens):
        if token.kind == "mark" and token.text in OPENING:
            stack.append(index)
        elif token.kind == "mark" and token.text in _PAIRS:
            if not stack or tokens[stack[-1]].text != _PAIRS[token.text]:
                raise Unreadable(f"The bracket at {token.start} closes nothing.")
            closing[stack.pop()] = index
    if stack:
        raise Unreadable(f"The bracket at {tokens[stack[-1]].start} is not closed.")
    return closing
