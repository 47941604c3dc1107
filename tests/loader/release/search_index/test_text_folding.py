"""Words are compared without case and accents."""

from hypothesis import given
from hypothesis import strategies as st

from loader.release.search_index.text_folding import fold, words


def test_case_and_accents_do_not_count() -> None:
    assert fold("Élan Straße ÅNGSTRÖM") == "elan strasse angstrom"
    assert list(words("Equality, diversity & e-learning 2020!")) == [
        *("equality", "diversity", "e", "learning", "2020")
    ]


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert all(word and word == fold(word) for word in words(text))
