"""Which known name somebody may have meant by one that is not known."""

import re
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher

MIN_SIMILARITY = 0.74
MIN_PART_LENGTH = 5
"""How alike two names have to be, and how long a name is that may be a part of another."""


def get_local_name(iri: str) -> str:
    """Return what follows the last slash, number sign or colon of an IRI but a closing one."""
    return re.split(r"[/#:]", iri.rstrip("/#"))[-1]


def normalise_spelling(name: str) -> str:
    """Return a name in small letters and in the spelling that most vocabularies have."""
    return name.casefold().replace("isation", "ization")


def compute_similarity(one: str, other: str) -> float:
    """Return how alike two texts are, from 0 to 1, upper and lower case being the same."""
    matcher = SequenceMatcher(None, one.casefold(), other.casefold())
    quick = matcher.quick_ratio()
    return matcher.ratio() if quick >= MIN_SIMILARITY else quick


def find_nearest_iris(iri: str, known: Collection[str], limit: int = 4) -> list[tuple[str, str]]:
    """Return the known IRIs that may be meant with the kind of difference, the likeliest first.

    The kinds are scheme (http, https), slash (a closing slash or number sign), case, namespace,
    spelling, and part where the name is one of a longer one.
    """
    ranked = sorted(_rank_iris(iri, known), key=lambda found: (-found[0], found[1]))
    return [(other, kind) for _, other, kind in ranked[:limit]]


def _rank_iris(iri: str, known: Collection[str]) -> Iterator[tuple[float, str, str]]:
    name = get_local_name(iri)
    space = iri[: iri.rstrip("/#").rfind(name)] if name else iri
    for other in known:
        kind = classify_difference(iri, other)
        if kind:
            yield 4.0, other, kind
            continue
        other_name = get_local_name(other)
        if not name or not other_name:
            continue
        if name.casefold() == other_name.casefold():
            yield 3.0 + compute_similarity(iri, other), other, "namespace"
            continue
        like = compute_similarity(name, other_name)
        beside = other.startswith(space)
        if like >= (MIN_SIMILARITY if beside else 0.86):
            yield (2.0 if beside else 1.0) + like, other, "spelling"
        elif _is_part_of(name, other_name):
            yield (0.5 if beside else 0.0) + like, other, "part"


def _is_part_of(name: str, other: str) -> bool:
    long_enough = len(name) >= MIN_PART_LENGTH
    return long_enough and normalise_spelling(name) in normalise_spelling(other)


def classify_difference(iri: str, other: str) -> str:
    """Return how two IRIs differ, where that is one small thing; "" where it is more."""
    if _strip_scheme(iri) == _strip_scheme(other):
        return "scheme"
    if iri.rstrip("/#") == other.rstrip("/#") or _strip_hash(iri) == _strip_hash(other):
        return "slash"
    if _strip_hash(_strip_scheme(iri)) == _strip_hash(_strip_scheme(other)):
        return "scheme"
    return "case" if iri.casefold() == other.casefold() else ""


def _strip_scheme(iri: str) -> str:
    return re.sub(r"^https?://(www\.)?", "//", iri)


def _strip_hash(iri: str) -> str:
    return iri.replace("#", "/").rstrip("/")


def list_variants(iri: str) -> list[str]:
    """Return the IRI with the other scheme, with and without a closing slash."""
    swapped = re.sub(r"^http(s?)://", lambda f: "http://" if f[1] else "https://", iri)
    found = [swapped]
    for one in (iri, swapped):
        plain = one.rstrip("/#")
        found += [plain, f"{plain}/"] + ([] if "#" in plain else [f"{plain}#"])
    return [one for one in dict.fromkeys(found) if one != iri]


def find_nearest_texts(text: str, known: Sequence[str], limit: int = 3) -> list[str]:
    """Return the known texts that may be meant, the likeliest first."""
    plain = " ".join(text.split())
    ranked = sorted(
        ((compute_similarity(plain, " ".join(o.split())), o) for o in known), reverse=True
    )
    return [other for like, other in ranked if like >= MIN_SIMILARITY][:limit]
