"""Prefixes that no PREFIX line declares, and IRIs written as if they had one."""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from loader.queries.syntax.lexer import Token
from query_ui.engine.syntax_help.query_parse import QueryParse, SyntaxFinding

_BARE_IRI = re.compile(r"[^\s<>\"{}|^`\\;,()]*[^\s<>\"{}|^`\\;,().]")
_SCHEME = re.compile(r"(?:https?|ftp|file)://|urn:\w|mailto:\w", re.IGNORECASE)


def find_undeclared_prefix(
    parse: QueryParse, namespace_by_prefix: Mapping[str, str]
) -> SyntaxFinding | None:
    """Find the first prefix that is used and not declared, as far as the query can be read."""
    declared: set[str] = set()
    before = ""
    for token in parse.tokens[: parse.index + 1]:
        if token.kind in ("namespace", "prefixed"):
            name = token.text.partition(":")[0]
            if before == "PREFIX":
                declared.add(name)
            elif name not in declared:
                return _find_bare_iri(parse, token) or _report_undeclared_prefix(
                    parse, token, declared, namespace_by_prefix
                )
        before = token.kind
    return None


def _find_bare_iri(parse: QueryParse, token: Token) -> SyntaxFinding | None:
    whole = _BARE_IRI.match(parse.text, token.start)
    if not whole or not _SCHEME.match(whole[0]):
        return None
    return SyntaxFinding(
        "An IRI is written between < and >.",
        token.start,
        f"Write <{whole[0][:100]}{'…' if len(whole[0]) > 100 else ''}>.",
        parse.try_replacement(token.start, whole.end(), f"<{whole[0]}>"),
    )


def _report_undeclared_prefix(
    parse: QueryParse, token: Token, declared_prefixes: set[str], prefixes: Mapping[str, str]
) -> SyntaxFinding:
    name = token.text.partition(":")[0]
    message = f'The prefix "{name}:" is not declared.'
    namespace = prefixes.get(name, "")
    near = get_close_matches(name[:40], [*declared_prefixes, *prefixes], n=1, cutoff=0.6)
    if namespace or not near:
        line = f"PREFIX {name}: <{namespace or 'https://…'}>"
        mended = (
            _add_prefix_lines(parse, {name: namespace}, declared_prefixes, prefixes)
            if namespace
            else ""
        )
        return SyntaxFinding(message, token.start, f"Add this line at the top: {line}", mended)
    meant = near[0]
    if meant in declared_prefixes:
        remedy = f'Perhaps "{meant}:" is meant, which is declared.'
    else:
        remedy = f'Perhaps "{meant}:" is meant: PREFIX {meant}: <{prefixes[meant]}>'
    return SyntaxFinding(message, token.start, remedy)


def _add_prefix_lines(
    parse: QueryParse,
    first_namespaces: dict[str, str],
    declared_prefixes: set[str],
    prefixes: Mapping[str, str],
) -> str:
    """Return the query with a PREFIX line for each known prefix that it lacks."""
    lacking, before = dict(first_namespaces), ""
    known = set(declared_prefixes)
    for token in parse.tokens:
        if token.kind in ("namespace", "prefixed"):
            name = token.text.partition(":")[0]
            if before == "PREFIX":
                known.add(name)
            elif name in prefixes and name not in known:
                lacking[name] = prefixes[name]
        before = token.kind
    lines = "".join(f"PREFIX {name}: <{space}>\n" for name, space in lacking.items())
    start = parse.tokens[0].start
    return parse.text[:start] + lines + parse.text[start:]
