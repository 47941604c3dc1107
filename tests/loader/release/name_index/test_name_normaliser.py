"""Names as they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.release.name_index.name_normaliser import (
    build_name_key,
    build_word_bag,
    clean_name,
    strip_country,
    tokenise_name,
)


def key(text: str) -> str:
    return build_name_key(tokenise_name(clean_name(text)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The University of Leeds", "University of Leeds"),
        ("Univ. of St. Andrews", "University of Saint Andrews"),
        ("King's College London", "King’s College, London"),
        ("Arts &amp; Humanities Research Council", "Arts and Humanities Research Council"),
        ("<b>Aston</b>  University", "Aston University"),
        ("Prifysgol Glyndŵr", "University Glyndwr"),
        ("U.C.L.", "UCL"),
        ("Univеrsity of Yоrk", "University of York"),  # two Cyrillic letters
        ("London Bus. Sch.", "London Business School"),
    ],
)
def test_names_that_are_written_otherwise_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_order_and_legal_form_leave_the_bag_alone() -> None:
    assert build_word_bag(tokenise_name("Keele University")) == build_word_bag(
        tokenise_name("The University of Keele")
    )
    assert build_word_bag(tokenise_name("Fera Science Ltd.")) == build_word_bag(
        tokenise_name("Fera Science")
    )
    nhs = "Royal Marsden NHS Foundation Trust"
    assert build_word_bag(tokenise_name(nhs)) == build_word_bag(
        tokenise_name("The Royal Marsden NHS Trust")
    )
    assert build_word_bag(tokenise_name("Wolfson Foundation Trust")) != build_word_bag(
        tokenise_name("Wolfson Trust")
    )


def test_a_country_in_brackets_is_left_out() -> None:
    assert strip_country("Fera Science (United Kingdom)") == "Fera Science"
    assert strip_country("Fera Science") == ""


@given(st.text())
def test_any_text_has_a_key_that_is_its_own_key(text: str) -> None:
    once = key(text)
    assert key(once) == once or once.startswith("the ")


@given(st.lists(st.sampled_from("university of york the st leeds college".split())))
def test_a_bag_does_not_depend_on_the_order(words: list[str]) -> None:
    assert build_word_bag(words) == build_word_bag(words[::-1])
