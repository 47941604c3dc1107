"""What pages say of related things, and the page that explains it."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed


@pytest.fixture(scope="module")
def asked(shipped_app: Flask) -> FlaskClient:
    return shipped_app.test_client()


def section(client: FlaskClient, path: str) -> Element:
    page = parsed(client.get(path, headers={"Accept": BROWSER}).text)
    return page.one("section", "related")


def test_each_related_thing_says_why(asked: FlaskClient) -> None:
    listed = section(asked, "/case-studies/fellowship-fortnight").find("li", "card")
    assert len(listed) == 8
    scores = []
    for item in listed:
        reason = item.one("p", "say").text
        assert re.match(r"Both (?:tagged with|below) .+ \( \d+ \)", reason), reason
        scores.append(int(item.one("span", "score").one("a", "number").text))
    assert scores == sorted(scores, reverse=True) and scores[0] < 100
    assert any("Same beneficiary:" in item.text for item in listed)


def test_every_kind_that_is_compared_has_related_things(asked: FlaskClient) -> None:
    for path in (
        "/initiatives/technician-commitment",
        "/things/commitment/n8-technical-staff-response-technical-skills-that-last",
    ):
        found = section(asked, path)
        assert len(found.find("li", "card")) == 8, path
        assert found.one("a", "small").attributes["href"] == "/about/related"
    institutions = section(asked, "/organisations/university-of-york")
    links = [li.find("a")[0].attributes["href"] for li in institutions.find("li")]
    assert len(links) == 8
    assert all(link.startswith("/organisations/") for link in links)
    assert "/about/related" in [a.attributes["href"] for a in institutions.find("a")]


def test_other_things_are_not_compared(page: Callable[[str], Element]) -> None:
    assert not page("/concepts/keywords/training").find("section", "related")
    assert not page("/things/claim/pledge-1").find("section", "related")


def test_ties_lead_to_the_lists_they_count(asked: FlaskClient) -> None:
    found = section(asked, "/case-studies/york-researcher-festival").one("details")
    lines = {li.text: li.find("a")[0].attributes["href"] for li in found.find("li")}
    assert lines["2 case studies with the institution University of York"] == (
        "/case-studies?organisation=university-of-york"
    )


def test_the_explanation_has_the_weights_with_their_queries(asked: FlaskClient) -> None:
    page = parsed(asked.get("/about/related", headers={"Accept": BROWSER}).text)
    bits = {tr.one("th").text: float(tr.find("td")[1].text) for tr in page.one("tbody").find("tr")}
    assert bits["Researcher voice"] > 1
    for tr in page.one("tbody").find("tr")[:3]:
        for number in tr.find("a", "number"):
            answer = asked.get(
                number.attributes["data-sparql"],
                headers={"Accept": "application/json"},
                follow_redirects=True,
            )
            (row,) = answer.json["results"]["bindings"]  # type: ignore[index]
            assert [cell["value"] for cell in row.values()] == [number.text]
