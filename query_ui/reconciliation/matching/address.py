"""Parser of affiliation strings: names, places and countries."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loader.release.name_index.name_normaliser import (
    CANONICAL_WORDS,
    build_name_key,
    clean_name,
    tokenise_name,
)
from loader.release.search_index.text_folding import split_words
from query_ui.reconciliation.matching.countries import (
    load_country_code_by_name,
    load_country_code_by_state,
)

# Escaped tabs and line breaks (#TAB#, #N#), footnote signs, mail and web addresses.
_MARKUP_AND_CONTACTS = re.compile(
    r"#(?:TAB|N|R)#|[*†‡§¶>]+|\{[^{}]*\}?@?\S*|e-?mails?\s*:?|\S+@\S+|https?://\S+", re.I
)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s+\d[A-Z]{2}\b")
"""The form of a UK postcode, written with its space."""
# A full stop ends an affiliation only before a capital and three small letters, so not in
# "U. K."; the numbers of a list ("1. Dept", "2) Dept") begin a new one.
_SEGMENT_BOUNDARY = re.compile(
    r"[;|\n]|\s/\s|\.\s+(?=[A-Z][a-z]{3})|(?:^|\s)\(?\d{1,2}[.)]\s+(?=[A-Z])"
    r"|\.\s+\d{1,2}\s+(?=[A-Z][a-z])"
)
ABBREVIATIONS = frozenset(CANONICAL_WORDS) | frozenset("dept dep div fac st dr mt".split())
"""Words that people write with a full stop, which then ends no affiliation: St. Andrews."""
_UNIVERSITIES = re.compile(r"\bUniversities of ((?:[^,;()]+, )*[^,;()]+ (?:and|&) [^,;()]+)")
_CONJUNCTION = re.compile(r"\s+(?:and|&)\s+")
_PART_SEPARATOR = re.compile(r"[,()\[\]:]|\s[-–—]\s|--")
# A state code at the end, with or without a ZIP code or postcode: "MA 02139", "NSW 2006".
_STATE = re.compile(r"\b([A-Z]{2,3})\b\.?(?:\s+\d{4,5}(?:-\d{4})?)?$")
MAX_COUNTRY_WORDS = 5
"""Largest number of words in the name of a country at the end of a part."""


@dataclass(frozen=True, slots=True)
class AddressPart:
    """Text between two separators of an address.

    ``words`` are normalised for comparison; ``start`` is the index of the first among the words of
    the segment.
    """

    text: str
    words: tuple[str, ...]
    start: int


@dataclass(frozen=True, slots=True)
class AddressSegment:
    """One affiliation of a string that may hold several.

    ``country_codes`` are ISO 3166-1 alpha-2 codes in order of appearance; ``is_british`` is true
    where there is a UK postcode, the NHS or a web or mail address under .uk.
    """

    text: str
    parts: tuple[AddressPart, ...]
    country_codes: tuple[str, ...]
    is_british: bool

    @property
    def words(self) -> tuple[str, ...]:
        """Normalised words of all parts, in order."""
        return tuple(word for part in self.parts for word in part.words)


def split_affiliations(text: str) -> list[AddressSegment]:
    """Split a string into affiliations, without contact details and signs of typesetting."""
    british = bool(re.search(r"\.(?:ac|gov|nhs|org|co)\.uk\b|\bNHS\b", text))
    plain = expand_universities(clean_name(_MARKUP_AND_CONTACTS.sub(" ; ", text)))
    return [s for piece in split_at_boundaries(plain) if (s := parse_segment(piece, british)).words]


def split_at_boundaries(text: str) -> list[str]:
    """Split a text at boundaries between affiliations.

    A piece that is a place, or too short to be an affiliation, continues the one before.
    """
    found: list[str] = []
    for piece in (each for part in split_sentences(text) for each in split_countries(part)):
        if found and is_continuation(piece):
            found[-1] += f", {piece}"
        else:
            found.append(piece)
    return found


def split_sentences(text: str) -> list[str]:
    """Split a text at signs between affiliations, but not at the full stop of an abbreviation."""
    found: list[str] = []
    start = 0
    for boundary in _SEGMENT_BOUNDARY.finditer(text):
        before = list(split_words(text[max(start, boundary.start() - 20) : boundary.start()]))
        if boundary[0].startswith(".") and before[-1:] and before[-1] in ABBREVIATIONS:
            continue
        found.append(text[start : boundary.start()])
        start = boundary.end()
    return [*found, text[start:]]


def expand_universities(text: str) -> str:
    """Return a text with each university in full: "Universities of Bath and York"."""
    return _UNIVERSITIES.sub(
        lambda found: ", ".join(
            f"University of {name}" for name in re.split(r", | (?:and|&) ", found[1])
        ),
        text,
    )


def split_countries(text: str) -> list[str]:
    """Split a text at an "and" after a country: "MIT, USA and University of Leeds, UK"."""
    found: list[str] = []
    start = 0
    for conjunction in _CONJUNCTION.finditer(text):
        *before, last = text[start : conjunction.start()].split(",")
        if before and is_country(last):
            found.append(text[start : conjunction.start()])
            start = conjunction.end()
    return [*found, text[start:]]


def is_country(text: str) -> bool:
    """Return whether a text is the name of a country and nothing else."""
    return build_name_key(tokenise_name(text)) in load_country_code_by_name()


def is_continuation(piece: str) -> bool:
    """Return whether a piece has fewer than three words, apart from a country at its end.

    Words in brackets, postcodes and numbers are no words here.
    """
    words = [word for word in tokenise_name(_POSTCODE.sub(" ", piece)) if not word.isdigit()]
    *_, last = piece.rpartition(",")
    place = len(tokenise_name(last)) if is_country(last) else 0
    return len(words) - place < 3


def parse_segment(text: str, is_british: bool) -> AddressSegment:
    """Parse one affiliation into parts and countries; a UK postcode also makes it British."""
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
    """Yield the code of the country that a part ends with or consists of, if any."""
    code = find_trailing_country(part)
    if code:
        yield code
        return
    words = [w for w in tokenise_name(part) if not w.isdigit()]
    whole = load_country_code_by_name().get(build_name_key(words)) if words else None
    if whole:
        yield whole


def count_country_words(words: Sequence[str]) -> int:
    """Return the number of words in the longest name of a country that words end with, or 0."""
    names = load_country_code_by_name()
    sizes = range(min(MAX_COUNTRY_WORDS, len(words)), 0, -1)
    return next((size for size in sizes if " ".join(words[-size:]) in names), 0)


def find_trailing_country(part: str) -> str:
    """Return the code of the country whose name or state code ends a part, or ""."""
    plain = re.sub(r"[\s\d.\-]+$", "", part.strip())
    words = [w for w in tokenise_name(plain) if not w.isdigit()]
    # Longest name first. Within a longer part a word of two letters is a country only if it is
    # UK or US in capitals, since "de" or "it" is usually no country.
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
