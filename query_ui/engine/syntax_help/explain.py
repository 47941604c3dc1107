"""From a syntax error of the engine to a QueryError that a person can act on."""

import re
from collections.abc import Callable, Mapping

from loader.errors import QueryError, QueryRefused
from query_ui.engine.syntax_help import (
    brackets,
    clauses,
    columns,
    expressions,
    iris,
    keywords,
    pasted_text,
    semantic_checks,
    triples,
)
from query_ui.engine.syntax_help.excerpt import excerpt
from query_ui.engine.syntax_help.expected_tokens import BEGIN, unexpected
from query_ui.engine.syntax_help.ll1_table import END
from query_ui.engine.syntax_help.prefixes import undeclared
from query_ui.engine.syntax_help.reading import Found, Reading

_POSITION = re.compile(r"error at (\d+):(\d+)")
_OVERSHOOT = 16
_LONGEST = 400
_UPDATES = frozenset("INSERT DELETE LOAD CLEAR DROP CREATE ADD MOVE COPY WITH".split())
_RULES: tuple[Callable[[Reading], Found | None], ...] = (
    pasted_text.fence,
    pasted_text.turtle,
    pasted_text.strange,
    pasted_text.string,
    iris.broken_iri,
    brackets.unclosed,
    brackets.wrong_closer,
    iris.prologue,
    columns.select_list,
    clauses.misplaced,
    clauses.ordering,
    clauses.braces,
    clauses.values,
    expressions.operator,
    expressions.call,
    expressions.unbracketed,
    keywords.missing,
    keywords.misspelt,
    triples.property_or_value,
    triples.separator,
    triples.superfluous,
)


def explain(text: str, error: SyntaxError, prefixes: Mapping[str, str]) -> QueryError:
    """The QueryError to raise for a syntax error in ``text``; QueryRefused for an update.

    ``prefixes`` are the known ones: name → namespace. The place is that of the token at fault,
    unless the engine read further than this project's grammar does: then it is the engine's.
    """
    reading = Reading(text)
    if _is_update(reading):
        return QueryRefused("This is an update. The graph is read-only: SELECT, ASK, CONSTRUCT …")
    stopped = _stopped(reading, error)
    found = _find(reading, stopped, str(error), prefixes)
    line, column = reading.places.of(found.start)
    return QueryError(
        _clipped(found.message),
        line,
        column,
        excerpt=excerpt(reading.places.line(line), column),
        suggestion=_clipped(found.suggestion),
        repair=found.repair if found.repair != text else "",
    )


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _find(reading: Reading, stopped: int | None, remark: str, prefixes: Mapping[str, str]) -> Found:
    if len(reading.tokens) == 1:
        nothing = "The query is empty." if not reading.text.strip() else "There are only comments."
        return Found(nothing, 0, BEGIN)
    earlier = stopped is not None and reading.at is not None and stopped < reading.token.start
    found = undeclared(reading, prefixes)
    if found is None and (reading.at is None or earlier):
        found = semantic_checks.meaning(reading, remark)
    if found is None and reading.at is not None and not _read_further(reading, stopped):
        rules = (rule(reading) for rule in _RULES)
        found = next((finding for finding in rules if finding), None) or unexpected(reading)
    return found or _somewhere(reading, stopped)


def _stopped(reading: Reading, error: SyntaxError) -> int | None:
    """The offset that the engine names: at or after the fault."""
    found = _POSITION.search(str(error))
    return reading.places.offset(int(found[1]), int(found[2])) if found else None


def _read_further(reading: Reading, stopped: int | None) -> bool:
    """Whether the engine has read what our grammar takes for the fault.

    It names the furthest character that it looked at, which for a keyword is some letters on, and
    for a string or an IRI its end.
    """
    token = reading.token
    if stopped is None or token.kind in (END, "<", "escape", "unclosed", "strange"):
        return False
    return stopped > token.end + _OVERSHOOT


def _somewhere(reading: Reading, stopped: int | None) -> Found:
    if stopped is None:
        return Found("The query cannot be read as SPARQL.", 0)
    return Found(
        "The query cannot be read as SPARQL at this place or shortly before it.",
        min(stopped, len(reading.text.rstrip())),
    )


def _is_update(reading: Reading) -> bool:
    """Whether the first word after the prologue begins an update."""
    tokens = reading.tokens
    for at, token in enumerate(tokens):
        before = tokens[at - 1].kind if at else ""
        if token.kind not in ("BASE", "PREFIX", "VERSION", "iri", "string", "namespace"):
            return token.text.upper() in _UPDATES and before not in ("BASE", "PREFIX")
    return False
