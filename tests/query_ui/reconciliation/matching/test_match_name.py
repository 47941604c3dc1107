"""What names are matched to, what is sure, and why."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from query_ui.graph.name_index import NameIndex
from query_ui.reconciliation.matching.match_name import Match, match_name
from query_ui.reconciliation.matching.scoring import (
    FEATURE_DESCRIPTIONS,
    FEATURE_WEIGHTS,
    MatchQuery,
    compute_score,
)


def slug(found: Match) -> str:
    return found.entity.iri.rsplit("/", 1)[1]


@pytest.mark.parametrize(
    ("name", "expected", "feature"),
    [
        ("The University of Leeds", "leeds", "exact_label"),
        ("university of leeds", "leeds", "exact_label"),
        ("Univ. of Leeds", "leeds", "exact_label"),
        ("Leeds Old College", "leeds", "former_name"),
        ("University of Gordon, Robert", "gordon", "other_order"),
        ("RGU Aberdeen", "gordon", "names_together"),
        ("Imperial College", "imperial", "names_together"),
        ("Solent University", "solent", "names_together"),
        ("University of York (central functions)", "york", "without_remark"),
        ("University of Southamtpon", "southampton", "token_overlap"),
        ("Prifysgol Caerdydd", "cardiff", "other_order"),
        ("Phrifysgol Gaerdydd", "cardiff", "other_order"),
        ("Prifysgol De Cymru", "south-wales", "other_order"),
        ("Prifysgol Cymru", "wales", "other_order"),
        ("University of Pontypridd", "south-wales", "former_name"),
        ("Pontypridd Polytechnic", "south-wales", "former_name"),
        ("ORIENT", "orient", "acronym_in_label"),
        ("University of Wales, Swansea", "swansea", "town_university"),
        ("Climate Office of the UK", "climate", "exact_label"),
        ("Tidal Office of the United Kingdom", "tidal", "exact_label"),
        ("Centre for Ponds and Rivers", "ponds", "exact_label"),
    ],
)
def test_a_name_is_matched_for_a_reason(
    register: NameIndex, name: str, expected: str, feature: str
) -> None:
    first = match_name(register, MatchQuery(name))[0]
    assert (slug(first), first.sure) == (expected, True)
    assert feature in first.candidate.features


@pytest.mark.parametrize(
    "name",
    [
        "KCL",  # an acronym is never enough
        "RGU",
        "ZETA",  # which is a word of another name too
        "Kings",  # nor is a short word
        "St Mary's Hospital",  # two have the name
        "Lincoln University",  # the register has two universities of Lincoln
        "York University",  # there is one in Toronto, which this register does not know
        "University of Swansea",  # which is the other way round
        "University of Newcastle",  # there is one in Australia
        "Kent University",  # where Kent is a county
        "Leeds",
        "Southampton",
        "University of Leeds Press",
        "University of Kant",
        "University of Wales, Lincoln",  # of which there are two
        "University of Ireland, Swansea",  # which is in Wales
        "Pond Agency",  # too little is left of UK Pond Agency
        "University",
    ],
)
def test_what_may_be_another_is_left_for_review(register: NameIndex, name: str) -> None:
    assert not any(m.sure for m in match_name(register, MatchQuery(name)))


@pytest.mark.parametrize("name", ["", "   ", "…", "纽卡斯尔", "<b></b>"])
def test_what_has_no_words_or_none_that_is_known_finds_nothing(
    register: NameIndex, name: str
) -> None:
    assert match_name(register, MatchQuery(name)) == []


def test_a_place_tells_namesakes_apart(register: NameIndex) -> None:
    first, second = match_name(register, MatchQuery("St Mary's Hospital", places=("Manchester",)))[
        :2
    ]
    assert (slug(first), first.sure) == ("mary-a", True)
    assert (slug(second), second.candidate.features["other_place"]) == ("mary-b", 1.0)


def test_another_country_speaks_against_a_name(register: NameIndex) -> None:
    found = match_name(register, MatchQuery("Newcastle University", country="AU"))
    assert not any(m.sure for m in found)
    assert match_name(register, MatchQuery("Newcastle University", country="GB"))[0].sure


@pytest.mark.parametrize(
    "evidence",
    [
        {"country": "GB"},
        {"places": ("York",)},
        {"identifiers": (("ror", "https://ror.org/04m01e293"),)},
        {"identifiers": (("homepage", "york.example"),)},
    ],
)
def test_a_town_in_another_order_needs_evidence(
    register: NameIndex, evidence: dict[str, Any]
) -> None:
    (first, *_) = match_name(register, MatchQuery("York University"))
    assert (slug(first), first.sure, first.score) == ("york", False, 80)
    assert first.candidate.features == {"other_order": 1.0, "town_alone": 1.0}
    (first, *_) = match_name(register, MatchQuery("York University", **evidence))
    assert (slug(first), first.sure) == ("york", True)
    abroad = match_name(register, MatchQuery("York University", **evidence | {"country": "CA"}))
    assert "identifiers" in evidence or not any(m.sure for m in abroad)


def test_a_register_of_the_world_knows_the_namesakes_itself(
    register: NameIndex, world_register: NameIndex
) -> None:
    assert not register.is_international
    assert world_register.is_international
    found = {
        name: next((slug(m) for m in match_name(world_register, MatchQuery(name)) if m.sure), "")
        for name in ("York University", "Leeds University", "Lincoln University")
    }
    # Toronto's by its own name, Leeds as the only one, and Lincoln is left open.
    assert found == {
        "York University": "york-ca",
        "Leeds University": "leeds",
        "Lincoln University": "",
    }


def test_a_body_that_has_ceased_is_shown_below_its_successor(register: NameIndex) -> None:
    first, second = match_name(register, MatchQuery("University of Pontypridd"))[:2]
    assert (slug(first), slug(second)) == ("south-wales", "pontypridd")
    assert second.candidate.features["superseded"] == 1.0


def test_a_body_with_two_successors_or_none_is_matched_itself(register: NameIndex) -> None:
    for name, expected in (("Health Agency", "health"), ("Old Priory College", "priory")):
        first = match_name(register, MatchQuery(name))[0]
        assert (slug(first), first.sure) == (expected, True)
        assert "superseded" not in first.candidate.features


def test_an_identifier_settles_what_the_name_leaves_open(register: NameIndex) -> None:
    ror = (("ror", "https://ror.org/04m01e293"),)
    first = match_name(register, MatchQuery("York University", identifiers=ror))[0]
    assert (slug(first), first.sure) == ("york", True)
    assert first.candidate.features["identifier"] == 1.0
    alone = match_name(register, MatchQuery("", identifiers=ror))[0]
    assert (slug(alone), alone.sure) == ("york", True)


def test_an_identifier_of_another_is_no_match(register: NameIndex) -> None:
    ror = (("ror", "https://ror.org/04m01e293"),)
    found = match_name(register, MatchQuery("University of Leeds", identifiers=ror))
    assert not any(m.sure for m in found)
    leeds = next(m for m in found if slug(m) == "leeds")
    assert leeds.candidate.features["other_identifier"] == 1.0


def test_a_type_that_was_not_asked_for_is_left_out(register: NameIndex) -> None:
    assert (
        match_name(register, MatchQuery("University of Leeds", types=frozenset({"keyword"}))) == []
    )


def test_every_feature_has_a_weight_and_a_meaning() -> None:
    assert FEATURE_WEIGHTS.keys() == FEATURE_DESCRIPTIONS.keys()


@given(st.dictionaries(st.sampled_from(sorted(FEATURE_WEIGHTS)), st.floats(0, 1)))
def test_a_score_can_be_recomputed_with_a_spreadsheet(features: dict[str, float]) -> None:
    total = sum(FEATURE_WEIGHTS[name] * value for name, value in features.items())
    assert compute_score(features.items()) == pytest.approx(max(0, min(100, total)), abs=0.005001)


@given(st.text(max_size=60))
def test_no_text_breaks_it_and_at_most_the_first_is_sure(register: NameIndex, text: str) -> None:
    found = match_name(register, MatchQuery(text))
    assert not any(m.sure for m in found[1:])
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)
