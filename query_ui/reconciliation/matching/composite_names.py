"""Whether all names of a thing and its town account together for every word of a question."""

from collections.abc import Sequence

from loader.release.name_index.name_normaliser import STOP_WORDS, tokenise_name
from loader.release.name_index.named_entity import NameKind
from query_ui.graph.name_index import IndexedName, NameIndex
from query_ui.reconciliation.matching.match_query import MatchQuery

MAX_DISTINCTIVE_SHARE = 0.02
"""The share of names that a word may be in and still tell something."""
OMISSIBLE_WORDS = frozenset({"university"})
"""What people leave out where two words are left: Leeds Beckett, but not Durham."""


def find_composite_name(
    name_index: NameIndex, query: MatchQuery, names: Sequence[IndexedName], town_name: str
) -> str:
    """The name that a question has in full, where a thing explains its other words; else "".

    ``names`` are all names of the thing, ``town_name`` is its town. "RGU Aberdeen" has the acronym
    and the town; "Prifysgol Glyndŵr Wrecsam" two names mixed; "Imperial College" lacks the town
    alone. A word in common that is no town has to be there.
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
    return {word for word in name.key.split() if word not in STOP_WORDS}


def is_name_covered(
    name: IndexedName, name_words: set[str], query_words: set[str], town_words: set[str]
) -> bool:
    """Whether a question has all of a name but what goes without saying.

    With an acronym the town has to be named, since many share one.
    """
    if name.kind == NameKind.ACRONYM:
        return name_words <= query_words and bool(
            town_words & (query_words - name_words) or len(query_words - name_words) > 1
        )
    return name_words <= query_words | town_words | OMISSIBLE_WORDS


def has_distinctive_word(
    name_index: NameIndex, shared_words: set[str], town_words: set[str]
) -> bool:
    """Whether the words in common say more than a town and the sort of institution."""
    rest: Sequence[str] = sorted(shared_words - town_words - OMISSIBLE_WORDS)
    places = name_index.load_countries_by_town(rest) if rest else {}
    most = max(3.0, MAX_DISTINCTIVE_SHARE * len(name_index.entity_numbers))
    return any(
        len(name_index.find_name_numbers(word)) <= most for word in rest if word not in places
    )
