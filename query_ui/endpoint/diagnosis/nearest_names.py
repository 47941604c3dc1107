"""Nearness: which known name somebody may have meant by one that is not known."""

import re
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher

CLOSE = 0.74
PART = 5
"""How alike two names have to be, and how long a name is that may be a part of another."""


def local_name(iri: str) -> str:
    """What follows the last slash, number sign or colon of an IRI, a closing one left aside."""
    return re.split(r"[/#:]", iri.rstrip("/#"))[-1]


def american(name: str) -> str:
    """A name in small letters and in the spelling that most vocabularies have."""
    return name.casefold().replace("isation", "ization")


def likeness(one: str, other: str) -> float:
    """How alike two texts are, from 0 to 1, upper and lower case being the same."""
    matcher = SequenceMatcher(None, one.casefold(), other.casefold())
    quick = matcher.quick_ratio()
    return matcher.ratio() if quick >= CLOSE else quick


def nearest_iris(iri: str, known: Collection[str], most: int = 4) -> list[tuple[str, str]]:
    """The known IRIs that may be meant, the likeliest first, each with the kind of difference.

    The kinds are scheme (http, https), slash (a closing slash or number sign), case, namespace,
    spelling, and part where the name is one of a longer one.
    """
    ranked = sorted(_ranked(iri, known), key=lambda found: (-found[0], found[1]))
    return [(other, kind) for _, other, kind in ranked[:most]]


def _ranked(iri: str, known: Collection[str]) -> Iterator[tuple[float, str, str]]:
    name = local_name(iri)
    space = iri[: iri.rstrip("/#").rfind(name)] if name else iri
    for other in known:
        kind = plain_difference(iri, other)
        if kind:
            yield 4.0, other, kind
            continue
        other_name = local_name(other)
        if not name or not other_name:
            continue
        if name.casefold() == other_name.casefold():
            yield 3.0 + likeness(iri, other), other, "namespace"
            continue
        like = likeness(name, other_name)
        beside = other.startswith(space)
        if like >= (CLOSE if beside else 0.86):
            yield (2.0 if beside else 1.0) + like, other, "spelling"
        elif len(name) >= PART and american(name) in american(other_name):
            yield (0.5 if beside else 0.0) + like, other, "part"


def plain_difference(iri: str, other: str) -> str:
    """How two IRIs differ, where that is one small thing; "" where it is more."""
    if _no_scheme(iri) == _no_scheme(other):
        return "scheme"
    if iri.rstrip("/#") == other.rstrip("/#") or _hashless(iri) == _hashless(other):
        return "slash"
    if _hashless(_no_scheme(iri)) == _hashless(_no_scheme(other)):
        return "scheme"
    return "case" if iri.casefold() == other.casefold() else ""


def _no_scheme(iri: str) -> str:
    return re.sub(r"^https?://(www\.)?", "//", iri)


def _hashless(iri: str) -> str:
    return iri.replace("#", "/").rstrip("/")


def variants(iri: str) -> list[str]:
    """The IRI with the other scheme, with and without a closing slash."""
    swapped = re.sub(r"^http(s?)://", lambda f: "http://" if f[1] else "https://", iri)
    found = [swapped]
    for one in (iri, swapped):
        plain = one.rstrip("/#")
        found += [plain, f"{plain}/"] + ([] if "#" in plain else [f"{plain}#"])
    return [one for one in dict.fromkeys(found) if one != iri]


def nearest_texts(text: str, known: Sequence[str], most: int = 3) -> list[str]:
    """The known texts that may be meant, the likeliest first."""
    plain = " ".join(text.split())
    ranked = sorted(((likeness(plain, " ".join(o.split())), o) for o in known), reverse=True)
    return [other for like, other in ranked if like >= CLOSE][:most]
