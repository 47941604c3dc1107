"""What is asked: a name, and what else is known of the thing that it means."""

from dataclasses import dataclass, field

from loader.gazetteer.names import bag_of, clean, key_of, tokens


@dataclass(frozen=True, slots=True)
class Question:
    """A name with evidence.

    ``identifiers`` are pairs of scheme and full form; ``places`` names of towns; ``country`` a code
    of ISO 3166-1 or ""; ``types`` restricts what may be found, and is empty for everything.
    """

    text: str
    identifiers: tuple[tuple[str, str], ...] = ()
    places: tuple[str, ...] = ()
    country: str = ""
    types: frozenset[str] = frozenset()
    words: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(tokens(clean(self.text))))

    @property
    def key(self) -> str:
        return key_of(list(self.words))

    @property
    def bag(self) -> str:
        return bag_of(list(self.words))
