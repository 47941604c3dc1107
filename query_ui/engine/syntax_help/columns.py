"""What SELECT shows: no commas, and a name for everything that is computed."""

from query_ui.engine.syntax_help.ll1_table import table
from query_ui.engine.syntax_help.reading import CLOSERS, Found, Reading
from query_ui.engine.syntax_help.tokens import Token


def select_list(reading: Reading) -> Found | None:
    """What SQL writes between SELECT and its braces and SPARQL doesn't."""
    if reading.before().kind == "AS" and reading.expected == {"var"}:
        return _no_variable(reading)
    if reading.clause != "SELECT" or "{" in reading.before().kind:
        return _unnamed(reading)
    token, before = reading.token, reading.before()
    if before.kind in ("SELECT", "DISTINCT", "REDUCED") and token.kind in ("{", "WHERE", "FROM"):
        mended = reading.replaced(before.end, before.end, " *")
        remedy = "Write SELECT * for all variables, or name those you want."
        return Found("SELECT does not say what to show.", token.start, remedy, mended)
    if token.kind == ",":
        return _commas(reading)
    if token.kind == "AS":
        return _column(reading, before, before.end, reading.after())
    called = reading.after().kind in ("(", "nil")
    if called and table().step("BuiltInCall", token.kind) is not None:
        last = _end_of_call(reading)
        named = reading.tokens[last + 1].kind == "AS"
        name = reading.tokens[last + 2] if named else reading.tokens[last]
        return _column(reading, token, reading.tokens[last].end, name)
    return None


def _no_variable(reading: Reading) -> Found:
    token = reading.token
    remedy, mended = "Write AS ?name.", ""
    if token.text.isidentifier():
        remedy = f"Write AS ?{token.text}."
        mended = reading.replaced(token.start, token.end, f"?{token.text}")
    return Found("After AS a variable is missing.", token.start, remedy, mended)


def _commas(reading: Reading) -> Found:
    mended, end = [reading.text[: reading.token.start]], reading.token.end
    for token in reading.tokens[reading.index + 1 :]:
        if token.kind not in (",", "var", "*"):
            break
        if token.kind == ",":
            mended, end = [*mended, reading.text[end : token.start]], token.end
    return Found(
        "No commas stand between the variables of SELECT.",
        reading.token.start,
        "Leave out the commas.",
        reading.improved("".join([*mended, reading.text[end:]]), reading.token.start),
    )


def _column(reading: Reading, start: Token, end: int, name: Token) -> Found:
    """A computed column, from a token to the offset ``end``, without brackets around it."""
    text = f"({reading.text[start.start : end]} AS {_free_name(reading)})"
    if name.kind == "var":
        text = f"({reading.text[start.start : end]} AS {name.text})"
        end = name.end
    remedy = f"Write {text}." if len(text) < 100 else "Write (… AS ?name)."
    return Found(
        "A column that is computed or renamed stands in brackets, with AS and a name.",
        reading.token.start,
        remedy,
        reading.replaced(start.start, end, text),
    )


def _unnamed(reading: Reading) -> Found | None:
    """A computed column in brackets, without a name or without AS."""
    if "AS" not in reading.expected or not reading.open or reading.open[-1].kind != "(":
        return None
    start, token = reading.open[-1], reading.token
    if token.kind == ")":
        name = _free_name(reading)
        inside = reading.text[start.end : token.start].strip()
        shown = f"Write ({inside} AS {name})." if len(inside) < 80 else f"Put AS {name} before )."
        mended = reading.replaced(token.start, token.start, f" AS {name}")
        return Found("What is computed here has no name.", token.start, shown, mended)
    if token.kind == "var":
        mended = reading.replaced(token.start, token.start, "AS ")
        return Found(
            f"AS is missing before {token.text}.", token.start, f"Write AS {token.text}.", mended
        )
    return None


def _end_of_call(reading: Reading) -> int:
    """The index of the last token of the function call that begins at the token at fault."""
    depth, tokens = 0, reading.tokens
    for at in range(reading.index + 1, len(tokens) - 1):
        depth += (tokens[at].kind in CLOSERS) - (tokens[at].kind in CLOSERS.values())
        if depth <= 0:
            return at
    return reading.index


def _free_name(reading: Reading) -> str:
    names = ("n", "value", "result", "column")
    return "?" + next((name for name in names if name not in reading.variables), "value_2")
