"""Lists narrowed by facets, over the shipped data: what is offered, chosen, refused and given."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

NOTHING = "is nothing that a list can be narrowed by."


@pytest.fixture(scope="module")
def asked(shipped_app: Flask) -> FlaskClient:
    return shipped_app.test_client()


@pytest.fixture
def see(asked: FlaskClient) -> Callable[[str], Element]:
    def get(path: str) -> Element:
        answer = asked.get(path, headers={"Accept": BROWSER})
        assert answer.status_code == 200, answer.text
        return parsed(answer.text)

    return get


def panel(page: Element, word: str) -> Element:
    (found,) = (p for p in page.find("details", "panel") if p.one("summary").text == word)
    return found


def options(found: Element) -> dict[str, tuple[str, str]]:
    """Each option of a panel with its number and its address."""
    lines = [li.child("div")[0] for li in found.find("li")]
    return {
        li.one("a", "option").text: (
            li.one("a", "number").text,
            li.one("a", "option").attributes["href"],
        )
        for li in lines
    }


def names(page: Element) -> list[str]:
    return [h.one("a").text for ul in page.find("ul", "cards") for h in ul.find("h2")]


def test_every_choice_leads_to_as_many_as_it_says(see: Callable[[str], Element]) -> None:
    start = see("/case-studies?keyword=training")
    tried = 0
    for found in start.find("details", "panel"):
        for name, (number, address) in list(options(found).items())[:4]:
            if "selected" not in name:
                page = see(address)
                if "keyword" not in address.replace("keyword=training", "", 1):
                    assert page.one("p", "shown").one("a", "number").text == number, address
                    tried += 1
    assert tried > 15


def test_keywords_open_as_a_tree_step_by_step(see: Callable[[str], Element]) -> None:
    tops = options(panel(see("/case-studies"), "Keyword"))
    assert tops["Culture and conduct"] == ("13", "/case-studies?keyword=culture-and-conduct")
    assert "Wellbeing" not in tops
    opened = options(panel(see("/case-studies?keyword=culture-and-conduct"), "Keyword"))
    assert opened["Wellbeing"] == ("4", "/case-studies?keyword=wellbeing")


def test_any_or_all_of_several_values(see: Callable[[str], Element]) -> None:
    any_of = see("/case-studies?keyword=wellbeing&keyword=mentorship")
    assert any_of.one("p", "shown").text.startswith("5 case studies")
    switch = panel(any_of, "Keyword").one("p", "match")
    assert switch.text == "any · all of the chosen"
    all_of = see(switch.one("a").attributes["href"])
    assert all_of.one("p", "shown").text.startswith("0 case studies")
    assert "No results match all these filters." in all_of.one("p", "notice").text
    chips = [li.text for li in all_of.one("ul", "chips").find("li")]
    assert chips == ["Keyword: Wellbeing ×", "Keyword: Mentorship ×", "Clear all filters"]


def test_choices_that_lead_nowhere_are_not_offered(see: Callable[[str], Element]) -> None:
    for path in ("/case-studies?organisation=university-of-york", "/initiatives", "/graphs"):
        page = see(path)
        numbers = [a.text for p in page.find("details", "panel") for a in p.find("a", "number")]
        assert numbers and "0" not in numbers


def test_sorting_and_paging_keep_the_choice(see: Callable[[str], Element]) -> None:
    page = see("/initiatives?sort=-year&type=Pledge")
    assert names(page)[0] == "Technician Commitment"
    sort = {a.text: a.attributes["href"] for a in page.find("p", "data")[0].find("a")}
    assert sort["from A to Z"] == "/initiatives?type=Pledge"
    small = see("/case-studies?keyword=training&size=3")
    later = small.one("nav", "pager").one("a").attributes["href"]
    assert later == "/case-studies?keyword=training&size=3&page=2"
    assert len(names(see(later))) == 3


def test_the_list_opens_as_sparql_that_gives_the_same(
    asked: FlaskClient, see: Callable[[str], Element]
) -> None:
    page = see("/case-studies?keyword=wellbeing&beneficiary=technicians")
    (link,) = (a for a in page.find("a") if a.text == "open it as SPARQL")
    rows = json.loads(
        asked.get(link.attributes["href"], headers={"Accept": "application/json"}).data
    )
    labels = [row["label"]["value"] for row in rows["results"]["bindings"]]
    assert labels == names(page) and len(labels) > 1


def test_the_list_can_be_had_as_csv_json_and_turtle(
    asked: FlaskClient, see: Callable[[str], Element]
) -> None:
    page = see("/case-studies?keyword=wellbeing")
    links = {a.text: a.attributes["href"] for a in page.find("p", "data")[1].find("a")}
    table = list(csv.DictReader(io.StringIO(asked.get(links["CSV"]).text)))
    assert [row["title"] for row in table] == names(page)
    assert {"Wellbeing"} <= set(table[0]["keywords"].split(" | "))
    whole = asked.get(links["JSON"]).json
    assert whole is not None
    assert (whole["total"], whole["truncated"]) == (len(names(page)), False)
    turtle = asked.get(links["Turtle"])
    assert turtle.content_type.startswith("text/turtle")
    assert turtle.headers["Content-Disposition"] == 'attachment; filename="case-studies.ttl"'
    for row in table:
        assert row["thing"].rsplit("/", 1)[1] in turtle.text
    assert asked.get("/case-studies.doc").status_code == 404


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ("keyword=trainng", 422, "There is no keyword “trainng”. Did you mean training?"),
        ("keyword=%3Cx%3E", 422, "“<x>” cannot be a keyword."),
        ("keywrd=x", 400, f"“keywrd” {NOTHING} Did you mean keyword?"),
        ("year=soon", 422, "“soon” is no year: give four digits such as 2020."),
        ("keyword-match=some", 400, "keyword-match is “some”, and may be any, all."),
        ("sort=size", 400, "sort is “size”, and may be title, -title, -year."),
        ("page=9", 404, "This list has no page 9: its last is page 1."),
        ("size=0", 400, "size is “0”, and has to be a whole number from 1."),
        ("organisation=nowhere", 422, "There is no organisation “nowhere”."),
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_is_refused(
    asked: FlaskClient, query: str, status: int, detail: str
) -> None:
    answer = asked.get(f"/case-studies?{query}")
    assert answer.json is not None
    assert (answer.status_code, answer.json["detail"]) == (status, detail)


def test_a_value_that_nothing_has_gives_an_empty_list(see: Callable[[str], Element]) -> None:
    page = see("/case-studies?keyword=managers-of-researchers&year=1999")
    assert page.one("p", "shown").text.startswith("0 case studies")
    assert names(page) == []


def test_marks_of_mail_programs_are_left_alone(see: Callable[[str], Element]) -> None:
    assert names(see("/initiatives?utm_source=news")) == names(see("/initiatives"))


def test_organisations_by_what_their_things_carry(see: Callable[[str], Element]) -> None:
    page = see("/organisations?keyword=mentorship")
    assert len(names(page)) == 50 and "University of Birmingham" not in names(page)[:3]
    without = see("/organisations?keyword=mentorship&consortium=eastern-arc")
    assert 0 < len(names(without)) < 5


def test_without_an_index_lists_are_narrowed_by_sparql(
    shipped: tuple[Settings, BuildResult],
    asked: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paths = (
        "/case-studies?keyword=training&sort=-title",
        "/organisations?consortium=midlands-innovation",
    )
    known = [asked.get(path, headers={"Accept": "application/json"}).json for path in paths]
    monkeypatch.setattr("query_ui.graph.search_index.index_reader.SEARCH_INDEX_VERSION", 99)
    settings, _ = shipped
    bare = create_app(settings, open_engine(settings)).test_client()
    assert [bare.get(p, headers={"Accept": "application/json"}).json for p in paths] == known
    page = parsed(bare.get(paths[0], headers={"Accept": BROWSER}).text)
    assert not page.find("details", "panel") and len(names(page)) == 10
