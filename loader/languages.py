"""The language in which an entity is shown, by the tags of its labels alone.

The site is in British English. What has no label in it is shown in the language that is commonest
in its concept scheme, so that a scheme is not a mixture of languages.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

SITE_RANGES = ("en-GB", "en")


def look_up_language(ranges: Iterable[str], tags: Collection[str]) -> str | None:
    """Return the tag that fits a language priority list best, or None.

    Lookup of RFC 4647, section 3.4 (https://www.rfc-editor.org/rfc/rfc4647#section-3.4): each range
    is shortened from its end until a tag equals it, so ``enm`` never fits ``en``.
    """
    by_lower = {tag.lower(): tag for tag in sorted(tags, reverse=True)}
    for one in ranges:
        subtags = one.lower().split("-")
        while subtags:
            tag = by_lower.get("-".join(subtags))
            if tag is not None:
                return tag
            subtags.pop()
            # A single letter or digit begins what follows it, and means nothing alone.
            if subtags and len(subtags[-1]) == 1:
                subtags.pop()
    return None


def choose_language(tags: Iterable[str], commonest: Sequence[str] = ()) -> str:
    """Return the tag to show, "" for text without one; ``commonest`` are those of the scheme.

    In order: en-GB, en or no tag, English of elsewhere (basic filtering of RFC 4647, section
    3.3.1), the languages of the scheme, the first by name.
    """
    known = set(tags)
    found = look_up_language(SITE_RANGES, known)
    if found is not None or "" in known:
        return found or ""
    english = [tag for tag in known if tag.lower().startswith("en-")]
    if english:
        return min(english)
    return look_up_language(commonest, known) or min(known, default="")


def is_shown_with(tag: str, chosen: str) -> bool:
    """Return whether text with a tag is shown where another was chosen.

    Text without a tag goes with English, in which the site is.
    """
    same = {"", "en"}
    return tag.lower() == chosen.lower() or {tag.lower(), chosen.lower()} <= same


def order_languages(
    labels: Iterable[tuple[str, str, int]],
) -> Mapping[str, tuple[str, ...]]:
    """Return the languages of each scheme, the commonest first, those as common by name.

    ``labels`` are of a scheme, a language tag and the number of labels.
    """
    counts: dict[str, Counter[str]] = {}
    for scheme, tag, number in labels:
        counts.setdefault(scheme, Counter())[tag] += number
    return {
        scheme: tuple(sorted(found, key=lambda tag: (-found[tag], tag)))
        for scheme, found in counts.items()
    }
