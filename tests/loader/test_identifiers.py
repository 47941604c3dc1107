"""Identifiers: what is recognised, in which form it is kept, and which check digits are right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.identifiers import CROCKFORD, SCHEMES, normalise_homepage, recognise_identifier


@pytest.mark.parametrize(
    ("written", "scheme", "full"),
    [
        ("https://ror.org/01kj2bm70", "ror", "https://ror.org/01kj2bm70"),
        ("ror.org/01KJ2BM70/", "ror", "https://ror.org/01kj2bm70"),
        ("01kj2bm70", "ror", "https://ror.org/01kj2bm70"),
        ("Q837164", "wikidata", "http://www.wikidata.org/entity/Q837164"),
        (
            "https://www.wikidata.org/wiki/Q837164",
            "wikidata",
            "http://www.wikidata.org/entity/Q837164",
        ),
        ("10007799", "ukprn", "10007799"),
        ("GB-UKPRN-10007799", "ukprn", "10007799"),
        ("0000 0001 0462 7212", "isni", "https://isni.org/isni/0000000104627212"),
        ("https://orcid.org/0000-0002-1825-0097", "orcid", "https://orcid.org/0000-0002-1825-0097"),
        ("grid.1006.7", "grid", "grid.1006.7"),
        ("https://openalex.org/I84884186", "openalex", "https://openalex.org/I84884186"),
        ("https://www.ncl.ac.uk/", "homepage", "ncl.ac.uk"),
        ("http://www.ncl.ac.uk/Research/?a=b", "homepage", "ncl.ac.uk/research"),
    ],
)
def test_what_people_write_is_recognised(written: str, scheme: str, full: str) -> None:
    assert recognise_identifier(written) == (scheme, full)


@pytest.mark.parametrize(
    "text", ["", "Newcastle University", "20007799", "Q0", "1000779", "http://[x"]
)
def test_what_is_no_identifier_is_not_taken_for_one(text: str) -> None:
    assert recognise_identifier(text) is None


def test_check_digits_of_known_identifiers_are_right() -> None:
    assert SCHEMES["ror"].is_valid("https://ror.org/01kj2bm70")
    assert SCHEMES["isni"].is_valid("0000 0001 0462 7212")
    assert SCHEMES["orcid"].is_valid("https://orcid.org/0000-0002-1694-233X")


@given(st.integers(0, 8), st.sampled_from(CROCKFORD))
def test_a_slip_in_a_ror_id_is_seen(place: int, sign: str) -> None:
    """Modulo 97 sees every exchange of one sign for another."""
    right = "01kj2bm70"
    slipped = right[:place] + sign + right[place + 1 :]
    assert SCHEMES["ror"].is_valid(slipped) == (slipped == right)


@given(st.integers(0, 15), st.sampled_from("0123456789"))
def test_a_slip_in_an_isni_is_seen(place: int, digit: str) -> None:
    right = "0000000104627212"
    slipped = right[:place] + digit + right[place + 1 :]
    assert SCHEMES["isni"].is_valid(slipped) == (slipped == right)


def test_two_ways_to_write_a_homepage_are_one() -> None:
    assert (
        normalise_homepage("https://www.york.ac.uk")
        == normalise_homepage("http://york.ac.uk/")
        == "york.ac.uk"
    )
    assert normalise_homepage("york") == ""
