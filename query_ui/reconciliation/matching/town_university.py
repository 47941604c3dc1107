"""Universities of towns that were colleges of a national one: University of Wales, Swansea."""

from collections.abc import Iterator, Sequence

from query_ui.graph.name_index import IndexedName, NameIndex
from query_ui.reconciliation.matching.countries import load_country_code_by_name

TOWN_FEATURE = "town_university"
"""Feature of a match with the university of a town."""
MAX_TOWN_WORDS = 3
"""Largest number of words in the name of a town."""


def find_town_universities(
    name_index: NameIndex, words: Sequence[str]
) -> Iterator[tuple[int, int, IndexedName]]:
    """Yield the universities of towns that follow "University of" and a country.

    Each has the words from which and up to which it is named, and the name in the index; it lies
    in that country, and is the only university with the name of the town.
    """
    codes = load_country_code_by_name()
    for start in range(len(words) - 3):
        code = codes.get(words[start + 2])
        if tuple(words[start : start + 2]) != ("university", "of") or not code:
            continue
        for end in range(start + 4, min(len(words), start + 3 + MAX_TOWN_WORDS) + 1):
            town = " ".join(words[start + 3 : end])
            names = name_index.find_names_by_key([f"university of {town}", f"{town} university"])
            numbers = {name.entity_number for name in names}
            if len(numbers) == 1 and name_index.load_entity(min(numbers)).country == code:
                yield start, end, names[0]
