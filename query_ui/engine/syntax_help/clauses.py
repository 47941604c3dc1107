"""The parts of a query: where each clause stands, and what follows its word."""

from query_ui.engine.syntax_help.brackets import unclosed_before
from query_ui.engine.syntax_help.ll1_table import END
from query_ui.engine.syntax_help.reading import Found, Reading
from query_ui.engine.syntax_help.tokens import Token

_MODIFIERS = {"GROUP": "GROUP BY", "HAVING": "HAVING", "ORDER": "ORDER BY"}
_MODIFIERS |= {"LIMIT": "LIMIT", "OFFSET": "OFFSET"}
_INSIDE = ("FILTER", "BIND", "OPTIONAL", "MINUS", "GRAPH", "UNION", "SERVICE")
_NEED_BRACES = (*_INSIDE[2:], "WHERE", "EXISTS", "LATERAL")


def misplaced(reading: Reading) -> Found | None:
    """A clause that stands inside the braces, outside, or after one that it must precede."""
    token = reading.token
    if token.kind in ("PREFIX", "BASE") and reading.before().kind != "PREFIX":
        remedy = "Put it before SELECT, ASK, CONSTRUCT or DESCRIBE."
        return Found(f"{token.kind} lines stand at the top of a query.", token.start, remedy)
    if reading.open and reading.open[-1].kind == "{":
        return _in_braces(reading, token)
    if not reading.open and END in reading.expected:
        return _after_braces(token)
    return None


def _in_braces(reading: Reading, token: Token) -> Found | None:
    if token.kind in _MODIFIERS:
        return unclosed_before(reading) or Found(
            f"{_MODIFIERS[token.kind]} stands after the closing brace, not inside.",
            token.start,
            f"Move it behind the }} that closes the {{ of {reading.place(reading.open[-1])}.",
        )
    if token.kind == "UNION" and (found := unclosed_before(reading)):
        return found
    if token.kind == "SELECT":
        remedy = "Put { before SELECT and } after the end of the subquery."
        return Found("A subquery stands in braces of its own.", token.start, remedy)
    if token.kind in (*_INSIDE, "VALUES", "/", "|", "+", "*", "^", "!") and _in_template(reading):
        remedy = "Put everything else between the braces of WHERE."
        return Found("Between these braces only triples may stand.", token.start, remedy)
    return None


def _in_template(reading: Reading) -> bool:
    at = reading.tokens.index(reading.open[-1])
    before = [token.kind for token in reading.tokens[max(0, at - 2) : at]]
    return before[-1:] == ["CONSTRUCT"] or before == ["CONSTRUCT", "WHERE"]


def _after_braces(token: Token) -> Found | None:
    if token.kind in _INSIDE:
        remedy = "Move it before the last }."
        return Found(f"{token.kind} stands inside the braces of WHERE.", token.start, remedy)
    if token.kind in _MODIFIERS:
        return Found(
            f"{_MODIFIERS[token.kind]} stands too late, or a second time.",
            token.start,
            "The order is GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET, VALUES.",
        )
    return None


def ordering(reading: Reading) -> Found | None:
    """What follows ORDER BY, GROUP BY, LIMIT and OFFSET."""
    token, before = reading.token, reading.before()
    if before.kind in ("ASC", "DESC"):
        return _direction(reading, before)
    if before.kind in ("LIMIT", "OFFSET"):
        return Found(
            f"{before.kind} takes a whole number from 0.",
            token.start,
            f"Write {before.kind} 10.",
        )
    if before.kind in ("ORDER", "GROUP") and reading.expected == {"BY"}:
        mended = reading.replaced(before.end, before.end, " BY")
        return Found(f"BY is missing after {before.kind}.", token.start, "Write BY.", mended)
    if token.kind == "," and reading.clause in ("LIMIT", "ORDER", "GROUP"):
        remedy = "Leave it out."
        if reading.clause == "LIMIT":
            remedy = "To leave out the first 10, write LIMIT 20 OFFSET 10."
        mended = "" if reading.clause == "LIMIT" else reading.replaced(token.start, token.end, " ")
        after = {"ORDER": "ORDER BY", "GROUP": "GROUP BY"}.get(reading.clause, reading.clause)
        return Found(f"No comma stands after {after}.", token.start, remedy, mended)
    return None


def _direction(reading: Reading, word: Token) -> Found:
    token, subject = reading.token, reading.before(2)
    mended = ""
    if token.kind == "var":
        shown = f"{word.kind}({token.text})"
        mended = reading.replaced(word.start, token.end, shown)
    elif subject.kind == "var":
        shown = f"{word.kind}({subject.text})"
        mended = reading.replaced(subject.start, word.end, shown)
    else:
        shown = f"{word.kind}(?name)"
    return Found(
        f"{word.kind} stands before what it orders, in brackets.",
        word.start,
        f"Write {shown}.",
        mended,
    )


def braces(reading: Reading) -> Found | None:
    """A word after which a group in braces has to follow."""
    before = reading.before()
    named = reading.before(2).kind in ("GRAPH", "SERVICE", "SILENT")
    if reading.expected == {"{"} and (named or before.kind in _NEED_BRACES):
        return Found(
            f"After {before.text[:80]} a group in braces is missing.",
            reading.token.start,
            f"Write {before.text[:80]} {{ … }}.",
        )
    if before.kind in ("GRAPH", "SERVICE") and reading.token.kind == "{":
        remedy = f"Write {before.kind} ?g {{ … }} or {before.kind} <https://…> {{ … }}."
        missing = f"After {before.kind} a variable or an IRI is missing."
        return Found(missing, reading.token.start, remedy)
    return None


def values(reading: Reading) -> Found | None:
    """What the braces of VALUES can't hold."""
    token = reading.token
    if "UNDEF" not in reading.expected and reading.clause != "VALUES":
        return None
    if reading.before(2).kind == "VALUES" and reading.expected == {"{"}:
        return _no_braces(reading)
    if token.kind == "var":
        remedy = "Write the values themselves, or join by using the same variable in a triple."
        return Found("VALUES lists fixed values, not variables.", token.start, remedy)
    if token.kind == ",":
        mended = reading.replaced(token.start, token.end, " ")
        return Found("No commas stand between values.", token.start, "Leave it out.", mended)
    if token.kind == "blank":
        return Found("A blank node is no value.", token.start, "Write UNDEF for any value.")
    return None


def _no_braces(reading: Reading) -> Found:
    token, before = reading.token, reading.before()
    if token.kind == "var":
        remedy = f"Write VALUES ({before.text} {token.text}) {{ (1 2) }}."
        return Found("Several variables of VALUES stand in brackets.", token.start, remedy)
    remedy = f"Write VALUES {before.text} {{ … }}."
    return Found("The values stand between braces.", token.start, remedy)
