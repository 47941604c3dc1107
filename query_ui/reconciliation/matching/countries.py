"""Names of countries as people write them in addresses, with ISO 3166-1 codes.

https://www.iso.org/iso-3166-country-codes.html
"""

import gettext
import re
from collections.abc import Iterator
from functools import cache

import pycountry

from loader.release.name_index.name_normaliser import build_name_key, clean_name, tokenise_name

LANGUAGES = ("de", "es", "fr", "it", "nl", "pl", "pt", "pt_BR", "sv", "tr")
"""Languages of country names, besides English."""

EXTRA_NAMES_BY_COUNTRY = {
    "GB": "uk|gb|gbr|great britain|britain|england|scotland|wales|northern ireland|cymru|n ireland"
    "|north ireland|united kingdom of great britain|united kingdom|alba",
    "US": "usa|us|u s a|america|united states|united states of america",
    "CN": "pr china|p r china|prc|china|peoples republic of china|chinese mainland|mainland china",
    "KR": "korea|south korea|republic of korea|rep of korea",
    "KP": "north korea",
    "RU": "russia|ussr|soviet union|russian federation",
    "TW": "taiwan|taiwan roc|r o c",
    "IE": "ireland|republic of ireland|eire",
    "NL": "holland|the netherlands|netherlands",
    "CZ": "czechoslovakia|czech republic|czechia",
    "DE": "germany|west germany|east germany|brd|ddr|frg|gdr|deutschland",
    "RS": "yugoslavia|serbia",
    "IR": "iran|i r iran|islamic republic of iran",
    "VN": "vietnam|viet nam",
    "TR": "turkey|türkiye|turkiye",
    "AE": "uae|united arab emirates",
    "HK": "hong kong",
    "BR": "brasil|brazil",
    "PS": "palestine",
    "BO": "bolivia",
    "VE": "venezuela",
    "TZ": "tanzania",
    "SY": "syria",
    "MD": "moldova",
    "LA": "laos",
    "CI": "ivory coast|cote divoire",
    "CD": "congo|drc",
    "MK": "macedonia",
}
"""Names that ISO 3166 lacks, separated by “|”, by country code."""

COUNTRIES_WITH_SUBDIVISIONS = ("US", "CA", "AU", "CN", "IN", "JP", "BR", "DE", "NZ", "MX")
"""Countries whose subdivisions appear in addresses without the country."""
COUNTRIES_WITH_STATE_CODES = ("US", "CA", "AU")
"""Countries whose subdivisions are written as codes: Cambridge, MA."""
AMBIGUOUS_NAMES = frozenset(
    {"georgia", "jersey", "victoria", "new brunswick", "western", "central"}
)
"""Names of countries or subdivisions that also have other meanings; they are ignored."""


@cache
def load_country_code_by_name() -> dict[str, str]:
    """Return the country code by normalised name, subdivisions included.

    Where two share a name, a country wins over a subdivision and an extra name over both.
    """
    found: dict[str, str] = {}
    for part in pycountry.subdivisions:
        if part.country_code in COUNTRIES_WITH_SUBDIVISIONS:
            # ISO 3166-2 adds “Sheng” (province) to the names of Chinese provinces.
            found[normalise_country_name(part.name.partition(" Sheng")[0])] = part.country_code
    for name, code in list_standard_names():
        found[normalise_country_name(name)] = code
    for code, names in EXTRA_NAMES_BY_COUNTRY.items():
        found |= dict.fromkeys(map(normalise_country_name, names.split("|")), code)
    return {
        name: code for name, code in found.items() if len(name) > 1 and name not in AMBIGUOUS_NAMES
    }


def list_standard_names() -> Iterator[tuple[str, str]]:
    """Yield pairs of name and code from ISO 3166-1, in English and in ``LANGUAGES``."""
    speaking = [
        gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language], fallback=True)
        for language in LANGUAGES
    ]
    for country in pycountry.countries:
        for field in ("name", "official_name", "common_name"):
            name = getattr(country, field, None)
            if name:
                yield name, country.alpha_2
                yield from ((each.gettext(name), country.alpha_2) for each in speaking)


@cache
def load_country_code_by_state() -> dict[str, str]:
    """Return the country code by code of a state or province: MA → US (ISO 3166-2)."""
    return {
        part.code.partition("-")[2]: part.country_code
        for part in pycountry.subdivisions
        if part.country_code in COUNTRIES_WITH_STATE_CODES
    }


@cache
def load_subdivision_names(country_code: str) -> frozenset[str]:
    """Return the normalised names of a country's counties, boroughs and states (ISO 3166-2).

    Without what ISO 3166-2 adds to them: Kent, but also Bristol for “Bristol, City of”.
    """
    parts = (part.name for part in pycountry.subdivisions if part.country_code == country_code)
    plain = (re.sub(r" \[.*\]|,.*| City$", "", name) for name in parts)
    return frozenset(map(normalise_country_name, plain))


def normalise_country_name(name: str) -> str:
    """Return the key under which the name of a country is looked up."""
    return build_name_key(tokenise_name(clean_name(name)))


def find_country_code(name: str) -> str:
    """Return the code of the country with this name, or ""."""
    return load_country_code_by_name().get(normalise_country_name(name), "")


def parse_country_code(text: str) -> str:
    """Return the alpha-2 code for a country's name, alpha-2 or alpha-3 code; "" if unknown."""
    code = text.strip().upper()
    known = find_country_code(text)
    if known or len(code) not in (2, 3):
        return known
    listed = pycountry.countries
    found = listed.get(alpha_2=code) if len(code) == 2 else listed.get(alpha_3=code)
    return str(found.alpha_2) if found else ""
