"""The ranking of saved queries by how well one of their phrasings fits a question.

The score is the share of the question that a phrasing covers, by weight, lowered by what the
phrasing has beyond it. Below ``MIN_SCORE`` a query does not answer the question: the threshold and
its effect are in docs/decisions/0040-questions-in-words.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from query_ui.graph.ask.phrasing_index import IndexedPhrasing, IndexedQuery, PhrasingIndex
from query_ui.graph.ask.question_dates import Period, find_periods
from query_ui.graph.ask.question_words import (
    STOP_WORDS,
    QuestionWord,
)
from query_ui.graph.ask.value_filling import FilledValue, fill_parameters
from query_ui.graph.ask.value_names import Mention, ValueNames
from loader.queries.saved_query import SavedQuery
from loader.release.search_index.text_folding import fold_text

MIN_SCORE = 0.5
"""The score from which on a query answers a question; set on the open half of the questions."""
OTHER_PHRASING, OTHER_TEXT = 0.75, 0.4
"""What a word counts that another phrasing of the query has, or only its summary."""
PHRASING_SHARE = 0.5
"""How much of the score depends on how much of the phrasing the question has."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A saved query for a question, with the values that the question gives its parameters.

    ``unused`` are the words of the question that say nothing to this query. ``score`` is at most 1.
    """

    query: SavedQuery
    values: tuple[FilledValue, ...]
    unused: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question as it was read: its words, the values and periods that it names."""

    words: tuple[QuestionWord, ...]
    mentions: tuple[Mention, ...]
    periods: tuple[Period, ...]


class QueryRanking:
    """The saved queries and the names of the release, ready to rank queries for a question."""

    def __init__(self, index: PhrasingIndex, names: ValueNames) -> None:
        self.index = index
        self.names = names
        self._known = index.vocabulary | names.stems

    def read_question(self, text: str) -> ReadQuestion:
        """Return a question as it is understood; raise UsageError where it is too long."""
        words = self.index.stemmer.parse_question(text, self._known)
        periods = find_periods(words)
        in_period = {place for one in periods for place in range(one.start, one.end)}
        mentions = [
            one
            for one in self.names.find_mentions(words)
            if in_period.isdisjoint(range(one.start, one.end))
        ]
        return ReadQuestion(tuple(words), tuple(mentions), tuple(periods))

    def rank(self, question: ReadQuestion, limit: int = 5) -> list[Candidate]:
        """Return the queries with the highest scores, the best first; equal ones by name."""
        candidates = [self._score_query(one, question) for one in self.index.queries]
        ranked = sorted(candidates, key=lambda one: (-one.score, one.query.name))
        return [one for one in ranked if one.score > 0][:limit]

    def _score_query(self, indexed: IndexedQuery, question: ReadQuestion) -> Candidate:
        filled = fill_parameters(indexed.query, question.mentions, question.periods)
        covered = {place for value in filled for place in value.words}
        words = [
            word
            for place, word in enumerate(question.words)
            if place not in covered and fold_text(word.text) not in STOP_WORDS
        ]
        places = {f"{{{value.parameter.name}}}" for value in filled}
        scores = [
            (self._score_phrasing(indexed, one, words, places), -place, one)
            for place, one in enumerate(indexed.phrasings)
        ]
        score, _, best = max(scores, key=lambda one: one[:2])
        return Candidate(
            indexed.query,
            (*filled, *list_phrasing_values(indexed.query, best, filled)),
            tuple(dict.fromkeys(word.text for word in words if self._count(indexed, best, word) == 0)),
            score,
        )

    def _score_phrasing(
        self,
        indexed: IndexedQuery,
        phrasing: IndexedPhrasing,
        words: Sequence[QuestionWord],
        places: set[str],
    ) -> float:
        weigh = self.index.get_weight
        total = sum(weigh(word.term) for word in words) + self.index.sum_weights(places)
        if not total:
            return 0.0
        matched = sum(weigh(word.term) * self._count(indexed, phrasing, word) for word in words)
        matched += self.index.sum_weights(places)
        stems = places | {word.term for word in words}
        shared = self.index.sum_weights(phrasing.terms & stems)
        precision = shared / self.index.sum_weights(phrasing.terms)
        return matched / total * (1 - PHRASING_SHARE + PHRASING_SHARE * precision)

    def _count(self, indexed: IndexedQuery, phrasing: IndexedPhrasing, word: QuestionWord) -> float:
        if word.term in phrasing.terms:
            return 1.0
        if word.term in indexed.terms:
            return OTHER_PHRASING
        return OTHER_TEXT if word.term in indexed.other_terms else 0.0


def list_phrasing_values(
    query: SavedQuery, phrasing: IndexedPhrasing, filled: Sequence[FilledValue]
) -> list[FilledValue]:
    """Return the values that a phrasing gives by its words, without those that are filled."""
    names = {value.parameter.name for value in filled}
    return [
        FilledValue(parameter, text, text, ())
        for parameter in query.parameters
        if parameter.name not in names
        for text in phrasing.phrasing.values.get(parameter.name, ())
    ]
