"""An affiliation string taken apart: who, where, and in which country."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from loader.release.name_index.name_normaliser import build_name_key, clean_name, tokenise_name
from query_ui.reconciliation.matching.countries import (
    load_country_code_by_name,
    load_country_code_by_state,
)

_MARKUP_AND_CONTACTS = re.compile(
    r"#(?:TAB|N|R)#|[*†‡§¶>]+|\{[^{}]*\}?@?\S*|e-?mails?\s*:?|\S+@\S+|https?://\S+", re.I
)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s+\d[A-Z]{2}\b")
"""The form of a UK postcode, written with its space."""
_SEGMENT_BOUNDARY = re.compile(
    r"[;|\n]|\s/\s|\.\s+(?=[A-Z][a-z]{3})|(?:^|\s)\d{1,2}[.)]\s+(?=[A-Z])"
)
_PART_SEPARATOR = re.compile(r"[,()\[\]:]|\s[-–—]\s|--")
_STATE = re.compile(r"\b([A-Z]{2,3})\b\.?(?:\s+\d{4,5}(?:-\d{4})?)?$")
MAX_COUNTRY_WORDS = 5
"""Words of the longest name of a country that is looked for at the end of a part."""


@dataclass(frozen=True, slots=True)
class AddressPart:
    """What stands between two commas: its words as they are compared, and where they begin."""

    text: str
    words: tuple[str, ...]
    start: int


@dataclass(frozen=True, slots=True)
class AddressSegment:
    """One affiliation of a string that may hold several.

    ``country_codes`` are codes in the order in which they were named; ``is_british`` says that a UK
    postcode, the NHS or a British address on the web is there.
    """

    text: str
    parts: tuple[AddressPart, ...]
    country_codes: tuple[str, ...]
    is_british: bool

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for part in self.parts for word in part.words)


def split_affiliations(text: str) -> list[AddressSegment]:
    """The affiliations that a string holds, without addresses of mail and signs of typesetting."""
    british = bool(re.search(r"\.(?:ac|gov|nhs|org|co)\.uk\b|\bNHS\b", text))
    plain = clean_name(_MARKUP_AND_CONTACTS.sub(" ; ", text))
    return [s for piece in split_at_boundaries(plain) if (s := parse_segment(piece, british)).words]


def split_at_boundaries(text: str) -> list[str]:
    """The text at its semicolons; those that only continue an address are put back."""
    found: list[str] = []
    for piece in _SEGMENT_BOUNDARY.split(text):
        if found and (len(tokenise_name(piece)) < 3 or find_trailing_country(piece)):
            found[-1] += f", {piece}"
        else:
            found.append(piece)
    return found


def parse_segment(text: str, is_british: bool) -> AddressSegment:
    """One affiliation taken apart."""
    parts: list[AddressPart] = []
    seen: list[str] = []
    at = 0
    for piece in _PART_SEPARATOR.split(text):
        words = tuple(tokenise_name(piece))
        if words:
            parts.append(AddressPart(piece.strip(), words, at))
            at += len(words)
            seen += find_countries(piece)
    postcode = bool(_POSTCODE.search(text))
    return AddressSegment(text, tuple(parts), tuple(dict.fromkeys(seen)), is_british or postcode)


def find_countries(part: str) -> Iterator[str]:
    """The countries that a part of an address ends or begins with, or consists of."""
    code = find_trailing_country(part)
    if code:
        yield code
        return
    words = [w for w in tokenise_name(part) if not w.isdigit()]
    whole = load_country_code_by_name().get(build_name_key(words)) if words else None
    if whole:
        yield whole


def find_trailing_country(part: str) -> str:
    """The country whose name, or the letters of whose state, ends a part of an address."""
    plain = re.sub(r"[\s\d.\-]+$", "", part.strip())
    words = [w for w in tokenise_name(plain) if not w.isdigit()]
    for size in range(min(MAX_COUNTRY_WORDS, len(words)), 0, -1):
        code = load_country_code_by_name().get(" ".join(words[-size:]), "")
        if code and (
            size == len(words)
            or size > 1
            or len(words[-1]) > 2
            or plain.endswith(("UK", "US", "K", "S"))
        ):
            return code
    state = _STATE.search(part.strip().rstrip("."))
    return load_country_code_by_state().get(state[1], "") if state else ""
