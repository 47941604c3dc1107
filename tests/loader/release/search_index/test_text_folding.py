"""Words are compared without case and accents."""

from hypothesis import given
from hypothesis import strategies as st

from loader.release.search_index.text_folding import fold_text, split_words


def test_case_and_accents_do_not_count() -> None:
    assert fold_text("Élan Straße ÅNGSTRÖM") == "elan strasse angstrom"
    assert list(split_words("Equality, diversity & e-learning 2020!")) == [
        *("equality", "diversity", "e", "learning", "2020")
    ]


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)
    assert all(word and word == fold_text(word) for word in split_words(text))
