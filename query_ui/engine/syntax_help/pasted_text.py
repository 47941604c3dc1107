"""What comes with text from elsewhere: characters that are no SPARQL, fences, broken strings."""

import re
import unicodedata

from loader.queries.syntax.lexer import Token
from query_ui.engine.syntax_help.query_parse import QueryParse, SyntaxFinding

_SIGN_BY_CHARACTER = (
    dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‘’‚‛′´", "'") | dict.fromkeys("–—−‐‑", "-")
)
_SIGN_BY_CHARACTER |= {"≠": "!=", "≤": "<=", "≥": ">=", "×": "*", "÷": "/"}
_FENCED_BLOCK = re.compile(r"```[ \t]*\w*[ \t]*\r?\n(.*?)(?:```|\Z)", re.DOTALL)
_TURTLE_DIRECTIVE = re.compile(r"@(prefix|base)\b([^<>\n]*<[^<>\s]*>)[ \t]*\.?", re.IGNORECASE)
_ESCAPE = re.compile(
    r"\\(?:[tbnrf\"'\\]|u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}|U000[0-9A-Fa-f]{5}|U0010[0-9A-Fa-f]{4})"
    r"|\\(?P<wrong>u[0-9A-Fa-f]{0,4}|U[0-9A-Fa-f]{0,8}|[\s\S])"
)
_HINT_BY_LONE_SIGN = {
    "@": ("@ begins a language tag.", 'Write the language at once after it, as in "text"@en.'),
    "&": ("A single & means nothing.", "Write && for “and”."),
    "%": ("There is no % in SPARQL.", "The rest of ?a / ?b is ?a - ?b * FLOOR(?a / ?b)."),
    "$": ("$ begins a variable, and no name follows.", "Write it as ?name."),
    "\\": ("A backslash is used only inside strings and names.", "Leave it out."),
}


def find_code_fence(parse: QueryParse) -> SyntaxFinding | None:
    """Backticks around the query, as in a chat or a Markdown document."""
    if not parse.error_token.text.startswith("`"):
        return None
    inside = _FENCED_BLOCK.search(parse.text)
    return SyntaxFinding(
        "Backticks are no part of a query: they mark code in a document.",
        parse.error_token.start,
        "Leave out the lines with ```.",
        parse.try_repair(inside[1], 0) if inside else "",
    )


def find_turtle_directive(parse: QueryParse) -> SyntaxFinding | None:
    """Find ``@prefix`` as Turtle writes it."""
    if parse.error_token.text.lower() not in ("@prefix", "@base"):
        return None
    word = parse.error_token.text[1:].upper()
    mended = _TURTLE_DIRECTIVE.sub(lambda found: found[1].upper() + found[2], parse.text)
    return SyntaxFinding(
        f"{parse.error_token.text} is how Turtle says it.",
        parse.error_token.start,
        f"In SPARQL write {word} without @ and without the dot at the end.",
        parse.try_repair(mended, parse.error_token.start + 1),
    )


def find_strange_character(parse: QueryParse) -> SyntaxFinding | None:
    """Find a character that SPARQL does not have outside strings and comments."""
    token = parse.error_token
    if token.kind != "strange":
        return None
    sign = to_plain_sign(token.text)
    if sign is None:
        return _report_lone_sign(parse, token)
    remedy = {"": "Leave it out.", " ": "Put a plain space in its place."}.get(
        sign, f"Write {sign} in its place."
    )
    return SyntaxFinding(
        f"{_format_character_name(token.text)} is no sign of SPARQL. "
        "It often comes with text pasted from a "
        "document or a web page.",
        token.start,
        remedy,
        parse.try_repair(_replace_strange_characters(parse), token.start),
    )


def _report_lone_sign(parse: QueryParse, token: Token) -> SyntaxFinding:
    if token.text == "_" and parse.look_back().kind == "langtag" and parse.is_adjacent():
        mended = parse.try_replacement(token.start, token.end, "-")
        return SyntaxFinding(
            "A language tag has no underscore.", token.start, "Write - for it.", mended
        )
    unknown = f"{_format_character_name(token.text)} means nothing here.", "Leave it out."
    message, remedy = _HINT_BY_LONE_SIGN.get(token.text, unknown)
    mended = parse.try_replacement(token.start, token.end, "&&") if token.text == "&" else ""
    return SyntaxFinding(message, token.start, remedy, mended)


