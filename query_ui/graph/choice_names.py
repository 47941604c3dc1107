"""The names of choices: what a text names among them, and what it resembles."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property

from rapidfuzz import fuzz, process

from loader.mapping.tag_line_segmenter import fold

_MAX_SUGGESTIONS = 3
_MAX_LISTED = 12
_MIN_SCORE = 72
"""The least score of a suggestion, of 100. https://rapidfuzz.github.io/RapidFuzz/Usage/fuzz.html"""
_COMMON_NAMES = 0.03
"""A word in more than this share of the names says little, such as "university"."""
_MIN_COMMON_NAMES = 5


class ChoiceNames:
    """The names of the choices of a parameter, in any case.

    ``label_by_value`` has the choices with their labels; ``others`` are pairs of a choice and
    another name of it. A label or the end of an address comes before any other name.
    """

    def __init__(
        self, label_by_value: Mapping[str, str], others: Iterable[tuple[str, str]]
    ) -> None:
        self.label_by_value = label_by_value
        self._by_label: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._by_other_name: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for value, label in label_by_value.items():
            self._by_label[fold(label)][value] = None
            self._by_label[fold(get_short_name(value))][value] = None
        for value, name in others:
            self._by_other_name[fold(name)][value] = None

    def find_values(self, text: str) -> list[str]:
        """Return the choices with that label, else those with that other name; [] without any."""
        key = fold(text)
        return list(self._by_label.get(key) or self._by_other_name.get(key) or ())

    def describe(self, values: Sequence[str]) -> str:
        """Return labels, with short names where they differ: "Wellbeing or Pay gaps (pay)"."""
        *firsts, last = map(self._describe_one, values)
        return f"{', '.join(firsts)} or {last}" if firsts else last

    def suggest(self, text: str) -> str:
        """Return a sentence with the choices that resemble ``text``, or with some of all."""
        near = self.find_near_values(text)
        if near:
            return f"Did you mean {self.describe(near)}?"
        total = len(self.label_by_value)
        some = sorted(self.label_by_value, key=get_short_name)
        if total <= _MAX_LISTED:
            return f"It can be {self.describe(some)}."
        return f"For example, it can be {self.describe(some[:_MAX_SUGGESTIONS])}."

    def find_near_values(self, text: str) -> list[str]:
        """Return the few choices that resemble ``text`` most, compared by all their names."""
        key = fold(text)
        rare = self._strip_common_words(key)
        names = {
            name: self._strip_common_words(name) if rare else name
            for name in (*self._by_label, *self._by_other_name)
        }
        found = process.extract(
            rare or key, names, scorer=_score_resemblance, limit=20, score_cutoff=_MIN_SCORE
        )
        near = dict.fromkeys(value for *_, name in found for value in self.find_values(name))
        return list(near)[:_MAX_SUGGESTIONS]

    @cached_property
    def _common_words(self) -> tuple[str, ...]:
        names = [*self._by_label, *self._by_other_name]
        counts = Counter(word for name in names for word in set(name.split()))
        least = max(_MIN_COMMON_NAMES, _COMMON_NAMES * len(names))
        return tuple(word for word, count in counts.items() if count > least)

    def _strip_common_words(self, text: str) -> str:
        """Remove common words and their short forms: "univ of leeds" → "leeds"."""
        return " ".join(
            word
            for word in text.split()
            if not any(one.startswith(word) for one in self._common_words)
        )

    def _describe_one(self, value: str) -> str:
        label, short = self.label_by_value[value], get_short_name(value)
        same = fold(label) == fold(short).replace("-", " ")
        return label if same else f"{label} ({short})"


def get_short_name(value: str) -> str:
    """Return the end of an address, by which a value can be given; of other text all."""
    return value.rsplit("/", 1)[-1].rsplit("#", 1)[-1] if "://" in value else value


def _score_resemblance(
    text: Sequence[Hashable], name: Sequence[Hashable], *, score_cutoff: float | None = None
) -> float:
    """Return how much two names resemble, to 100: by their words, then by their letters."""
    return 0.9 * fuzz.token_set_ratio(text, name) + 0.1 * fuzz.ratio(text, name)
