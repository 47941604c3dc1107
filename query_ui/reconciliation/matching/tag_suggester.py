"""Suggestion of concepts for a text, by the words of their labels that it contains."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

from loader.release.name_index.name_normaliser import STOP_WORDS, tokenise_name
from loader.release.name_index.named_entity import NameKind
from query_ui.graph.name_index import IndexedEntity, IndexedName, NameIndex

TAG_FEATURE_WEIGHTS = {
    "label_in_text": 60.0,
    "alternative_in_text": 55.0,
    "words_near": 35.0,
    "words_in_part": 30.0,
    "times": 10.0,
}
"""Weight by feature; the score is the sum of value × weight."""
MAX_TAGS = 15
"""Largest number of suggestions."""
MIN_LABEL_SHARE = 0.45
"""Smallest share of a label's words, weighted by rarity, that a text must contain."""
MAX_WEAK_WORD_LENGTH = 2
"""Length up to which a word is no evidence alone, such as "be", the stem of well-being."""
MAX_WORD_GAP = 8
"""Largest number of words between those of a label that are near each other."""


@dataclass(frozen=True, slots=True)
class TagSuggestion:
    """Concept that a text may be tagged with; ``words`` are the matching words of the text."""

    entity: IndexedEntity
    features: dict[str, float]
    words: tuple[str, ...]

    @property
    def score(self) -> float:
        """Sum of value × weight, 0 to 70; below 35 only part of a label matched."""
        return round(
            sum(TAG_FEATURE_WEIGHTS[name] * value for name, value in self.features.items()), 2
        )


def suggest_tags(name_index: NameIndex, text: str, types: frozenset[str]) -> list[TagSuggestion]:
    """Return at most ``MAX_TAGS`` concepts of ``types`` that a text mentions, best first.

    Words are compared by their stems, with the Porter tokenizer of SQLite's FTS5:
    https://www.sqlite.org/fts5.html#porter_tokenizer
    """
    found: dict[int, TagSuggestion] = {}
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE VIRTUAL TABLE said USING fts5(text, tokenize = 'porter unicode61')")
        base.execute("INSERT INTO said VALUES (?)", [text])
        for name, entity in list_concept_labels(name_index, types):
            tag = match_label(name_index, base, name, entity)
            known = found.get(entity.number)
            if tag and (known is None or tag.score > known.score):
                found[entity.number] = tag
    ranked = sorted(found.values(), key=lambda tag: (-tag.score, tag.entity.label))
    return ranked[:MAX_TAGS]


def list_concept_labels(
    name_index: NameIndex, types: frozenset[str]
) -> Iterator[tuple[IndexedName, IndexedEntity]]:
    """Yield the labels of all concepts of ``types``, without acronyms."""
    for entity in name_index.list_entities_of_types(types):
        for name in name_index.load_names_by_entity([entity.number])[entity.number]:
            if name.kind != NameKind.ACRONYM:
                yield name, entity


def match_label(
    name_index: NameIndex, connection: sqlite3.Connection, name: IndexedName, concept: IndexedEntity
) -> TagSuggestion | None:
    """Return a suggestion if the text has the label, its words near each other, or part of it."""
    words = [word for word in tokenise_name(name.text) if word not in STOP_WORDS]
    if not words:
        return None
    whole = "label_in_text" if name.kind == NameKind.LABEL else "alternative_in_text"
    near = "NEAR(" + " ".join(f'"{word}"' for word in words) + f", {MAX_WORD_GAP})"
    # From the strongest evidence to the weakest; the first that matches is taken.
    ways = [(whole, '"' + " ".join(tokenise_name(name.text)) + '"')]
    ways += [("words_near", near)] if len(words) > 1 else []
    for feature, query in ways:
        said = find_words_in_text(connection, query)
        if said:
            times = min(1.0, (len(said) - 1) / 4)
            features = {feature: 1.0} | ({"times": times} if times else {})
            return TagSuggestion(concept, features, tuple(dict.fromkeys(said)))
    return match_label_partially(name_index, connection, words, concept)


def match_label_partially(
    name_index: NameIndex, connection: sqlite3.Connection, words: list[str], concept: IndexedEntity
) -> TagSuggestion | None:
    """Return a suggestion if the text has ``MIN_LABEL_SHARE`` of a label's words by weight."""
    found = {
        word: [
            said
            for said in find_words_in_text(connection, f'"{word}"')
            if len(said) > MAX_WEAK_WORD_LENGTH
        ]
        for word in words
    }
    had = [word for word in words if found[word]]
    share = name_index.sum_word_weights(had) / max(name_index.sum_word_weights(words), 0.1)
    if len(words) < 2 or share < MIN_LABEL_SHARE:
        return None
    said = tuple(dict.fromkeys(one for word in had for one in found[word]))
    return TagSuggestion(concept, {"words_in_part": round(share, 3)}, said)


def find_words_in_text(connection: sqlite3.Connection, query: str) -> list[str]:
    """Return the words of the text that an FTS5 query matches, in lower case."""
    # highlight() marks each match in the text itself, which also reveals the inflected form.
    row = connection.execute(
        "SELECT highlight(said, 0, char(1), char(2)) FROM said WHERE said MATCH ?", [query]
    ).fetchone()
    return [word.lower() for word in extract_marked_words(row[0])] if row else []


def extract_marked_words(highlighted: str) -> Iterable[str]:
    """Return the words between the marks U+0001 and U+0002."""
    return (part.partition("\x02")[0] for part in highlighted.split("\x01")[1:])
