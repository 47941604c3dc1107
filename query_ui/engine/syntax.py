"""A syntax error of the engine, explained: where it is, and what to do about it."""

import re
from collections.abc import Mapping

from loader.asking import bare
from loader.errors import QueryError, QueryRefused

_POSITION = re.compile(r"error at (\d+):(\d+)")
_DECLARED = re.compile(r"\bPREFIX\s+([^\s:]*):", re.IGNORECASE)
_USED = re.compile(r"(?<![\w?$:@.%\\-])([^\W\d_][\w.-]*)?:(?![/\s]|$)")
_UPDATE = re.compile(
    r"^\s*((PREFIX\s+[^\s:]*:|BASE)\s*<\s*>\s*)*"
    r"(INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH)\b",
    re.IGNORECASE,
)
_HINTS = {
    "variable that is unbound": "Every variable that SELECT names beside an aggregate must be in "
    "GROUP BY, or inside COUNT, MAX, SAMPLE or the like.",
    "IRI parsing failed": "An IRI is not complete: write it in full, with https://.",
}


def explain(text: str, error: SyntaxError, prefixes: Mapping[str, str]) -> QueryError:
    """The QueryError to raise for a syntax error in ``text``; QueryRefused for an update.

    The engine's own text is a list of everything it could have read next, and only the position
    and two remarks in it are of use. ``prefixes`` are the known ones: name → namespace.
    """
    plain = bare(text)
    if _UPDATE.search(plain):
        return QueryRefused("This is an update. The graph is read-only: SELECT, ASK, CONSTRUCT …")
    undeclared = _undeclared(plain, prefixes)
    if undeclared:
        return undeclared
    found = _POSITION.search(str(error))
    line, column = (int(found[1]), int(found[2])) if found else (0, 0)
    hint = next((hint for remark, hint in _HINTS.items() if remark in str(error)), "")
    return QueryError(f"{_sentence(text, plain, line, column)} {hint}".strip(), line, column)


def _sentence(text: str, plain: str, line: int, column: int) -> str:
    """What is known of the place: the engine may name the character after the one at fault."""
    if not text.strip():
        return "The query is empty."
    if any(plain.count(left) > plain.count(right) for left, right in ("{}", "()")):
        return "The query ends too early: a closing bracket is missing."
    lines = text.splitlines()
    if not 0 < line <= len(lines):
        return "The query cannot be read as SPARQL 1.1."
    near = lines[line - 1][max(column - 31, 0) : column + 29].strip()
    return f"The query cannot be read as SPARQL 1.1 near line {line}, column {column}: {near}"


def _undeclared(plain: str, prefixes: Mapping[str, str]) -> QueryError | None:
    """The error for the first prefix in use that no PREFIX line declares."""
    declared = set(_DECLARED.findall(plain))
    for found in _USED.finditer(plain):
        name = found[1] or ""
        if name not in declared:
            line = plain.count("\n", 0, found.start()) + 1
            column = found.start() - plain.rfind("\n", 0, found.start())
            namespace = prefixes.get(name)
            remedy = f"Add this line at the top: PREFIX {name}: <{namespace or 'https://…'}>"
            return QueryError(f'The prefix "{name}:" is not declared. {remedy}', line, column)
    return None
