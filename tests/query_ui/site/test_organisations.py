"""Organisations: what is their own, and the time line of what they belong to."""

from collections.abc import Callable

import pytest
from flask import Flask

from query_ui.graph.urls import Link
from query_ui.site.membership_timeline import Membership, lay_out_timeline, parse_year
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed


def membership(name: str, start: str, end: str = "") -> Membership:
    return Membership(Link("link"), Link(name), "member", start, end)


def test_an_organisation_shows_what_is_its_own(page: Callable[[str], Element]) -> None:
    found = page("/organisations/durham-university")
    titles = [h.text for h in found.find("h2")]
    assert titles[:2] == ["Practices", "Case studies"]
    studies = next(s for s in found.find("section") if s.find("h2")[0].text == "Case studies")
    assert [a.text for a in studies.find("a")] == [
        "Alpha <b>bold</b> <https://example.org/x> a owl:Thing ."
    ]
    assert "Durham is in the Midlands." in found.text


def test_an_organisation_shows_its_groups(page: Callable[[str], Element]) -> None:
    found = page("/organisations/durham-university")
    section = next(s for s in found.find("section") if s.find("h2")[0].text == "Memberships")
    (item,) = section.find("li")
    assert item.text == "N8 Research Partnership start not known, 1 member · source"


def test_members_of_a_group_are_listed_with_or_without_dates(
    page: Callable[[str], Element],
) -> None:
    found = page("/organisations/n8")
    section = next(s for s in found.find("section") if s.find("h2")[0].text == "Members today")
    rows = [[c.text for c in tr.find() if c.tag in ("th", "td")] for tr in section.find("tr")[1:]]
    assert rows == [["Durham University", "not known", "0"]]


def test_a_group_shows_the_initiatives_that_are_its_own(shipped_app: Flask) -> None:
    answer = shipped_app.test_client().get(
        "/organisations/n8-research-partnership", headers={"Accept": BROWSER}
    )
    headings = {h.text: h for h in parsed(answer.text).find("h2")}
    assert "Practices" in headings and "Programmes and other initiatives" in headings
    assert "N8 response to the TALENT Commission" in answer.text
    assert "#N8Postdocs campaign" in answer.text
    other = shipped_app.test_client().get(
        "/organisations/yorkshire-universities", headers={"Accept": BROWSER}
    )
    assert "No practice was found" not in other.text


def test_bars_begin_and_end_with_their_years() -> None:
    line = lay_out_timeline(
        [membership("a", "2007"), membership("b", "2015-03", "2017-06-30")], 2026
    )
    first, second = line.bars
    assert first.is_open_ended and not second.is_open_ended
    assert first.x == 250 and first.x + first.width == 710
    scale = (710 - 250) / (2027 - 2007)
    assert (second.x, second.width) == (round(250 + 8 * scale, 1), round(3 * scale, 1))
    assert [when for when, _ in line.years][:2] == [2007, 2010]


def test_undated_memberships_have_no_bar() -> None:
    line = lay_out_timeline([membership("a", "")], 2026)
    assert (len(line.memberships), line.bars, line.years) == (1, [], [])


@pytest.mark.parametrize(
    ("date", "found"), [("2007", 2007), ("2017-06", 2017), ("-0044-03", -44), ("", None)]
)
def test_years_of_dates(date: str, found: int | None) -> None:
    assert parse_year(date) == found


def test_long_names_are_cut_in_the_drawing_alone() -> None:
    (bar,) = lay_out_timeline([membership("x" * 2000, "2000")], 2026).bars
    assert len(bar.label) == 34 and bar.label.endswith("…")
