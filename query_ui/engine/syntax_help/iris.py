"""IRIs that are not complete, and PREFIX lines that are not as they should be."""

import re

from query_ui.engine.syntax_help.reading import Found, Reading
from query_ui.engine.syntax_help.tokens import Token

_CLOSED = re.compile(r"<([^<>\r\n]*)>")
_FIRST = re.compile(r"<[^\s<>\"{}|^`\\]*[^\s<>\"{}|^`\\.;,]")
_BAD = re.compile(r"[\x00-\x20{}|^`\"\\]")


def broken_iri(reading: Reading) -> Found | None:
    """A < that begins no IRI, where nothing can be compared."""
    token = reading.token
    if token.kind not in ("<", "<=", "<<") or not reading.expected & {"iri"}:
        return None
    closed = _CLOSED.match(reading.text, token.start)
    if not closed:
        return _unclosed(reading, token)
    bad = _BAD.search(closed[1])
    if not bad:
        return None
    what = "a space" if bad[0].isspace() else f"the character {bad[0]}"
    tight = closed[1].strip()
    outside = not _BAD.search(tight)
    return Found(
        f"An IRI cannot hold {what}.",
        token.start + 1 + bad.start(),
        "Leave out the spaces." if outside else f"Write %{ord(bad[0]):02X} for it, or end the IRI.",
        reading.replaced(token.start, closed.end(), f"<{tight}>") if outside else "",
    )


def _unclosed(reading: Reading, token: Token) -> Found | None:
    first = _FIRST.match(reading.text, token.start)
    if not first:
        return None
    mended = reading.replaced(first.end(), first.end(), ">")
    remedy = f"Write {first[0]}>." if len(first[0]) < 100 else "Put > at its end."
    return Found("The IRI that begins here has no > at its end.", token.start, remedy, mended)


def prologue(reading: Reading) -> Found | None:
    """A PREFIX line without its colon, its IRI, or with something behind."""
    token, before = reading.token, reading.before()
    named = token.kind == "word" or reading.after().kind == "iri"
    if before.kind == "PREFIX" and token.text[:1].isalpha() and named:
        name = token.text.partition(":")[0]
        alone = ":" not in token.text
        return Found(
            "The name of a prefix ends with a colon.",
            token.start,
            f"Write PREFIX {name}: <…>.",
            reading.replaced(token.start, token.end, f"{name}:") if alone else "",
        )
    if before.kind == "namespace" and reading.before(2).kind == "PREFIX":
        return Found(
            f"After PREFIX {before.text} an IRI between < and > is missing.",
            token.start,
            f"Write PREFIX {before.text} <https://…>.",
        )
    if before.kind == "iri" and token.kind in (".", ";", ",") and "PREFIX" in reading.expected:
        return Found(
            f"No {token.kind} stands after a PREFIX or BASE line.",
            token.start,
            f"Leave out this {token.kind}.",
            reading.replaced(token.start, token.end, ""),
        )
    return None
