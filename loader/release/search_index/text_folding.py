"""Folding of text for comparison: without case, accents and punctuation."""

import re
import unicodedata
from collections.abc import Iterator

_WORD = re.compile(r"[^\W_]+")


def fold_text(text: str) -> str:
    """Return ``text`` without case and combining marks: "Élan" is "elan"."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold()
    apart = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in apart if not unicodedata.combining(c))


def split_words(text: str) -> Iterator[str]:
    """Yield the words of a text, folded; all but letters and digits separate them."""
    return (found[0] for found in _WORD.finditer(fold_text(text)))
