"""ROR's single search for affiliations, from its public description, to compare ours with.

One search finds candidates by the words of the whole text. A name is scored by how well it fits
the best part of the text, 0 to 100. Inactive records, acronyms and organisations of other countries
than those of the text are left out. The one with the longest name from ``MIN_SCORE`` on is chosen,
and none where two have that name: https://ror.readme.io/docs/api-affiliation
"""

from collections import defaultdict
from collections.abc import Iterator
from math import log
from pathlib import Path

from rapidfuzz import fuzz

from loader.release.name_index import NameKind
from loader.release.registers import read_register
from loader.release.search_index.text_folding import split_words
from query_ui.reconciliation.matching.countries import load_country_code_by_name

MAX_CANDIDATES = 200
"""Largest number of names that are scored."""
MIN_SCORE = 96
"""Smallest score of a name that may be chosen."""
MIN_NAME_LENGTH = 5
"""Smallest number of characters of a name that is scored."""
MAX_COUNTRY_WORDS = 4
"""Largest number of words in the name of a country."""


class SingleSearch:
    """The names of the active organisations of a register, by their words."""

    def __init__(self, register: Path) -> None:
        """Read the register."""
        self.names: list[tuple[str, str, str]] = []
        self.numbers_by_word: dict[str, list[int]] = defaultdict(list)
        for entity in read_register(register):
            for name in entity.names if entity.status == "active" else ():
                words = list(split_words(name.text))
                if name.kind is not NameKind.ACRONYM and len(" ".join(words)) >= MIN_NAME_LENGTH:
                    for word in set(words):
                        self.numbers_by_word[word].append(len(self.names))
                    self.names.append((" ".join(words), entity.iri, entity.country))

    def find(self, text: str) -> str:
        """Return the IRI of the organisation that is chosen for a text, or ""."""
        words = list(split_words(text))
        plain, countries = " ".join(words), set(list_countries(words))
        fitting: dict[str, set[str]] = defaultdict(set)
        for number in self.search(words):
            name, iri, country = self.names[number]
            if countries and country and country not in countries:
                continue
            # A name longer than the text is compared with all of it.
            score = fuzz.partial_ratio if len(name) <= len(plain) else fuzz.ratio
            if score(name, plain) >= MIN_SCORE:
                fitting[name].add(iri)
        best = fitting[max(fitting, key=len)] if fitting else set()
        return next(iter(best)) if len(best) == 1 else ""

    def search(self, words: list[str]) -> list[int]:
        """Return the numbers of the names that share the most and the rarest words, best first."""
        found: dict[int, float] = defaultdict(float)
        for word in set(words):
            having = self.numbers_by_word.get(word, ())
            for number in having:
                found[number] += log(len(self.names) / len(having))
        return sorted(found, key=lambda number: -found[number])[:MAX_CANDIDATES]


def list_countries(words: list[str]) -> Iterator[str]:
    """Yield the codes of the countries that are named anywhere in a text."""
    codes = load_country_code_by_name()
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + MAX_COUNTRY_WORDS) + 1):
            name = " ".join(words[start:end])
            if name in codes and (len(name) > 2 or name in ("uk", "us")):
                yield codes[name]
