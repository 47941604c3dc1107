"""Triples: parts that are missing or can't stand in their place, and the signs between them."""

from loader.queries.syntax.lexer import Token
from loader.queries.syntax.ll1_table import END_OF_QUERY
from query_ui.engine.syntax_help.query_parse import MAX_RETRY_CHARACTERS, QueryParse, SyntaxFinding

_OBJECT_RULES = {"PathObjects", "PathObject", "Value", "PlainObjects", "PlainObject", "PlainValue"}
_PROPERTY_RULES = {"PathList", "PathVerb", "PlainList", "Verb"}
_LITERALS = ("string", "integer", "number", "signed", "true", "false")
_TRIPLE_ENDS = (".", ";", ",", "}", "]", END_OF_QUERY)
_NAME_BY_SIGN = {".": "a dot", ",": "a comma", ";": "a semicolon"}
_TERM_STARTS = (
    "var",
    "iri",
    "prefixed",
    "namespace",
    "blank",
    "anon",
    "[",
    "(",
    "nil",
    "<<",
    "<<(",
)
_TRIPLE_HINT = "A triple has three parts: a thing, a property and a value."


def find_incomplete_triple(parse: QueryParse) -> SyntaxFinding | None:
    """Find a triple without its property or its value, or with something that can be neither."""
    token, before = parse.error_token, parse.look_back()
    symbols = set(parse.expected_symbols)
    if token.kind == "a" and "var" in parse.expected_terminals:
        remedy = "Write rdf:type in full to speak of the property itself."
        message = "a means rdf:type and is used only as the property."
        return SyntaxFinding(message, token.start, remedy)
    if symbols & _PROPERTY_RULES and "^^" not in symbols:
        return _find_property_error(token, before)
    if symbols & _OBJECT_RULES and token.kind in _TRIPLE_ENDS:
        return _report_missing_part("a value is", token, before)
    return None


def _find_property_error(token: Token, before: Token) -> SyntaxFinding | None:
    if token.kind in _LITERALS:
        remedy = "Write an IRI, a name with a prefix, or a variable."
        return SyntaxFinding("A property cannot be a text or a number.", token.start, remedy)
    if token.kind in _TRIPLE_ENDS:
        return _report_missing_part("a property and a value are", token, before)
    return None


def _report_missing_part(missing_part: str, token: Token, before: Token) -> SyntaxFinding:
    missing = f"fter {_quote_token(before)} {missing_part} missing."
    message = (
        f"The query ends too early: a{missing}" if token.kind == END_OF_QUERY else f"A{missing}"
    )
    return SyntaxFinding(message, token.start, _TRIPLE_HINT)


def find_missing_separator(parse: QueryParse) -> SyntaxFinding | None:
    """Two triples, or two values, with nothing between them."""
    token, before = parse.error_token, parse.look_back()
    if token.kind not in (*_TERM_STARTS, *_LITERALS) or "." not in parse.expected_terminals:
        return None
    tried = [
        (sign, *_try_sign(parse, before, sign))
        for sign in _NAME_BY_SIGN
        if sign in parse.expected_terminals
    ]
    sign, reach, text = max(tried, key=lambda attempt: attempt[1])
    if reach <= token.end and len(parse.text) <= MAX_RETRY_CHARACTERS:
        return None
    certain = sum(attempt[1] == reach for attempt in tried) == 1 or sign == "."
    what = {".": "A triple ends", ",": "A value ends", ";": "A value ends"}[sign]
    return SyntaxFinding(
        f"{what} before {_quote_token(token)}, and {_NAME_BY_SIGN[sign]} is missing.",
        token.start,
        f"Put {sign} after {_quote_token(before)}.",
        text if certain else "",
    )


def _try_sign(parse: QueryParse, before: Token, sign: str) -> tuple[int, str]:
    """Return how far the query can be read with a sign after a token, and its text."""
    text = parse.text[: before.end] + f" {sign}" + parse.text[before.end :]
    if len(text) > MAX_RETRY_CHARACTERS:
        return 0, ""
    again = QueryParse(text)
    return (len(text) if again.error_index is None else again.error_token.start), text


def find_superfluous_sign(parse: QueryParse) -> SyntaxFinding | None:
    """Find a sign without which the query can be read on."""
    token = parse.error_token
    if token.kind not in _NAME_BY_SIGN:
        return None
    mended = parse.try_replacement(token.start, token.end, "")
    if not mended:
        return None
    where = (
        " at the end of a query"
        if not parse.open and END_OF_QUERY in parse.expected_terminals
        else " here"
    )
    name = _NAME_BY_SIGN[token.kind].partition(" ")[2]
    return SyntaxFinding(f"There is no {name}{where}.", token.start, "Leave it out.", mended)


def _quote_token(token: Token) -> str:
    return f"“{token.text if len(token.text) <= 40 else token.text[:38] + '…'}”"
