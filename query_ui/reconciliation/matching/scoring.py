"""Features of candidates, the score that they add up to, and the query that is matched."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from loader.release.name_index.name_normaliser import (
    build_name_key,
    build_word_bag,
    clean_name,
    tokenise_name,
)


@dataclass(frozen=True, slots=True)
class MatchQuery:
    """Name to match, with evidence.

    ``identifiers`` are pairs of scheme and full form; ``places`` are names of towns;
    ``country`` is an ISO 3166-1 alpha-2 code or ""; ``types`` restricts the matches, unless empty.
    ``words``, ``key`` and ``bag`` are the normalised forms of ``text`` by ``name_normaliser``.
    """

    text: str
    identifiers: tuple[tuple[str, str], ...] = ()
    places: tuple[str, ...] = ()
    country: str = ""
    types: frozenset[str] = frozenset()
    words: tuple[str, ...] = field(init=False)
    key: str = field(init=False, compare=False)
    bag: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        words = tokenise_name(clean_name(self.text))
        object.__setattr__(self, "words", tuple(words))
        object.__setattr__(self, "key", build_name_key(words))
        object.__setattr__(self, "bag", build_word_bag(words))


FEATURE_WEIGHTS: dict[str, float] = {
    "exact_label": 91,
    "alternative_label": 90,
    "former_name": 88,
    "other_order": 86,
    "names_together": 86,
    "without_remark": 86,
    "town_university": 86,
    "acronym": 55,
    "acronym_in_label": 33,
    "token_overlap": 44,
    "spelling": 44,
    "identifier": 100,
    "other_identifier": -45,
    "homepage": 40,
    "place": 5,
    "other_place": -15,
    "country": 4,
    "other_country": -60,
    "unplaced": -10,
    "town_alone": -6,
    "inactive": -3,
    "withdrawn": -20,
    "superseded": -20,
    "properties": 0,
}
"""Weight by feature. A score is the sum of value × weight, clamped to 0 … 100."""

WHOLE_NAME_FEATURES = frozenset(FEATURE_WEIGHTS) & {
    *("exact_label", "alternative_label", "former_name"),
    *("other_order", "names_together", "without_remark", "town_university"),
}
"""Features of a match with a whole name, acronyms excluded."""

FEATURE_DESCRIPTIONS: dict[str, str] = {
    "exact_label": "it is called exactly so, but for case, accents, signs and a leading “the”",
    "alternative_label": "it is also called so",
    "former_name": "a record that it has replaced is called so",
    "other_order": "one of its names has the same words in another order",
    "names_together": "its names, its acronym and its town together account for every word",
    "without_remark": "it is called so, but for a remark in brackets",
    "town_university": "it is the university of a town that follows University of and a country, "
    "as in University of Wales, Swansea",
    "acronym": "it is abbreviated so, or called by this short word, as others may be",
    "acronym_in_label": "that abbreviation is a word of its name, and of no other body's",
    "token_overlap": "share of the words in common, each weighed by how rare it is",
    "spelling": "likeness of the spelling, whatever the order of the words",
    "identifier": "an identifier that was given is its own",
    "other_identifier": "it has another identifier of the kind that was given",
    "homepage": "the homepage that was given is its own",
    "place": "it lies in a place that was named",
    "other_place": "it lies elsewhere than the place that was named",
    "country": "it lies in the country that was named",
    "other_country": "it lies in another country than the one that was named",
    "unplaced": "an address follows that has no country and not its town",
    "town_alone": "University and a town in another order: another country may have a university "
    "of that name, and nothing confirms the country",
    "inactive": "the registry says that it has ceased",
    "withdrawn": "the registry has withdrawn the record",
    "superseded": "the registry says that one other body has taken its place",
    "properties": "share of the other properties given that it has; told, and not counted",
}
"""Explanation of each feature, as shown to users."""


@dataclass(slots=True)
class Candidate:
    """Entity that a name may mean.

    ``number`` is the entity's number in the name index, ``by`` the name that matched, ``features``
    are values from 0 to 1.
    """

    number: int
    by: str
    features: dict[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """Score from 0 to 100, computed anew from the features on each access."""
        return compute_score(self.features.items())

    @property
    def has_whole_name(self) -> bool:
        """Whether a whole name matched, not only a similar one or an acronym."""
        return not WHOLE_NAME_FEATURES.isdisjoint(self.features)


def compute_score(features: Iterable[tuple[str, float]]) -> float:
    """Return Σ value × weight, clamped to 0 … 100 and rounded to two decimal places."""
    total = sum(value * FEATURE_WEIGHTS[name] for name, value in features)
    return round(min(100.0, max(0.0, total)), 2)
