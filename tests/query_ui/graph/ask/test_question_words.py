"""The words of a question and their stems."""

import pytest

from loader.errors import UsageError
from query_ui.graph.ask.question_words import STOP_WORDS, SYNONYM_GROUPS, Stemmer


@pytest.fixture(scope="module")
def stemmer() -> Stemmer:
    return Stemmer()


def test_forms_of_a_word_have_one_stem(stemmer: Stemmer) -> None:
    assert len({stemmer.find_stem(word) for word in ("fund", "funded", "funding", "funds")}) == 1
    assert stemmer.list_stems("The University’s mentors") == ["the", "univers", "mentor"]


def test_words_that_mean_the_same_have_one_term(stemmer: Stemmer) -> None:
    assert stemmer.find_term("employers") == stemmer.find_term("institution")
    assert stemmer.find_term("technicians") != stemmer.find_term("institution")


def test_a_word_is_in_one_group_and_is_no_stop_word(stemmer: Stemmer) -> None:
    words = [word for group in SYNONYM_GROUPS for word in group]
    assert len(words) == len(set(words))
    assert STOP_WORDS.isdisjoint(words)


def test_a_hyphenated_word_is_one_where_it_is_known(stemmer: Stemmer) -> None:
    known = frozenset({stemmer.find_stem("wellbeing")})
    assert [w.text for w in stemmer.parse_question("the well-being", known)] == ["the", "wellbeing"]
    assert [w.text for w in stemmer.parse_question("TC-R", known)] == ["TC", "R"]


@pytest.mark.parametrize("text", ["", "?!", "\u202e", "🦉", "''"])
def test_a_text_without_words_has_none(stemmer: Stemmer, text: str) -> None:
    assert stemmer.parse_question(text, frozenset()) == []


def test_a_long_question_is_refused(stemmer: Stemmer) -> None:
    stemmer.parse_question("a" * 300, frozenset())
    with pytest.raises(UsageError, match="At most 300 can be read"):
        stemmer.parse_question("a" * 301, frozenset())
