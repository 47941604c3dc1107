"""Words as they are compared: without case, accents and the signs that join them."""

import re
import unicodedata
from collections.abc import Iterator

_WORD = re.compile(r"[^\W_]+")


def fold_text(text: str) -> str:
    """``text`` without case and combining marks: "Élan" gives "elan"."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold()
    apart = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in apart if not unicodedata.combining(c))


def split_words(text: str) -> Iterator[str]:
    """The words of a text, folded; what is neither letter nor digit separates them."""
    return (found[0] for found in _WORD.finditer(fold_text(text)))
