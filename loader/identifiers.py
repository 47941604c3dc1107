"""Schemes of identifiers for organisations and people: accepted forms and check digits."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2, mod_97_10

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
"""The digits of ROR's base 32: https://www.crockford.com/base32.html"""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One kind of identifier.

    ``pattern`` matches every usual way to write an identifier, with its key as group 1; ``base``
    precedes the key in the full form; ``checked`` returns whether the check digits of a key are
    right; ``tidy`` normalises a key.
    """

    name: str
    title: str
    pattern: re.Pattern[str]
    base: str = ""
    checked: Callable[[str], bool] = lambda key: True
    tidy: Callable[[str], str] = str

    def canonical(self, text: str) -> str:
        """Return the full form of an identifier, or "" where ``text`` is none of this scheme."""
        found = self.pattern.fullmatch(text.strip())
        return self.base + self.tidy(found[1]) if found else ""

    def is_valid(self, text: str) -> bool:
        """Return whether ``text`` has the form and the check digits of this scheme."""
        full = self.canonical(text)
        return bool(full) and self.checked(full.removeprefix(self.base))


def has_ror_checksum(key: str) -> bool:
    """Return whether the last two digits of a ROR id are its check digits (ISO 7064, MOD 97-10).

    See https://ror.readme.io/docs/ror-identifier-pattern.
    """
    number = 0
    for character in key[:-2]:
        number = number * 32 + CROCKFORD.index(character)
    return _valid(mod_97_10.validate, f"{number}{key[-2:]}")


def has_isni_checksum(key: str) -> bool:
    """Return whether the last character of an ISNI or ORCID is right (ISO 7064, MOD 11-2).

    See https://support.orcid.org/hc/en-us/articles/360006897674.
    """
    return _valid(mod_11_2.validate, re.sub(r"[\s-]", "", key))


def _valid(validate: Callable[[str], str], number: str) -> bool:
    try:
        validate(number)
    except ValidationError:
        return False
    return True


def _build_group_formatter(sign: str) -> Callable[[str], str]:
    """Return a function that writes sixteen characters in groups of four, joined by ``sign``."""

    def tidy(key: str) -> str:
        plain = re.sub(r"[\s-]", "", key).upper()
        return sign.join(plain[at : at + 4] for at in range(0, 16, 4))

    return tidy


def _web(host: str) -> str:
    return rf"(?:https?://)?(?:www\.)?{host}"


_SIXTEEN = r"((?:\d{4}[\s-]?){3}\d{3}[\dXx])"
_UUID = r"([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})"
_ROR = rf"(?i:(?:{_web('ror.org/')})?(0[a-hj-km-np-tv-z0-9]{{6}}[0-9]{{2}})/?)"

SCHEMES = {
    scheme.name: scheme
    for scheme in (
        Scheme("ror", "ROR", re.compile(_ROR), "https://ror.org/", has_ror_checksum, str.lower),
        Scheme(
            "wikidata",
            "Wikidata",
            re.compile(rf"(?i:(?:{_web('wikidata.org/')}(?:wiki|entity)/|wd:)?(Q[1-9][0-9]*))"),
            "http://www.wikidata.org/entity/",
            tidy=str.upper,
        ),
        Scheme("ukprn", "UKPRN", re.compile(r"(?i:(?:GB-UKPRN-)?(1[0-9]{7}))")),
        Scheme(
            "isni",
            "ISNI",
            re.compile(rf"(?i:(?:{_web('isni.org/')}(?:isni/)?|isni:?\s*)?{_SIXTEEN})"),
            "https://isni.org/isni/",
            has_isni_checksum,
            lambda key: re.sub(r"[\s-]", "", key).upper(),
        ),
        Scheme(
            "orcid",
            "ORCID",
            re.compile(rf"(?i:(?:{_web('orcid.org/')}|orcid:?\s*){_SIXTEEN})"),
            "https://orcid.org/",
            has_isni_checksum,
            _build_group_formatter("-"),
        ),
        Scheme("grid", "GRID", re.compile(r"(grid\.[0-9]{2,6}\.[0-9a-f]{1,2})")),
        Scheme(
            "gtr",
            "Gateway to Research UUID",
            re.compile(rf"(?:{_web('gtr.ukri.org/')}organisation/)?{_UUID}"),
            "https://gtr.ukri.org/organisation/",
            tidy=str.upper,
        ),
        Scheme(
            "openalex",
            "OpenAlex",
            re.compile(rf"(?i:{_web('openalex.org/')}(?:institutions/)?(I[0-9]+))"),
            "https://openalex.org/",
            tidy=str.upper,
        ),
        Scheme("fundref", "Crossref Funder ID", re.compile(r"(?:10\.13039/)?((?:501)?10[0-9]{7})")),
        Scheme("hesa", "HESA", re.compile(r"(?:HESA:?\s*)?([0-9]{4})")),
    )
}
"""Schemes by name, in the order in which ``recognise`` tries them."""


def recognise_identifier(text: str) -> tuple[str, str] | None:
    """Return the scheme and the full form of an identifier in any usual form, or None.

    A web address that belongs to no scheme is a homepage: ("homepage", host and path).
    """
    for scheme in SCHEMES.values():
        found = scheme.canonical(text)
        if found:
            return scheme.name, found
    return ("homepage", site) if (site := normalise_homepage(text)) else None


def normalise_homepage(text: str) -> str:
    """Return a web address in the form used to compare homepages, or "" for any other text.

    Scheme, ``www.``, trailing slash, query and case are dropped.
    """
    text = text.strip()
    if not re.match(r"(?i)https?://|www\.", text):
        return ""
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
    except ValueError:
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    return host + parts.path.rstrip("/").lower() if "." in host else ""
