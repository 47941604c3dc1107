"""An affiliation string taken apart: who, where, and in which country."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from loader.release.name_index.name_normaliser import clean, key_of, tokens
from query_ui.reconciliation.matching.countries import countries, letters

_NOISE = re.compile(
    r"#(?:TAB|N|R)#|[*†‡§¶>]+|\{[^{}]*\}?@?\S*|e-?mails?\s*:?|\S+@\S+|https?://\S+", re.I
)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s+\d[A-Z]{2}\b")
"""The form of a UK postcode, written with its space."""
_ENDS = re.compile(r"[;|\n]|\s/\s|\.\s+(?=[A-Z][a-z]{3})|(?:^|\s)\d{1,2}[.)]\s+(?=[A-Z])")
_PARTS = re.compile(r"[,()\[\]:]|\s[-–—]\s|--")
_STATE = re.compile(r"\b([A-Z]{2,3})\b\.?(?:\s+\d{4,5}(?:-\d{4})?)?$")
LONGEST = 5
"""Words of the longest name of a country that is looked for at the end of a part."""


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between two commas: its words as they are compared, and where they begin."""

    text: str
    words: tuple[str, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Segment:
    """One affiliation of a string that may hold several.

    ``countries`` are codes in the order in which they were named; ``british`` says that a UK
    postcode, the NHS or a British address on the web is there.
    """

    text: str
    parts: tuple[Part, ...]
    countries: tuple[str, ...]
    british: bool

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for part in self.parts for word in part.words)


def segments(text: str) -> list[Segment]:
    """The affiliations that a string holds, without addresses of mail and signs of typesetting."""
    british = bool(re.search(r"\.(?:ac|gov|nhs|org|co)\.uk\b|\bNHS\b", text))
    plain = clean(_NOISE.sub(" ; ", text))
    return [s for piece in pieces(plain) if (s := segment(piece, british)).words]


def pieces(text: str) -> list[str]:
    """The text at its semicolons; those that only continue an address are put back."""
    found: list[str] = []
    for piece in _ENDS.split(text):
        if found and (len(tokens(piece)) < 3 or country_at_end(piece)):
            found[-1] += f", {piece}"
        else:
            found.append(piece)
    return found


def segment(text: str, british: bool) -> Segment:
    """One affiliation taken apart."""
    parts: list[Part] = []
    seen: list[str] = []
    at = 0
    for piece in _PARTS.split(text):
        words = tuple(tokens(piece))
        if words:
            parts.append(Part(piece.strip(), words, at))
            at += len(words)
            seen += named_in(piece)
    postcode = bool(_POSTCODE.search(text))
    return Segment(text, tuple(parts), tuple(dict.fromkeys(seen)), british or postcode)


def named_in(piece: str) -> Iterator[str]:
    """The countries that a part of an address ends or begins with, or consists of."""
    code = country_at_end(piece)
    if code:
        yield code
        return
    words = [w for w in tokens(piece) if not w.isdigit()]
    whole = countries().get(key_of(words)) if words else None
    if whole:
        yield whole


def country_at_end(piece: str) -> str:
    """The country whose name, or the letters of whose state, ends a part of an address."""
    plain = re.sub(r"[\s\d.\-]+$", "", piece.strip())
    words = [w for w in tokens(plain) if not w.isdigit()]
    for size in range(min(LONGEST, len(words)), 0, -1):
        code = countries().get(" ".join(words[-size:]), "")
        if code and (
            size == len(words)
            or size > 1
            or len(words[-1]) > 2
            or plain.endswith(("UK", "US", "K", "S"))
        ):
            return code
    state = _STATE.search(piece.strip().rstrip("."))
    return letters().get(state[1], "") if state else ""
