"""Names of choices: labels first, ambiguous names, and what a text resembles."""

import pytest

from query_ui.graph.choice_names import ChoiceNames

CAFE, BAR, CLUB = "https://x/cafe", "https://x/bar", "https://x/the-club"
NAMES = ChoiceNames(
    {CAFE: "Café", BAR: "Bar", CLUB: "Club"},
    [(CAFE, "Coffee house"), (BAR, "Pub"), (CLUB, "Pub"), (CLUB, "Bar")],
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CAFÉ", [CAFE]),
        ("cafe", [CAFE]),
        ("The-Club", [CLUB]),
        ("  coffee   HOUSE ", [CAFE]),
        ("pub", [BAR, CLUB]),
        ("bar", [BAR]),
        ("tavern", []),
    ],
)
def test_a_label_comes_before_other_names(text: str, expected: list[str]) -> None:
    assert NAMES.find_values(text) == expected


def test_choices_are_described_by_label_and_short_name() -> None:
    assert NAMES.describe([BAR]) == "Bar"
    assert NAMES.describe([BAR, CLUB]) == "Bar or Club (the-club)"
    assert ChoiceNames({"Funders": "Funders"}, []).describe(["Funders"]) == "Funders"


def test_what_resembles_by_any_name_is_suggested_else_all() -> None:
    assert NAMES.suggest("cofee house") == "Did you mean Café (cafe)?"
    assert NAMES.suggest("xylophone") == "It can be Bar, Café (cafe) or Club (the-club)."


def test_common_words_and_their_short_forms_count_for_little() -> None:
    towns = ("Leeds", "York", "Bath", "Hull", "Kent", "Essex", "Derby")
    names = ChoiceNames({f"https://x/{t}": f"University of {t}" for t in towns}, [])
    assert names.suggest("Univ of Leds") == "Did you mean University of Leeds (Leeds)?"
    assert names.suggest("university").startswith("Did you mean University of ")
