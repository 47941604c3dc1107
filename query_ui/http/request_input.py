"""Checks and parsers of what a request holds: text without control characters, numbers, JSON.

All raise UsageError, which becomes a problem document with status 400.
"""

import json
import math
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from flask import request

from loader.errors import UsageError

SPARQL_PATHS = ("/sparql", "/q")
SPARQL_FIELDS = frozenset({"query", "default-graph-uri", "named-graph-uri"})
"""Fields that hold SPARQL, whose grammar decides which characters they may have."""
MAX_DIGITS = 9

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ESCAPED_CONTROL = re.compile(rb"%(?:0[0-8bcefBCEF]|1[0-9a-fA-F]|7[fF])")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_PATH_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHOWN_CHARACTERS = 60


def check_request_text() -> None:
    """Raise UsageError for a control character in the path, the query string or a form.

    Tab, line feed and carriage return are allowed in fields. Neither names in the graph nor XML
    can have the others, so no request with one can have a result.
    https://www.w3.org/TR/xml/#charsets
    """
    if _PATH_CONTROL.search(request.path):
        raise UsageError("The path of the address holds a control character, which no page has.")
    check_query_string(request.query_string, request.path)
    # The SPARQL endpoint reads its body itself, and once the form is parsed there is none left.
    if request.method == "POST" and not request.path.startswith("/sparql"):
        check_fields(request.form.items(multi=True), request.path, "form")


def check_query_string(encoded: bytes, path: str) -> None:
    """Raise UsageError for a control character in a query string; decode it only where needed."""
    if has_encoded_control_character(encoded):
        fields = parse_qsl(encoded.decode("utf-8", "replace"), keep_blank_values=True)
        check_fields(fields, path, "address")


def check_fields(fields: Iterable[tuple[str, str]], path: str, source: str) -> None:
    """Raise UsageError for a field with a control character, unless the field holds SPARQL."""
    for name, value in fields:
        is_sparql = name in SPARQL_FIELDS and path.startswith(SPARQL_PATHS)
        if _CONTROL.search(name) or (not is_sparql and _CONTROL.search(value)):
            raise UsageError(
                f"The field “{remove_control_characters(shorten(name))}” of the {source} holds a "
                "control character: leave it out."
            )


def has_encoded_control_character(encoded: bytes) -> bool:
    """Return whether a query string has a control character, as an escape or as it is."""
    plain = encoded.decode("latin-1")
    return bool(_ESCAPED_CONTROL.search(encoded) or _CONTROL.search(plain))


def check_utf8(encoded: bytes) -> None:
    """Raise UsageError for a query string that is not UTF-8, before or after decoding its escapes.

    Werkzeug would replace the bytes silently, and the page would show another query.
    """
    try:
        unquote_to_bytes(encoded).decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise UsageError("The address holds bytes that are not UTF-8.") from wrong


def remove_control_characters(text: str) -> str:
    """Return a text with a space for each control character and lone surrogate."""
    return _SURROGATE.sub(" ", _CONTROL.sub(" ", text))


def parse_whole_number(name: str, text: str, maximum: int = 10**MAX_DIGITS - 1) -> int:
    """Parse a whole number from 1 to ``maximum``; raise UsageError, which says ``name``, if not."""
    digits = text if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else "0"
    number = int(digits)
    if not 1 <= number <= maximum:
        upper = f" to {maximum}" if maximum < 10**MAX_DIGITS - 1 else ""
        raise UsageError(
            f"{name} is “{shorten(text)}”, and has to be a whole number from 1{upper}."
        )
    return number


def shorten(text: str) -> str:
    """Return a text as a message can show it: its beginning where it is long."""
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def read_json_body() -> Any:
    """Return the JSON of the body, whatever its media type, None where there is no body.

    Raise UsageError for anything else.
    """
    try:
        text = request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        place = error.start + 1
        raise UsageError(f"The body is not UTF-8: byte {place} cannot be read.") from error
    return parse_json(text, "The body") if text else None


def parse_json(text: str, source: str) -> Any:
    """Parse JSON; raise UsageError, which names ``source``, for what is no exchangeable JSON.

    Numbers that are not finite, lone surrogates and control characters are refused:
    https://www.rfc-editor.org/rfc/rfc7493#section-2
    """
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise UsageError(f"{source}: the JSON is nested too deeply.") from error
    except ValueError as error:  # numbers of thousands of digits are one too
        said = str(error).partition(";")[0]
        raise UsageError(f"{source}: this is not JSON ({said}).") from error
    _check_json_values(value, source)
    return value


def _check_json_values(value: Any, source: str) -> None:
    """Raise UsageError for a text or number that cannot be exchanged, at any depth."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.keys()
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, float) and not math.isfinite(one):
            raise UsageError(f"{source}: the JSON holds a number that is too large, or none.")
        elif isinstance(one, str) and (_CONTROL.search(one) or _SURROGATE.search(one)):
            raise UsageError(
                f"{source}: the text “{shorten(remove_control_characters(one))}” holds a control "
                "character or half of a surrogate pair, which is no character."
            )
