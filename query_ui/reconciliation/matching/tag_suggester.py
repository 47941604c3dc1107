"""Which concepts a text is about, by the words of their labels and definitions that it has."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

from loader.release.name_index.name_normaliser import IDLE, tokens
from loader.release.name_index.named_entity import Kind
from query_ui.graph.name_index import Gazetteer, Named, Thing

WEIGHTS = {
    "label_in_text": 60.0,
    "alternative_in_text": 55.0,
    "words_near": 35.0,
    "words_in_part": 30.0,
    "times": 10.0,
}
"""What each feature is worth at value 1; the score is their sum."""
MOST = 15
HALF = 0.45
"""The least share of what the words of a label tell that a text has to have."""
SHORT = 2
"""Letters of a word that tells nothing alone, as "be", which has the stem of well-being."""
NEAR = 8
"""Words that may stand between those of a label."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A concept that a text may be tagged with; ``words`` are those of the text that say so."""

    thing: Thing
    features: dict[str, float]
    words: tuple[str, ...]

    @property
    def score(self) -> float:
        """0 to 70, the sum of value × weight; below 35 no more than a part of a label was found."""
        return round(sum(WEIGHTS[name] * value for name, value in self.features.items()), 2)


def suggest_tags(gazetteer: Gazetteer, text: str, types: frozenset[str]) -> list[Tag]:
    """The concepts of these types that a text speaks of, at most fifteen, the surest first.

    Words are compared by their stems, as Porter's algorithm has them in SQLite's FTS5:
    https://www.sqlite.org/fts5.html#porter_tokenizer
    """
    found: dict[int, Tag] = {}
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE VIRTUAL TABLE said USING fts5(text, tokenize = 'porter unicode61')")
        base.execute("INSERT INTO said VALUES (?)", [text])
        for name, thing in labels(gazetteer, types):
            tag = tagged(gazetteer, base, name, thing)
            known = found.get(thing.number)
            if tag and (known is None or tag.score > known.score):
                found[thing.number] = tag
    ranked = sorted(found.values(), key=lambda tag: (-tag.score, tag.thing.label))
    return ranked[:MOST]


def labels(gazetteer: Gazetteer, types: frozenset[str]) -> Iterator[tuple[Named, Thing]]:
    """The labels of all concepts of these types, acronyms left out."""
    for thing in gazetteer.things_of(types):
        for name in gazetteer.names_of([thing.number])[thing.number]:
            if name.kind != Kind.ACRONYM:
                yield name, thing


def tagged(gazetteer: Gazetteer, base: sqlite3.Connection, name: Named, thing: Thing) -> Tag | None:
    """What a text says of one label: the label itself, its words close together, or half of it."""
    words = [word for word in tokens(name.text) if word not in IDLE]
    if not words:
        return None
    whole = "label_in_text" if name.kind == Kind.LABEL else "alternative_in_text"
    near = "NEAR(" + " ".join(f'"{word}"' for word in words) + f", {NEAR})"
    ways = [(whole, '"' + " ".join(tokens(name.text)) + '"')]
    ways += [("words_near", near)] if len(words) > 1 else []
    for feature, query in ways:
        said = marked(base, query)
        if said:
            times = min(1.0, (len(said) - 1) / 4)
            features = {feature: 1.0} | ({"times": times} if times else {})
            return Tag(thing, features, tuple(dict.fromkeys(said)))
    return in_part(gazetteer, base, words, thing)


def in_part(
    gazetteer: Gazetteer, base: sqlite3.Connection, words: list[str], thing: Thing
) -> Tag | None:
    """What a text says of a label of which it has words that tell at least ``HALF`` of it."""
    found = {
        word: [said for said in marked(base, f'"{word}"') if len(said) > SHORT] for word in words
    }
    had = [word for word in words if found[word]]
    share = gazetteer.sum_of(had) / max(gazetteer.sum_of(words), 0.1)
    if len(words) < 2 or share < HALF:
        return None
    said = tuple(dict.fromkeys(one for word in had for one in found[word]))
    return Tag(thing, {"words_in_part": round(share, 3)}, said)


def marked(base: sqlite3.Connection, query: str) -> list[str]:
    """The words of the text that a query of FTS5 finds, in small letters."""
    row = base.execute(
        "SELECT highlight(said, 0, char(1), char(2)) FROM said WHERE said MATCH ?", [query]
    ).fetchone()
    return [word.lower() for word in between(row[0])] if row else []


def between(marked: str) -> Iterable[str]:
    """The words that were marked."""
    return (part.partition("\x02")[0] for part in marked.split("\x01")[1:])
