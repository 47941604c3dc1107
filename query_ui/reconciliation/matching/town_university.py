"""Universities named after a town: University of Wales, Swansea; York University."""

from collections.abc import Iterable, Iterator, Sequence

from query_ui.graph.name_index import IndexedEntity, IndexedName, NameIndex
from query_ui.reconciliation.matching.countries import (
    load_country_code_by_name,
    load_subdivision_names,
)
from query_ui.reconciliation.matching.scoring import MatchQuery

TOWN_FEATURE = "town_university"
"""Feature of a match with the university of a town."""
MAX_TOWN_WORDS = 3
"""Largest number of words in the name of a town."""


def find_town_universities(
    name_index: NameIndex, words: Sequence[str]
) -> Iterator[tuple[int, int, IndexedName]]:
    """Yield the universities of towns that follow "University of" or "University" and a country.

    Each has the words from which and up to which it is named, and the name in the index; it lies
    in that country, and is the only university with the name of the town.
    """
    codes = load_country_code_by_name()
    for start in range(len(words) - 2):
        first = start + (2 if words[start + 1] == "of" else 1)
        code = codes.get(words[first])
        if words[start] != "university" or not code:
            continue
        for end in range(first + 2, min(len(words), first + 1 + MAX_TOWN_WORDS) + 1):
            town = " ".join(words[first + 1 : end])
            names = name_index.find_names_by_key([f"university of {town}", f"{town} university"])
            numbers = {name.entity_number for name in names}
            if len(numbers) == 1 and name_index.load_entity(min(numbers)).country == code:
                yield start, end, names[0]


CONFIRMING_FEATURES = frozenset({"country", "place", "identifier", "homepage"})
"""Features that confirm which of the universities of a name is meant."""


def find_reversed_town(words: Sequence[str]) -> str:
    """Return the town in "X University" or "University of X"; "" where there is none."""
    if tuple(words[:2]) == ("university", "of"):
        return " ".join(words[2:])
    return " ".join(words[:-1]) if tuple(words[-1:]) == ("university",) else ""


def is_town_alone(
    name_index: NameIndex, query: MatchQuery, entity: IndexedEntity, features: Iterable[str]
) -> bool:
    """Return whether a candidate rests on "X University" for University of X, or the reverse.

    X is a town or county, and nothing confirms the country. There is a York University in Toronto,
    which a register of the United Kingdom does not know; a register of the world does.
    """
    confirmed = not CONFIRMING_FEATURES.isdisjoint(features)
    if confirmed or "other_order" not in features or name_index.is_international:
        return False
    town = find_reversed_town(query.key.split())
    if not town:
        return False
    counties = load_subdivision_names(entity.country) if entity.country else frozenset()
    return town in counties or name_index.has_town_beginning_with(town)
