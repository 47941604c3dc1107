"""Triples: parts that are missing or can't stand in their place, and the signs between them."""

from query_ui.engine.syntax_help.ll1_table import END
from query_ui.engine.syntax_help.reading import LONGEST_RETRY, Found, Reading
from query_ui.engine.syntax_help.tokens import Token

_OBJECTS = {"PathObjects", "PathObject", "Value", "PlainObjects", "PlainObject", "PlainValue"}
_PROPERTIES = {"PathList", "PathVerb", "PlainList", "Verb"}
_LITERALS = ("string", "integer", "number", "signed", "true", "false")
_ENDS = (".", ";", ",", "}", "]", END)
_NAMES = {".": "a dot", ",": "a comma", ";": "a semicolon"}
_STARTS = ("var", "iri", "prefixed", "namespace", "blank", "anon", "[", "(", "nil", "<<", "<<(")
_REMEDY = "A triple has three parts: a thing, a property and a value."


def property_or_value(reading: Reading) -> Found | None:
    """A triple without its property or its value, or with something that can be neither."""
    token, before = reading.token, reading.before()
    symbols = set(reading.symbols)
    if token.kind == "a" and "var" in reading.expected:
        remedy = "Write rdf:type in full to speak of the property itself."
        message = "a means rdf:type and stands only in the place of the property."
        return Found(message, token.start, remedy)
    if symbols & _PROPERTIES and "^^" not in symbols:
        return _property(token, before)
    if symbols & _OBJECTS and token.kind in _ENDS:
        return _lacking("a value is", token, before)
    return None


def _property(token: Token, before: Token) -> Found | None:
    if token.kind in _LITERALS:
        remedy = "Write an IRI, a name with a prefix, or a variable."
        return Found("A property cannot be a text or a number.", token.start, remedy)
    if token.kind in _ENDS:
        return _lacking("a property and a value are", token, before)
    return None


def _lacking(what: str, token: Token, before: Token) -> Found:
    missing = f"fter {_short(before)} {what} missing."
    message = f"The query ends too early: a{missing}" if token.kind == END else f"A{missing}"
    return Found(message, token.start, _REMEDY)


def separator(reading: Reading) -> Found | None:
    """Two triples, or two values, with nothing between them."""
    token, before = reading.token, reading.before()
    if token.kind not in (*_STARTS, *_LITERALS) or "." not in reading.expected:
        return None
    tried = [(sign, *_with(reading, before, sign)) for sign in _NAMES if sign in reading.expected]
    sign, reach, text = max(tried, key=lambda attempt: attempt[1])
    if reach <= token.end and len(reading.text) <= LONGEST_RETRY:
        return None
    certain = sum(attempt[1] == reach for attempt in tried) == 1 or sign == "."
    what = {".": "A triple ends", ",": "A value ends", ";": "A value ends"}[sign]
    return Found(
        f"{what} before {_short(token)}, and {_NAMES[sign]} is missing.",
        token.start,
        f"Put {sign} after {_short(before)}.",
        text if certain else "",
    )


def _with(reading: Reading, before: Token, sign: str) -> tuple[int, str]:
    """How far the query can be read with a sign after a token, and the text of it."""
    text = reading.text[: before.end] + f" {sign}" + reading.text[before.end :]
    if len(text) > LONGEST_RETRY:
        return 0, ""
    again = Reading(text)
    return (len(text) if again.at is None else again.token.start), text


def superfluous(reading: Reading) -> Found | None:
    """A sign without which the query can be read on."""
    token = reading.token
    if token.kind not in _NAMES:
        return None
    mended = reading.replaced(token.start, token.end, "")
    if not mended:
        return None
    where = " at the end of a query" if not reading.open and END in reading.expected else " here"
    name = _NAMES[token.kind].partition(" ")[2]
    return Found(f"No {name} stands{where}.", token.start, "Leave it out.", mended)


def _short(token: Token) -> str:
    return f"“{token.text if len(token.text) <= 40 else token.text[:38] + '…'}”"