def to_plain_sign(character: str) -> str | None:
    """Return the plain text for a character that documents have instead of it, or None."""
    if character in _SIGN_BY_CHARACTER:
        return _SIGN_BY_CHARACTER[character]
    category = unicodedata.category(character)
    if category == "Zs" or character in "\x0b\x0c\x85\u2028\u2029":
        return " "
    if category in ("Cf", "Cc"):
        return ""
    folded = unicodedata.normalize("NFKC", character)
    return folded if folded != character and folded.isascii() and folded.isprintable() else None


def _replace_strange_characters(parse: QueryParse) -> str:
    """Return the query with every such character replaced, outside strings and comments."""
    parts, place = [], 0
    for token in parse.tokens:
        if token.kind == "strange":
            sign = to_plain_sign(token.text)
            parts += [parse.text[place : token.start], token.text if sign is None else sign]
            place = token.end
    return "".join([*parts, parse.text[place:]])


def _format_character_name(character: str) -> str:
    """Return a character with its name, printed itself only where it can be seen."""
    name = unicodedata.name(character, "a character without a name").lower()
    code = f"U+{ord(character):04X}"
    seen = (
        character.isprintable() and not character.isspace() and not unicodedata.combining(character)
    )
    return f"{character} ({name}, {code})" if seen else f"An unseen character ({name}, {code})"


def find_broken_string(parse: QueryParse) -> SyntaxFinding | None:
    """Find a string with a wrong escape, without its end, or that ends too soon."""
    token = parse.error_token
    if token.kind == "escape":
        return _report_wrong_escape(parse, token)
    if token.kind == "unclosed":
        long = token.text[:3] in ('"""', "'''")
        quote = token.text[:3] if long else token.text[0]
        more = "" if long else ' Text of several lines goes between """ and """.'
        where = "" if long else " on its line"
        return SyntaxFinding(
            f"The string that begins here is not closed{where}.",
            token.start,
            f"Put {quote} at its end.{more}",
        )
    return _find_inner_quote(parse, token)


def find_wrong_escape(token: Token) -> int | None:
    """Return the offset of the first escape in a string that names no character, or None."""
    found = (found.start() for found in _ESCAPE.finditer(token.text) if found["wrong"])
    start = next(found, None)
    return None if start is None else token.start + start


def _report_wrong_escape(parse: QueryParse, token: Token) -> SyntaxFinding | None:
    wrong = next((found for found in _ESCAPE.finditer(token.text) if found["wrong"]), None)
    if wrong is None:
        return None
    start = token.start + wrong.start()
    plain = wrong["wrong"][0] not in "uU"
    remedy = (
        f"Write \\{wrong[0]} for a backslash; the escapes are \\t \\b \\n \\r \\f \\\" \\' \\\\."
        if plain
        else "\\u is followed by four hexadecimal digits, \\U by eight, and they name a character."
    )
    mended = parse.text[:start] + "\\" + parse.text[start:]
    return SyntaxFinding(
        f"{wrong[0]!s} is no escape in a string.",
        start,
        remedy,
        parse.try_repair(mended, start + 2) if plain else "",
    )


def _find_inner_quote(parse: QueryParse, token: Token) -> SyntaxFinding | None:
    before = parse.look_back()
    ended = before.kind == "string" and parse.is_adjacent()
    if not ended or token.kind in ("langtag", "^^") or not token.text[:1].isalnum():
        return None
    quote = before.text[0]
    other = '"' if quote == "'" else "'"
    return SyntaxFinding(
        f"The string {_shorten_string(before.text)} ends before this: "
        f"the {quote} inside the text ends it.",
        token.start,
        f"Put the whole text between {other} and {other}, or write \\{quote} inside it.",
    )


def _shorten_string(text: str) -> str:
    return text if len(text) < 30 else f"{text[:28]}…{text[-1]}"
