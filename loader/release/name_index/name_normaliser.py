"""Normalisation of names for comparison: folded, spelt out, without insignificant words."""

import html
import re
import unicodedata
from math import log

from loader.release.search_index.text_folding import split_words


def compute_word_weight(name_count: int, names_with_word: int) -> float:
    """Return the weight of a word that ``names_with_word`` of ``name_count`` names have.

    It is the natural logarithm as in tf-idf, never below 0.1:
    https://en.wikipedia.org/wiki/Tf%E2%80%93idf
    """
    return max(0.1, log((name_count + 1) / (names_with_word + 0.5)))


CANONICAL_WORDS = {
    **dict.fromkeys(("univ", "uni", "univer", "universit"), "university"),
    **dict.fromkeys(("inst", "instit"), "institute"),
    **dict.fromkeys(("coll", "colleg"), "college"),
    **dict.fromkeys(("hosp", "hospit"), "hospital"),
    **dict.fromkeys(("natl", "nat"), "national"),
    **dict.fromkeys(("tech", "technol"), "technology"),
    **dict.fromkeys(("sch",), "school"),
    **dict.fromkeys(("acad",), "academy"),
    **dict.fromkeys(("ctr", "cent", "centr", "center"), "centre"),
    **dict.fromkeys(("lab", "labs"), "laboratory"),
    **dict.fromkeys(("sci",), "science"),
    **dict.fromkeys(("bus",), "business"),
    **dict.fromkeys(("med",), "medicine"),
    **dict.fromkeys(("res",), "research"),
    **dict.fromkeys(("roy",), "royal"),
    **dict.fromkeys(("metropol",), "metropolitan"),
    **dict.fromkeys(("fdn",), "foundation"),
    **dict.fromkeys(("limited",), "ltd"),
    **dict.fromkeys(("saint", "sainte"), "st"),
    "organization": "organisation",
    **dict.fromkeys(("wrecsam", "frecsam"), "wrexham"),
    **dict.fromkeys(("abertawe", "nabertawe"), "swansea"),
    **dict.fromkeys(("caerdydd", "gaerdydd", "nghaerdydd"), "cardiff"),
}
"""Abbreviations, spellings and Welsh towns, each with its canonical form."""

ENGLISH_BY_WELSH_KEYWORD = {
    **dict.fromkeys(("prifysgol", "brifysgol", "phrifysgol", "mhrifysgol"), "university"),
    **dict.fromkeys(("coleg", "goleg"), "college"),
    **dict.fromkeys(("cymru", "gymru", "nghymru"), "wales"),
}
"""Words by which a name is known to be Welsh, mutated initials included, and their English."""
ENGLISH_BY_WELSH_WORD = ENGLISH_BY_WELSH_KEYWORD | {
    **dict.fromkeys(("de", "dde"), "south"),
    **dict.fromkeys(("gogledd", "ogledd"), "north"),
    **dict.fromkeys(("metropolitan", "fetropolitan"), "metropolitan"),
    **dict.fromkeys(("cenedlaethol", "genedlaethol"), "national"),
    **dict.fromkeys(("brenhinol", "frenhinol"), "royal"),
    **dict.fromkeys(("llyfrgell", "lyfrgell"), "library"),
    **dict.fromkeys(("amgueddfa", "hamgueddfa"), "museum"),
    **dict.fromkeys(("canolfan", "ganolfan"), "centre"),
    **dict.fromkeys(("cerdd", "gerdd"), "music"),
    **dict.fromkeys(("cyhoeddus", "gyhoeddus"), "public"),
    **dict.fromkeys(("morgannwg", "forgannwg"), "glamorgan"),
    "y": "the",
    "agored": "open",
    "athrofaol": "university",
    "bryste": "bristol",
    "caeredin": "edinburgh",
    "caergrawnt": "cambridge",
    "casnewydd": "newport",
    "dewi": "david",
    "drindod": "trinity",
    "iechyd": "health",
    "lerpwl": "liverpool",
    "llundain": "london",
    "llywodraeth": "government",
    "manceinion": "manchester",
    "rhydychen": "oxford",
    "sant": "st",
    "sefydliad": "institute",
    "ysbyty": "hospital",
    "ysgol": "school",
}
"""Welsh words of names, and their English. They count in Welsh names only: "de" is also French."""

