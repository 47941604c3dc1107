"""The ranking of saved queries by how well one of their phrasings fits a question.

The score is the share of the question that a phrasing covers, by weight, lowered by what the
phrasing has beyond it. Below ``MIN_SCORE`` a query does not answer the question, nor does one
whose phrasing has nothing of a negation or comparison of the question. The threshold and its effect
are in docs/decisions/0037-asking-in-words.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from loader.queries.saved_query import SavedQuery
from loader.release.search_index.text_folding import fold_text
from query_ui.graph.ask.phrasing_index import IndexedPhrasing, IndexedQuery, PhrasingIndex
from query_ui.graph.ask.question_conditions import Condition, find_conditions
from query_ui.graph.ask.question_dates import Period, find_periods
from query_ui.graph.ask.question_words import STOP_WORDS, QuestionWord
from query_ui.graph.ask.value_filling import FilledValue, fill_parameters
from query_ui.graph.ask.value_names import Mention, ValueNames

MIN_SCORE = 0.42
"""The score from which on a query answers a question; set on the open half of the questions."""
OTHER_PHRASING, OTHER_TEXT = 0.75, 0.4
"""What a word counts that another phrasing of the query has, or only its summary."""
PHRASING_SHARE = 0.5
"""How much of the score depends on how much of the phrasing the question has."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A saved query for a question, with the values that the question gives its parameters.

    ``unused`` are the words of the question that say nothing to this query. ``unmet`` are those of
    a negation or comparison that it does not make. ``score`` is at most 1.
    """

    query: SavedQuery
    values: tuple[FilledValue, ...]
    unused: tuple[str, ...]
    unmet: tuple[str, ...]
    score: float

    @property
    def is_answer(self) -> bool:
        """Whether the query answers the question, and is not only near it."""
        return self.score >= MIN_SCORE and not self.unmet


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question as it was read: its words, and the values, periods and conditions in them."""

    words: tuple[QuestionWord, ...]
    mentions: tuple[Mention, ...]
    periods: tuple[Period, ...]
    conditions: tuple[Condition, ...]

    @property
    def is_name(self) -> bool:
        """Whether it is nothing but the name of a value, such as an institution."""
        return [(one.start, one.end) for one in self.mentions] == [(0, len(self.words))]

    def join_words(self, start: int, end: int) -> str:
        """Return the words from ``start`` to before ``end`` as they were written."""
        return " ".join(word.text for word in self.words[start:end])


class QueryRanking:
    """The saved queries and the names of the release, ready to rank queries for a question."""

    def __init__(self, index: PhrasingIndex, names: ValueNames) -> None:
        self.index = index
        self.names = names
        self._known = index.vocabulary | names.stems

    def read_question(self, text: str, today: date) -> ReadQuestion:
        """Return a question as it is understood; raise UsageError where it is too long.

        ``today`` is what "now" and "next year" depend on.
        """
        words = self.index.stemmer.parse_question(text, self._known)
        periods = find_periods(words, today)
        in_period = {place for one in periods for place in range(one.start, one.end)}
        mentions = [
            one
            for one in self.names.find_mentions(words)
            if in_period.isdisjoint(range(one.start, one.end))
        ]
        named = {place for one in mentions for place in range(one.start, one.end)}
        conditions = [
            one for one in find_conditions(words, self.index.stemmer) if one.start not in named
        ]
        return ReadQuestion(tuple(words), tuple(mentions), tuple(periods), tuple(conditions))

    def rank(self, question: ReadQuestion) -> list[Candidate]:
        """Return the queries that have anything of a question, the best first, then by name."""
        candidates = [self._score_query(one, question) for one in self.index.queries]
        ranked = sorted(candidates, key=lambda one: (-one.score, one.query.name))
        return [one for one in ranked if one.score > 0]

    def find_unknown_words(self, question: ReadQuestion) -> list[QuestionWord]:
        """Return the words of a question that no phrasing, no summary and no name has."""
        ranges = [(one.start, one.end) for one in question.mentions]
        ranges += [(one.start, one.end) for one in question.periods]
        named = {place for start, end in ranges for place in range(start, end)}
        return [
            word
            for place, word in enumerate(question.words)
            if place not in named
            and not is_stop_word(word)
            and not any(word.term in one.terms | one.other_terms for one in self.index.queries)
        ]

    def _score_query(self, indexed: IndexedQuery, question: ReadQuestion) -> Candidate:
        filled = fill_parameters(indexed.query, question.mentions, question.periods)
        covered = {place for value in filled for place in value.words}
        # A query without a day holds at any time, so "now" costs it nothing, but it is told.
        left = [one for one in question.periods if one.is_relative and one.start not in covered]
        covered |= {place for one in left for place in range(one.start, one.end)}
        words = [
            word
            for place, word in enumerate(question.words)
            if place not in covered and not is_stop_word(word)
        ]
        terms = [word.term for word in words]
        places = {f"{{{value.parameter.name}}}" for value in filled}
        scores = [self._score_phrasing(indexed, one, terms, places) for one in indexed.phrasings]
        best = max(range(len(scores)), key=lambda place: (scores[place], -place))
        values = (*filled, *list_phrasing_values(indexed.query, indexed.phrasings[best], filled))
        known = indexed.terms | indexed.other_terms
        unused = [word.text for word in words if word.term not in known]
        unused += [question.join_words(one.start, one.end) for one in left]
        unmet = [
            question.join_words(one.start, one.end)
            for one in question.conditions
            if one.terms.isdisjoint(indexed.phrasings[best].terms)
        ]
        return Candidate(
            indexed.query,
            values,
            tuple(dict.fromkeys(unused)),
            tuple(dict.fromkeys(unmet)),
            scores[best],
        )

    def _score_phrasing(
        self,
        indexed: IndexedQuery,
        phrasing: IndexedPhrasing,
        terms: Sequence[str],
        places: set[str],
    ) -> float:
        """Return the score of a phrasing for the terms and the filled places of a question."""
        total = matched = self.index.sum_weights(places)
        for term in terms:
            weight = self.index.get_weight(term)
            total += weight
            if term in phrasing.terms:
                matched += weight
            elif term in indexed.terms:
                matched += OTHER_PHRASING * weight
            elif term in indexed.other_terms:
                matched += OTHER_TEXT * weight
        if not matched or not phrasing.weight:
            return 0.0
        shared = self.index.sum_weights(phrasing.terms & (places | set(terms)))
        fit = 1 - PHRASING_SHARE + PHRASING_SHARE * shared / phrasing.weight
        return matched / total * fit


def is_stop_word(word: QuestionWord) -> bool:
    """Return whether a word says little about what a question is after."""
    return fold_text(word.text) in STOP_WORDS


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
