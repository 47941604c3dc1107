"""Query for matching: a name with evidence about the entity that it means."""

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
