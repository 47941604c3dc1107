"""What comes with text from elsewhere: characters that are no SPARQL, fences, broken strings."""

import re
import unicodedata

from query_ui.engine.syntax_help.reading import Found, Reading
from query_ui.engine.syntax_help.tokens import Token

_SIGNS = dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‘’‚‛′´", "'") | dict.fromkeys("–—−‐‑", "-")
_SIGNS |= {"≠": "!=", "≤": "<=", "≥": ">=", "×": "*", "÷": "/"}
_FENCED = re.compile(r"```[ \t]*\w*[ \t]*\r?\n(.*?)(?:```|\Z)", re.DOTALL)
_TURTLE = re.compile(r"@(prefix|base)\b([^<>\n]*<[^<>\s]*>)[ \t]*\.?", re.IGNORECASE)
_ESCAPE = re.compile(
    r"\\(?:[tbnrf\"'\\]|u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}|U000[0-9A-Fa-f]{5}|U0010[0-9A-Fa-f]{4})"
    r"|\\(?P<wrong>u[0-9A-Fa-f]{0,4}|U[0-9A-Fa-f]{0,8}|[\s\S])"
)
_LONE = {
    "@": ("@ begins a language tag.", 'Write the language at once after it, as in "text"@en.'),
    "&": ("A single & means nothing.", "Write && for “and”."),
    "%": ("There is no % in SPARQL.", "The rest of ?a / ?b is ?a - ?b * FLOOR(?a / ?b)."),
    "$": ("$ begins a variable, and no name follows.", "Write it as ?name."),
    "\\": ("A backslash stands only inside strings and names.", "Leave it out."),
}


def fence(reading: Reading) -> Found | None:
    """Backticks around the query, as in a chat or a Markdown document."""
    if not reading.token.text.startswith("`"):
        return None
    inside = _FENCED.search(reading.text)
    return Found(
        "Backticks are no part of a query: they mark code in a document.",
        reading.token.start,
        "Leave out the lines with ```.",
        reading.improved(inside[1], 0) if inside else "",
    )


def turtle(reading: Reading) -> Found | None:
    """``@prefix`` as in Turtle."""
    if reading.token.text.lower() not in ("@prefix", "@base"):
        return None
    word = reading.token.text[1:].upper()
    mended = _TURTLE.sub(lambda found: found[1].upper() + found[2], reading.text)
    return Found(
        f"{reading.token.text} is how Turtle says it.",
        reading.token.start,
        f"In SPARQL write {word} without @ and without the dot at the end.",
        reading.improved(mended, reading.token.start + 1),
    )


def strange(reading: Reading) -> Found | None:
    """A character that SPARQL doesn't have outside strings and comments."""
    token = reading.token
    if token.kind != "strange":
        return None
    sign = plain_sign(token.text)
    if sign is None:
        return _lone(reading, token)
    remedy = {"": "Leave it out.", " ": "Put a plain space in its place."}.get(
        sign, f"Write {sign} in its place."
    )
    return Found(
        f"{_name(token.text)} is no sign of SPARQL. It often comes with text pasted from a "
        "document or a web page.",
        token.start,
        remedy,
        reading.improved(_plain(reading), token.start),
    )


def _lone(reading: Reading, token: Token) -> Found:
    if token.text == "_" and reading.before().kind == "langtag" and reading.adjacent():
        mended = reading.replaced(token.start, token.end, "-")
        return Found("A language tag has no underscore.", token.start, "Write - for it.", mended)
    unknown = f"{_name(token.text)} means nothing here.", "Leave it out."
    message, remedy = _LONE.get(token.text, unknown)
    mended = reading.replaced(token.start, token.end, "&&") if token.text == "&" else ""
    return Found(message, token.start, remedy, mended)


def plain_sign(letter: str) -> str | None:
    """The plain text for a character that documents have in place of it; None if unknown."""
    if letter in _SIGNS:
        return _SIGNS[letter]
    category = unicodedata.category(letter)
    if category == "Zs" or letter in "\x0b\x0c\x85\u2028\u2029":
        return " "
    if category in ("Cf", "Cc"):
        return ""
    folded = unicodedata.normalize("NFKC", letter)
    return folded if folded != letter and folded.isascii() and folded.isprintable() else None


def _plain(reading: Reading) -> str:
    """The query with every such character replaced, outside strings and comments."""
    parts, place = [], 0
    for token in reading.tokens:
        if token.kind == "strange":
            sign = plain_sign(token.text)
            parts += [reading.text[place : token.start], token.text if sign is None else sign]
            place = token.end
    return "".join([*parts, reading.text[place:]])


def _name(letter: str) -> str:
    """A character with its name, printed itself only where it can be seen."""
    name = unicodedata.name(letter, "a character without a name").lower()
    code = f"U+{ord(letter):04X}"
    seen = letter.isprintable() and not letter.isspace() and not unicodedata.combining(letter)
    return f"{letter} ({name}, {code})" if seen else f"An unseen character ({name}, {code})"


def string(reading: Reading) -> Found | None:
    """A string with a wrong escape, without its end, or that ends too soon."""
    token = reading.token
    if token.kind == "escape":
        return _escape(reading, token)
    if token.kind == "unclosed":
        long = token.text[:3] in ('"""', "'''")
        quote = token.text[:3] if long else token.text[0]
        more = "" if long else ' Text of several lines stands between """ and """.'
        where = "" if long else " on its line"
        return Found(
            f"The string that begins here is not closed{where}.",
            token.start,
            f"Put {quote} at its end.{more}",
        )
    return _apostrophe(reading, token)


def wrong_escape(token: Token) -> int | None:
    """The offset of the first escape in a string that names no character; None without one."""
    found = (found.start() for found in _ESCAPE.finditer(token.text) if found["wrong"])
    start = next(found, None)
    return None if start is None else token.start + start


def _escape(reading: Reading, token: Token) -> Found | None:
    wrong = next((found for found in _ESCAPE.finditer(token.text) if found["wrong"]), None)
    if wrong is None:
        return None
    start = token.start + wrong.start()
    plain = wrong["wrong"][0] not in "uU"
    remedy = (
        f"Write \\{wrong[0]} for a backslash; the escapes are \\t \\b \\n \\r \\f \\\" \\' \\\\."
        if plain
        else "After \\u stand four hexadecimal digits, after \\U eight, and they name a character."
    )
    mended = reading.text[:start] + "\\" + reading.text[start:]
    return Found(
        f"{wrong[0]!s} is no escape in a string.",
        start,
        remedy,
        reading.improved(mended, start + 2) if plain else "",
    )


def _apostrophe(reading: Reading, token: Token) -> Found | None:
    before = reading.before()
    ended = before.kind == "string" and reading.adjacent()
    if not ended or token.kind in ("langtag", "^^") or not token.text[:1].isalnum():
        return None
    quote = before.text[0]
    other = '"' if quote == "'" else "'"
    return Found(
        f"The string {_short(before.text)} ends before this: the {quote} inside the text ends it.",
        token.start,
        f"Put the whole text between {other} and {other}, or write \\{quote} inside it.",
    )


def _short(text: str) -> str:
    return text if len(text) < 30 else f"{text[:28]}…{text[-1]}"