LEGAL_FORMS = frozenset("gmbh inc llc llp ltd plc".split())
"""Words for the legal form of a company."""

STOP_WORDS = LEGAL_FORMS | frozenset("a an and at by de du for in la le of on the und y".split())
"""Words that connect a name, or name its legal form, and do not distinguish it from others."""

LOOKALIKE_LETTERS = str.maketrans(
    "АВЕЅІЈКМНОРСТУХавеѕіјкмнорстухΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABESIJKMHOPCTYXabesijkmhopctyxABEZHIKMNOPTYXo"
)
"""Letters of other scripts that look like Latin ones: https://www.unicode.org/reports/tr39/"""

_LATIN_MIXED = re.compile(r"\w*[A-Za-z]\w*")
_COUNTRY_SUFFIX = re.compile(r"(.+\S)\s+\([A-Z][A-Za-z .,]+\)")
_UNITED_KINGDOM = re.compile(r"\b(?:(UK)|United Kingdom)\b")
MIN_WORDS_WITHOUT_UK = 3
"""Smallest number of significant words of a name that people write without UK before it."""
_DOTTED_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}")


def clean_name(text: str) -> str:
    """Return a name without entities, tags, odd spaces and lookalike letters."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = re.sub(r"</?[A-Za-z][^<>]*>", " ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = _LATIN_MIXED.sub(lambda found: found[0].translate(LOOKALIKE_LETTERS), text)
    return " ".join(text.split())


def tokenise_name(text: str) -> list[str]:
    """Return the words of a cleaned name, spelt out: "Univ. of Bath" is university of bath."""
    text = re.sub(r"['’‘`´]", "", text.replace("&", " and "))
    if "." in text:
        text = _DOTTED_ACRONYM.sub(lambda found: found[0].replace(".", "") + " ", text)
    words = list(split_words(text))
    if not ENGLISH_BY_WELSH_KEYWORD.keys().isdisjoint(words):
        words = [ENGLISH_BY_WELSH_WORD.get(word, word) for word in words]
    return [CANONICAL_WORDS.get(word, word) for word in words]


def strip_country(text: str) -> str:
    """Return a name without the country that registers add to companies; "" where there is none.

    "Fera Science (United Kingdom)" is ROR's name for Fera Science.
    """
    found = _COUNTRY_SUFFIX.fullmatch(text)
    return found[1] if found else ""


def vary_united_kingdom(text: str) -> list[str]:
    """Return a name with UK for United Kingdom or the reverse, and a long one without UK before it.

    Names of fewer than three significant words need their UK: UK Space Agency.
    """
    if "UK" not in text and "United Kingdom" not in text:
        return []
    swapped = _UNITED_KINGDOM.sub(lambda found: "United Kingdom" if found[1] else "UK", text)
    _, _, rest = text.partition("UK ")
    significant = [word for word in split_words(rest) if word not in STOP_WORDS]
    is_long = text.startswith(("UK ", "The UK ")) and len(significant) >= MIN_WORDS_WITHOUT_UK
    return [*([swapped] if swapped != text else []), *([rest] if is_long else [])]


def build_name_key(words: list[str]) -> str:
    """Return a key shared by names that differ only in punctuation, case and a leading "the"."""
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)


def build_word_bag(words: list[str]) -> str:
    """Return a key shared by names that differ also in word order and insignificant words.

    A trust of the NHS may have become a foundation trust since it was written down.
    """
    idle = STOP_WORDS | {"foundation"} if "nhs" in words else STOP_WORDS
    return " ".join(sorted({word for word in words if word not in idle}))
