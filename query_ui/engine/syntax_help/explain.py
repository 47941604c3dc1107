"""From a syntax error of the engine to a QueryError that a person can act on."""

import re
from collections.abc import Callable, Mapping

from loader.errors import QueryError, QueryRefused
from loader.queries.syntax.ll1_table import END_OF_QUERY
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
from query_ui.engine.syntax_help.excerpt import format_excerpt
from query_ui.engine.syntax_help.expected_tokens import QUERY_START_HINT, describe_unexpected_token
from query_ui.engine.syntax_help.prefixes import find_undeclared_prefix
from query_ui.engine.syntax_help.query_parse import QueryParse, SyntaxFinding

_POSITION = re.compile(r"error at (\d+):(\d+)")
_LOOKAHEAD_CHARACTERS = 16
_MAX_MESSAGE_CHARACTERS = 400
_UPDATE_KEYWORDS = frozenset("INSERT DELETE LOAD CLEAR DROP CREATE ADD MOVE COPY WITH".split())
_RULES: tuple[Callable[[QueryParse], SyntaxFinding | None], ...] = (
    pasted_text.find_code_fence,
    pasted_text.find_turtle_directive,
    pasted_text.find_strange_character,
    pasted_text.find_broken_string,
    iris.find_broken_iri,
    brackets.find_unclosed_bracket,
    brackets.find_wrong_closer,
    iris.find_prologue_error,
    columns.find_select_list_error,
    clauses.find_misplaced_clause,
    clauses.find_modifier_error,
    clauses.find_missing_group,
    clauses.find_values_error,
    expressions.find_operator_error,
    expressions.find_call_error,
    expressions.find_unbracketed_expression,
    keywords.find_missing_keyword,
    keywords.find_misspelt_word,
    triples.find_incomplete_triple,
    triples.find_missing_separator,
    triples.find_superfluous_sign,
)


def explain_syntax_error(text: str, error: SyntaxError, prefixes: Mapping[str, str]) -> QueryError:
    """Return the QueryError to raise for a syntax error in ``text``; QueryRefused for an update.

    ``prefixes`` are the known ones: name → namespace. The place is that of the token at fault,
    unless the engine read further than this project's grammar does: then it is the engine's.
    """
    parse = QueryParse(text)
    if _is_update(parse):
        return QueryRefused("This is an update. The graph is read-only: SELECT, ASK, CONSTRUCT …")
    stopped = _parse_error_offset(parse, error)
    found = _find_cause(parse, stopped, str(error), prefixes)
    line, column = parse.positions.to_line_column(found.start)
    return QueryError(
        _clip_text(found.message),
        line,
        column,
        excerpt=format_excerpt(parse.positions.get_line(line), column),
        suggestion=_clip_text(found.suggestion),
        repair=found.repair if found.repair != text else "",
    )


def _clip_text(text: str) -> str:
    return text if len(text) <= _MAX_MESSAGE_CHARACTERS else f"{text[:_MAX_MESSAGE_CHARACTERS]}…"


def _find_cause(
    parse: QueryParse, engine_offset: int | None, engine_message: str, prefixes: Mapping[str, str]
) -> SyntaxFinding:
    if len(parse.tokens) == 1:
        nothing = "The query is empty." if not parse.text.strip() else "There are only comments."
        return SyntaxFinding(nothing, 0, QUERY_START_HINT)
    earlier = (
        engine_offset is not None
        and parse.error_index is not None
        and engine_offset < parse.error_token.start
    )
    found = find_undeclared_prefix(parse, prefixes)
    if found is None and (parse.error_index is None or earlier):
        found = semantic_checks.find_semantic_error(parse, engine_message)
    if (
        found is None
        and parse.error_index is not None
        and not _has_engine_read_further(parse, engine_offset)
    ):
        rules = (rule(parse) for rule in _RULES)
        found = next((finding for finding in rules if finding), None) or describe_unexpected_token(
            parse
        )
    return found or _report_engine_offset(parse, engine_offset)


def _parse_error_offset(parse: QueryParse, error: SyntaxError) -> int | None:
    """Return the offset that the engine names: at or after the fault."""
    found = _POSITION.search(str(error))
    return parse.positions.to_offset(int(found[1]), int(found[2])) if found else None


def _has_engine_read_further(parse: QueryParse, engine_offset: int | None) -> bool:
    """Whether the engine has read what our grammar takes for the fault.

    It names the furthest character that it looked at, which for a keyword is some letters on, and
    for a string or an IRI its end.
    """
    token = parse.error_token
    if engine_offset is None or token.kind in (END_OF_QUERY, "<", "escape", "unclosed", "strange"):
        return False
    return engine_offset > token.end + _LOOKAHEAD_CHARACTERS


def _report_engine_offset(parse: QueryParse, engine_offset: int | None) -> SyntaxFinding:
    if engine_offset is None:
        return SyntaxFinding("The query cannot be read as SPARQL.", 0)
    return SyntaxFinding(
        "The query cannot be read as SPARQL at this place or shortly before it.",
        min(engine_offset, len(parse.text.rstrip())),
    )


def _is_update(parse: QueryParse) -> bool:
    """Whether the first word after the prologue begins an update."""
    tokens = parse.tokens
    for at, token in enumerate(tokens):
        before = tokens[at - 1].kind if at else ""
        if token.kind not in ("BASE", "PREFIX", "VERSION", "iri", "string", "namespace"):
            return token.text.upper() in _UPDATE_KEYWORDS and before not in ("BASE", "PREFIX")
    return False
