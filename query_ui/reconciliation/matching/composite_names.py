"""Test whether the names and the town of an entity together cover every word of a query."""

from collections.abc import Sequence

from loader.release.name_index.name_normaliser import STOP_WORDS, tokenise_name
from loader.release.name_index.named_entity import NameKind
from query_ui.graph.name_index import IndexedName, NameIndex
from query_ui.reconciliation.matching.match_query import MatchQuery

MAX_DISTINCTIVE_SHARE = 0.02
"""Largest share of names that a distinctive word may occur in."""
OMISSIBLE_WORDS = frozenset({"university"})
"""Words that people omit where two words remain: Leeds Beckett, but not Durham."""


def find_composite_name(
    name_index: NameIndex, query: MatchQuery, names: Sequence[IndexedName], town_name: str
) -> str:
    """Return the name that a query contains, if the entity explains its other words; else "".

    ``names`` are all names of the entity, ``town_name`` is its town. "RGU Aberdeen" is an acronym
    with the town, "Prifysgol Glyndŵr Wrecsam" mixes two names, "Imperial College" lacks only the
    town. At least one shared word must be distinctive, which a town is not.
    """
    asked = {word for word in query.words if word not in STOP_WORDS}
    own = {name: extract_significant_words(name) for name in names}
    town = set(tokenise_name(town_name)) - STOP_WORDS
    reordered = any(name.bag == query.bag for name in names)
    if not asked or reordered or not asked <= town.union(*own.values()):
        return ""
    for name, words in own.items():
        common = asked & words
        said = words & OMISSIBLE_WORDS <= asked or len(common) > 1
        if (
            said
            and has_distinctive_word(name_index, common, town)
            and is_name_covered(name, words, asked, town)
        ):
            return name.text
    return ""


def extract_significant_words(name: IndexedName) -> set[str]:
    """Return the words of a name without stop words."""
    return {word for word in name.key.split() if word not in STOP_WORDS}


def is_name_covered(
    name: IndexedName, name_words: set[str], query_words: set[str], town_words: set[str]
) -> bool:
    """Return whether a query has all words of a name, apart from the town and omissible words.

    An acronym needs the town or two more words in the query, since many bodies share one.
    """
    if name.kind == NameKind.ACRONYM:
        return name_words <= query_words and bool(
            town_words & (query_words - name_words) or len(query_words - name_words) > 1
        )
    return name_words <= query_words | town_words | OMISSIBLE_WORDS


def has_distinctive_word(
    name_index: NameIndex, shared_words: set[str], town_words: set[str]
) -> bool:
    """Return whether a shared word is rare and neither a town nor an omissible word."""
    rest: Sequence[str] = sorted(shared_words - town_words - OMISSIBLE_WORDS)
    places = name_index.load_countries_by_town(rest) if rest else {}
    most = max(3.0, MAX_DISTINCTIVE_SHARE * len(name_index.entity_numbers))
    return any(
        len(name_index.find_name_numbers(word)) <= most for word in rest if word not in places
    )
