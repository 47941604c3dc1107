"""The names of all values that parameters can have, and the values that a question names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from loader.release.search_index.text_folding import fold_text
from loader.settings import BASE
from query_ui.graph.ask.question_words import STOP_WORDS, QuestionWord, Stemmer
from query_ui.graph.choice_names import get_short_name

MAX_NAME_WORDS = 12
"""Longer names are not looked for."""
NATION_LIST = "nations"
NATION_ADJECTIVES = {
    "English": "England",
    "Northern Irish": "Northern Ireland",
    "Scottish": "Scotland",
    "Welsh": "Wales",
}
"""Words for what belongs to a nation, which its label does not have."""
_GENERIC_WORDS = frozenset("university universities the of and trust in for uk".split())
"""Words that are left out of names in speech: "University of Leeds" is "Leeds"."""

ENTITY = f"{BASE}id/"
FULL, SHORT, PART = 0, 1, 2
"""How completely words name a value; of several values those named most completely count."""


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A value of the list ``choices`` with its label; ``name`` is one of its names."""

    choices: str
    value: str
    label: str
    name: str


@dataclass(frozen=True, slots=True)
class Mention:
    """The values that the words from ``start`` to before ``end`` may mean, by list of choices."""

    start: int
    end: int
    values: Mapping[str, tuple[NamedValue, ...]]


class ValueNames:
    """The names of values as sequences of stems; ``vocabulary`` has stems of ordinary words.

    An ordinary word alone is never a part of a name, and neither is a word of the name of a topic
    or group: "services" does not name Raindance Educational Services.
    """

    def __init__(
        self, names: Iterable[NamedValue], stemmer: Stemmer, vocabulary: frozenset[str]
    ) -> None:
        self._levels: defaultdict[tuple[str, ...], dict[NamedValue, int]] = defaultdict(dict)
        self._single_parts: set[str] = set()
        listed = list(names)
        for named in listed:
            for level, text in list_forms(named):
                self._add(tuple(stemmer.list_stems(text)), named, level)
        topics = (one for one in listed if not one.value.startswith(ENTITY))
        words = {
            stem
            for one in topics
            if one.choices != NATION_LIST
            for stem in stemmer.list_stems(one.name)
        }
        self._add_parts(listed, stemmer, vocabulary | words)
        self.stems = frozenset(stem for key in self._levels for stem in key)

    def find_mentions(self, words: Sequence[QuestionWord]) -> list[Mention]:
        """Return what the words name: the longest names first, none of which overlap."""
        is_lower = not any(word.is_capital for word in words)
        taken: set[int] = set()
        found: list[Mention] = []
        for length in range(min(MAX_NAME_WORDS, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                part = words[start : start + length]
                if taken.isdisjoint(range(start, start + length)):
                    values = self._find_values(part, is_lower, len(words) == 1)
                    if values:
                        taken.update(range(start, start + length))
                        found.append(Mention(start, start + length, values))
        return sorted(found, key=lambda mention: mention.start)

    def _find_values(
        self, words: Sequence[QuestionWord], is_lower: bool, is_alone: bool
    ) -> dict[str, tuple[NamedValue, ...]]:
        key = tuple(word.stem for word in words)
        if key[0] in self._single_parts and len(key) == 1 and not words[0].is_capital:
            if not is_lower or (len(key[0]) < 5 and not is_alone):
                return {}
        written = fold_text(" ".join(word.text for word in words))
        by_list: defaultdict[str, list[tuple[int, NamedValue]]] = defaultdict(list)
        for named, level in self._levels.get(key, {}).items():
            by_list[named.choices].append((level, named))
        found: dict[str, tuple[NamedValue, ...]] = {}
        has_complete = any(level < PART for pairs in by_list.values() for level, _ in pairs)
        for choices, pairs in by_list.items():
            best = min(level for level, _ in pairs)
            if has_complete and best == PART:
                continue
            once = {named.value: named for level, named in pairs if level == best}
            exact = {v: named for v, named in once.items() if fold_text(named.name) == written}
            if best < PART or len(once) == 1:
                found[choices] = tuple((exact or once).values())
        return found

    def _add(self, key: tuple[str, ...], named: NamedValue, level: int) -> None:
        if 0 < len(key) <= MAX_NAME_WORDS and not all(stem in STOP_WORDS for stem in key):
            levels = self._levels[key]
            levels[named] = min(level, levels.get(named, level))

    def _add_parts(
        self, names: Sequence[NamedValue], stemmer: Stemmer, vocabulary: frozenset[str]
    ) -> None:
        """Add parts of the names of entities: words in sequence, and a telling word alone."""
        for named in names:
            if not named.value.startswith(ENTITY):
                continue
            stems = stemmer.list_stems(named.name)
            if len(stems) > MAX_NAME_WORDS:
                continue
            for start, end in _list_ranges(len(stems)):
                part = tuple(stems[start:end])
                if part[0] not in STOP_WORDS and part[-1] not in STOP_WORDS:
                    self._add(part, named, PART)
            short = [
                word
                for word in stemmer.list_stems(strip_generic_words(named.name))
                if word not in STOP_WORDS
            ]
            for word in short if named.choices != "case-studies" else ():
                if len(short) == 1 and len(stems) > 1:
                    self._single_parts.add(word)
                    self._add((word,), named, SHORT)
                elif word not in vocabulary and not word.isdecimal():
                    self._single_parts.add(word)
                    self._add((word,), named, PART)


def list_forms(named: NamedValue) -> Iterator[tuple[int, str]]:
    """Yield the forms in which a name is complete: the name, and without its code or remark."""
    yield FULL, named.name
    code, colon, rest = named.name.partition(": ")
    if colon:
        yield SHORT, code
        yield SHORT, rest
    head, of, _ = named.name.partition(" of ")
    if of and "://" not in named.value:
        # A group named by a text has no other names, as a concept may: "managers of researchers".
        yield SHORT, head
    plain = named.name.partition(" (")[0]
    if plain != named.name:
        yield FULL, plain
    if "://" in named.value and named.name == named.label:
        yield FULL, get_short_name(named.value).replace("-", " ")
    if named.choices == NATION_LIST:
        for adjective, nation in NATION_ADJECTIVES.items():
            if nation == named.value:
                yield FULL, adjective


def strip_generic_words(name: str) -> str:
    """Return a name without words that many have: "University of Leeds" is "Leeds"."""
    return " ".join(word for word in name.split() if word.lower() not in _GENERIC_WORDS)


def _list_ranges(length: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of two or more words, without that of all."""
    for start in range(length - 1):
        for end in range(start + 2, length + 1):
            if end - start < length:
                yield start, end
