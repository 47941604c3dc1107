"""IRIs that are not complete, and PREFIX lines that are not as they should be."""

import re

from loader.queries.syntax.lexer import Token
from query_ui.engine.syntax_help.query_parse import QueryParse, SyntaxFinding

_CLOSED_IRI = re.compile(r"<([^<>\r\n]*)>")
_UNCLOSED_IRI = re.compile(r"<[^\s<>\"{}|^`\\]*[^\s<>\"{}|^`\\.;,]")
_FORBIDDEN_CHARACTER = re.compile(r"[\x00-\x20{}|^`\"\\]")


def find_broken_iri(parse: QueryParse) -> SyntaxFinding | None:
    """Find a < that begins no IRI, where nothing can be compared."""
    token = parse.error_token
    if token.kind not in ("<", "<=", "<<") or not parse.expected_terminals & {"iri"}:
        return None
    closed = _CLOSED_IRI.match(parse.text, token.start)
    if not closed:
        return _find_unclosed_iri(parse, token)
    bad = _FORBIDDEN_CHARACTER.search(closed[1])
    if not bad:
        return None
    what = "a space" if bad[0].isspace() else f"the character {bad[0]}"
    tight = closed[1].strip()
    outside = not _FORBIDDEN_CHARACTER.search(tight)
    return SyntaxFinding(
        f"An IRI cannot hold {what}.",
        token.start + 1 + bad.start(),
        "Leave out the spaces." if outside else f"Write %{ord(bad[0]):02X} for it, or end the IRI.",
        parse.try_replacement(token.start, closed.end(), f"<{tight}>") if outside else "",
    )


def _find_unclosed_iri(parse: QueryParse, token: Token) -> SyntaxFinding | None:
    first = _UNCLOSED_IRI.match(parse.text, token.start)
    if not first:
        return None
    mended = parse.try_replacement(first.end(), first.end(), ">")
    remedy = f"Write {first[0]}>." if len(first[0]) < 100 else "Put > at its end."
    return SyntaxFinding(
        "The IRI that begins here has no > at its end.", token.start, remedy, mended
    )


def find_prologue_error(parse: QueryParse) -> SyntaxFinding | None:
    """Find a PREFIX line without its colon, its IRI, or with something behind."""
    token, before = parse.error_token, parse.look_back()
    named = token.kind == "word" or parse.look_ahead().kind == "iri"
    if before.kind == "PREFIX" and token.text[:1].isalpha() and named:
        name = token.text.partition(":")[0]
        alone = ":" not in token.text
        return SyntaxFinding(
            "The name of a prefix ends with a colon.",
            token.start,
            f"Write PREFIX {name}: <…>.",
            parse.try_replacement(token.start, token.end, f"{name}:") if alone else "",
        )
    if before.kind == "namespace" and parse.look_back(2).kind == "PREFIX":
        return SyntaxFinding(
            f"After PREFIX {before.text} an IRI between < and > is missing.",
            token.start,
            f"Write PREFIX {before.text} <https://…>.",
        )
    if (
        before.kind == "iri"
        and token.kind in (".", ";", ",")
        and "PREFIX" in parse.expected_terminals
    ):
        return SyntaxFinding(
            f"There is no {token.kind} after a PREFIX or BASE line.",
            token.start,
            f"Leave out this {token.kind}.",
            parse.try_replacement(token.start, token.end, ""),
        )
    return None
