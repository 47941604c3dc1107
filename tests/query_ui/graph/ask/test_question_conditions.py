"""Negations and comparisons of a question."""

import pytest

from query_ui.graph.ask.question_conditions import (
    BOUNDS,
    NEGATIONS,
    SUPERLATIVES,
    find_conditions,
)
from query_ui.graph.ask.question_words import Stemmer

STEMMER = Stemmer()


def find_texts(text: str) -> list[str]:
    words = STEMMER.parse_question(text, frozenset())
    found = find_conditions(words, STEMMER)
    return [" ".join(word.text for word in words[one.start : one.end]) for one in found]


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("Who does not hold it?", ["not"]),
        ("Who doesn’t hold it, who hasn't, who can't, won't?", ["not", "not", "not", "not"]),
        ("Plans other than Keele’s, without surveys", ["other than", "without"]),
        ("more than five, at least two and at most ten", ["more than", "at least", "at most"]),
        ("Who has the most awards?", ["most"]),
        ("begun before 2015 or after", ["before", "after"]),
        ("Who can become a signatory, and how to join?", ["can become", "to join"]),
        ("How do I apply, and what must institutions report?", ["I apply"]),
        ("Which topics have become popular with those who join?", []),
        ("more mentoring for other staff", []),
        ("plan T for knots and notes", []),
        ("", []),
        ("than", []),
        ("don", []),
        ("the font's weight", []),
    ],
)
def test_conditions_of_a_question(text: str, conditions: list[str]) -> None:
    assert find_texts(text) == conditions


@pytest.mark.parametrize("word", sorted(NEGATIONS | SUPERLATIVES | BOUNDS))
def test_each_word_is_met_by_a_phrasing_that_has_it(word: str) -> None:
    words = STEMMER.parse_question(word.capitalize(), frozenset())
    (condition,) = find_conditions(words, STEMMER)
    assert STEMMER.find_term(word) in condition.terms
