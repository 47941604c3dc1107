"""Comparisons and function calls: signs of other languages, missing brackets, numbers of values."""

from query_ui.engine.syntax_help.ll1_table import END, table
from query_ui.engine.syntax_help.reading import Found, Reading
from query_ui.engine.syntax_help.tokens import Token

_COMPARE = ("=", "!=", "<", ">", "<=", ">=")
_OPERATORS = (*_COMPARE, "&&", "||", "+", "-", "*", "/", "IN", "NOT", "signed")
_PAIRS = {"==": "=", "=>": ">=", "=<": "<=", "!==": "!=", "><": "!=", "<>": "!="}
_CONDITIONS = ("FILTER", "HAVING")
_AGGREGATES = ("SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")


def operator(reading: Reading) -> Found | None:
    """An operator as another language writes it, or one where nothing is compared."""
    token, before = reading.token, reading.before()
    pair = token.text if token.text == "<>" else before.text + token.text
    start = token if token.text == "<>" else before
    if pair in _PAIRS and (token.text == "<>" or reading.adjacent()):
        right = _PAIRS[pair]
        mended = reading.replaced(start.start, token.end, right)
        if mended or "string" in reading.expected:
            message = f"SPARQL does not write {pair}."
            return Found(message, start.start, f"Write {right}.", mended)
    if token.kind == "|" and "||" in reading.expected:
        mended = reading.replaced(token.start, token.end, "||")
        return Found("A single | means nothing here.", token.start, "Write || for “or”.", mended)
    if before.kind == "NOT" and "EXISTS" in reading.expected and token.kind != "word":
        return _negation(reading, before)
    return _outside(reading, token, before)


def _negation(reading: Reading, word: Token) -> Found:
    mended = reading.replaced(word.start, reading.token.start, "!")
    remedy = "Write ! for “not”, as in !BOUND(?x), and NOT before EXISTS and IN alone."
    return Found("NOT stands only before EXISTS and IN.", word.start, remedy, mended)


def _outside(reading: Reading, token: Token, before: Token) -> Found | None:
    """A comparison among triples."""
    among = reading.open and reading.open[-1].kind == "{" and "FILTER" in reading.expected
    if token.kind not in (*_COMPARE, "&&", "||") or not (among or reading.expected & {"^"}):
        return None
    left, right = before.text, reading.after().text
    fits = before.kind == "var" and token.kind in _COMPARE and len(right) < 40
    example = f"{left} {token.kind} {right}" if fits and right else "?a = ?b"
    return Found(
        f"{token.kind} stands only inside an expression, not among triples.",
        token.start,
        f"Write FILTER({example}).",
    )


def call(reading: Reading) -> Found | None:
    """A function with too many or too few values."""
    token, function = reading.token, _function(reading)
    if not function:
        return None
    name = table().keywords[function.kind]
    if function.kind == "GROUP_CONCAT" and token.kind == "," and ";" in reading.expected:
        separator = reading.after().text if reading.after().kind == "string" else '", "'
        mended = reading.replaced(
            token.start,
            reading.after().end if reading.after().kind == "string" else token.end,
            f"; SEPARATOR={separator}",
        )
        remedy = f"Write ; SEPARATOR={separator} in place of the comma."
        return Found("GROUP_CONCAT names its separator.", token.start, remedy, mended)
    if function.kind in _AGGREGATES and token.kind == "*" and reading.before().kind == "(":
        return Found(f"Only COUNT takes *, not {name}.", token.start, f"Write {name}(?value).")
    if token.kind == "," and ")" in reading.expected:
        return Found(f"{name} takes no more values than this.", token.start, "Leave out the rest.")
    if token.kind == ")" and "," in reading.expected:
        return Found(f"{name} takes one value more.", token.start, "Put it after a comma.")
    if token.kind == ")" and reading.before().kind in ("(", ","):
        return Found(f"A value is missing between the brackets of {name}.", token.start)
    return None


def _function(reading: Reading) -> Token | None:
    """The built-in function in whose brackets the fault is."""
    if not reading.open or reading.open[-1].kind != "(":
        return None
    at = next(i for i in range(reading.index, -1, -1) if reading.tokens[i] is reading.open[-1])
    before = reading.tokens[at - 1] if at else None
    return before if before and table().step("BuiltInCall", before.kind) is not None else None


def unbracketed(reading: Reading) -> Found | None:
    """A condition, an order or BIND without the brackets around it."""
    token, before = reading.token, reading.before()
    if before.kind in (*_CONDITIONS, "BIND") and "(" in reading.expected and token.kind != "word":
        example = "BIND(… AS ?name)" if before.kind == "BIND" else f"{before.kind}(…)"
        return Found(
            f"What follows {before.kind} stands in brackets.",
            token.start,
            f"Write {example}.",
            _bracketed(reading, token.start, token),
        )
    wanted = reading.clause in (*_CONDITIONS, "ORDER", "GROUP")
    if wanted and token.kind in _OPERATORS and before.kind in (")", "nil", "var"):
        word = {"ORDER": "ORDER BY", "GROUP": "GROUP BY"}.get(reading.clause, reading.clause)
        return Found(
            f"An expression after {word} stands in brackets as a whole.",
            token.start,
            f"Write {word} (… {token.text} …).",
        )
    return None


def _bracketed(reading: Reading, start: int, first: Token) -> str:
    """The query with brackets around the rest of the line, or up to its dot or brace."""
    line = reading.places.of(first.start)[0]
    end = first.end
    for token in reading.tokens[reading.index :]:
        if token.kind in (".", "{", "}", END) or reading.places.of(token.start)[0] != line:
            break
        end = token.end
    return reading.replaced(start, end, f"({reading.text[start:end]})")
