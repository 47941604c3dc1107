"""Names as they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.release.name_index.name_normaliser import bag_of, clean, key_of, tokens, without_country


def key(text: str) -> str:
    return key_of(tokens(clean(text)))


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
    assert bag_of(tokens("Keele University")) == bag_of(tokens("The University of Keele"))
    assert bag_of(tokens("Fera Science Ltd.")) == bag_of(tokens("Fera Science"))
    nhs = "Royal Marsden NHS Foundation Trust"
    assert bag_of(tokens(nhs)) == bag_of(tokens("The Royal Marsden NHS Trust"))
    assert bag_of(tokens("Wolfson Foundation Trust")) != bag_of(tokens("Wolfson Trust"))


def test_a_country_in_brackets_is_left_out() -> None:
    assert without_country("Fera Science (United Kingdom)") == "Fera Science"
    assert without_country("Fera Science") == ""


@given(st.text())
def test_any_text_has_a_key_that_is_its_own_key(text: str) -> None:
    once = key(text)
    assert key(once) == once or once.startswith("the ")


@given(st.lists(st.sampled_from("university of york the st leeds college".split())))
def test_a_bag_does_not_depend_on_the_order(words: list[str]) -> None:
    assert bag_of(words) == bag_of(words[::-1])
