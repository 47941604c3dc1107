"""Prefixes that no PREFIX line declares, and IRIs written as if they had one."""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from query_ui.engine.syntax_help.reading import Found, Reading
from query_ui.engine.syntax_help.tokens import Token

_BARE_IRI = re.compile(r"[^\s<>\"{}|^`\\;,()]*[^\s<>\"{}|^`\\;,().]")
_SCHEME = re.compile(r"(?:https?|ftp|file)://|urn:\w|mailto:\w", re.IGNORECASE)


def undeclared(reading: Reading, prefixes: Mapping[str, str]) -> Found | None:
    """The first prefix in use, up to where the query can be read, that is not declared."""
    declared: set[str] = set()
    before = ""
    for token in reading.tokens[: reading.index + 1]:
        if token.kind in ("namespace", "prefixed"):
            name = token.text.partition(":")[0]
            if before == "PREFIX":
                declared.add(name)
            elif name not in declared:
                return _bare_iri(reading, token) or _found(reading, token, declared, prefixes)
        before = token.kind
    return None


def _bare_iri(reading: Reading, token: Token) -> Found | None:
    whole = _BARE_IRI.match(reading.text, token.start)
    if not whole or not _SCHEME.match(whole[0]):
        return None
    return Found(
        "An IRI stands between < and >.",
        token.start,
        f"Write <{whole[0][:100]}{'…' if len(whole[0]) > 100 else ''}>.",
        reading.replaced(token.start, whole.end(), f"<{whole[0]}>"),
    )


def _found(
    reading: Reading, token: Token, declared: set[str], prefixes: Mapping[str, str]
) -> Found:
    name = token.text.partition(":")[0]
    message = f'The prefix "{name}:" is not declared.'
    namespace = prefixes.get(name, "")
    near = get_close_matches(name[:40], [*declared, *prefixes], n=1, cutoff=0.6)
    if namespace or not near:
        line = f"PREFIX {name}: <{namespace or 'https://…'}>"
        mended = _with_lines(reading, {name: namespace}, declared, prefixes) if namespace else ""
        return Found(message, token.start, f"Add this line at the top: {line}", mended)
    meant = near[0]
    if meant in declared:
        remedy = f'Perhaps "{meant}:" is meant, which is declared.'
    else:
        remedy = f'Perhaps "{meant}:" is meant: PREFIX {meant}: <{prefixes[meant]}>'
    return Found(message, token.start, remedy)


def _with_lines(
    reading: Reading, first: dict[str, str], declared: set[str], prefixes: Mapping[str, str]
) -> str:
    """The query with a PREFIX line for each known prefix that it lacks."""
    lacking, before = dict(first), ""
    known = set(declared)
    for token in reading.tokens:
        if token.kind in ("namespace", "prefixed"):
            name = token.text.partition(":")[0]
            if before == "PREFIX":
                known.add(name)
            elif name in prefixes and name not in known:
                lacking[name] = prefixes[name]
        before = token.kind
    lines = "".join(f"PREFIX {name}: <{space}>\n" for name, space in lacking.items())
    start = reading.tokens[0].start
    return reading.text[:start] + lines + reading.text[start:]
