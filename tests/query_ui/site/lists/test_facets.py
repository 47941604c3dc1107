"""Lists narrowed by facets, over the shipped data: what is offered, chosen, refused and given."""

import csv
import io
import json
import re
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

INVALID = "Invalid value: "


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


def panel(page: Element, title: str) -> Element:
    (found,) = (p for p in page.find("details", "facet") if p.one("summary").text == title)
    return found


def options(found: Element) -> dict[str, str | tuple[str, str]]:
    """Each option of a panel with its number and the address of the list that it counts."""
    lines = [one for one in found.find("div", "opt") if one.find("a") or one.find("span")]
    return {
        line.one("label").text: (line.find("a") or line.find("span"))[0].text for line in lines
    } | {
        line.one("label").text: (a.text, a.attributes["href"])
        for line in lines
        for a in line.find("a", "number")
    }


def names(page: Element) -> list[str]:
    return [h.one("a").text for li in page.find("li", "card") for h in li.find("h3")]


def total(page: Element) -> str:
    """The summary line: "16 of 318 practices"."""
    return page.one("h2", "total").text


def test_every_option_leads_to_as_many_as_it_says(see: Callable[[str], Element]) -> None:
    for path in ("/case-studies?keyword=training", "/practices?keyword=wellbeing"):
        tried = 0
        for found in see(path).find("details", "facet"):
            for one in list(options(found).values())[:4]:
                if isinstance(one, tuple):
                    number, address = one
                    assert total(see(address)).startswith(f"{number} of "), address
                    tried += 1
        assert tried > 15


def test_keywords_are_those_in_use_and_all_of_them_as_a_tree(
    see: Callable[[str], Element],
) -> None:
    keywords = panel(see("/case-studies"), "Keyword")
    few = options(keywords)
    assert few["Training"] == ("10", "/case-studies?keyword=training")
    assert "Culture and conduct" not in few and len(few) == 7
    every = keywords.one("p", "small").one("a")
    assert every.text.startswith("All ") and every.text.endswith(" keywords")
    opened = panel(see(every.attributes["href"].partition("#")[0]), "Keyword")
    many = options(opened)
    assert many["Culture and conduct"] == ("13", "/case-studies?keyword=culture-and-conduct")
    assert len(many) == int(every.text.split()[1])
    below = [one for one in opened.find("div", "below") if "Wellbeing" in options(one)]
    assert below and "Culture and conduct" not in options(below[-1])


def test_the_form_sends_what_the_addresses_say(see: Callable[[str], Element]) -> None:
    page = see("/practices?keyword=wellbeing&beneficiary=technicians&sort=title&broad=true")
    form = page.one("form", "filters")
    assert form.attributes["action"] == "/practices"
    ticked = [
        (one.attributes["name"], one.attributes["value"])
        for one in form.find("input")
        if "checked" in one.attributes or one.attributes["type"] == "hidden"
    ]
    assert sorted(ticked) == [
        ("beneficiary", "technicians"),
        ("broad", "true"),
        ("keyword", "wellbeing"),
        ("sort", "title"),
    ]
    phone = [a.text for a in page.find("a") if a.attributes["href"] == "#filters"]
    assert phone == ["Filters (3)"]


def test_any_or_all_of_several_values(see: Callable[[str], Element]) -> None:
    path = "/case-studies?keyword=wellbeing&keyword=mentorship"
    any_of = see(path)
    assert total(any_of).startswith("5 of ")
    assert "Must match all selected" in panel(any_of, "Keyword").text
    chips = [li.text for li in any_of.one("ul", "active").find("li")]
    assert chips == [
        "Remove Keyword Wellbeing",
        "or Remove Keyword Mentorship",
        "Clear all filters",
    ]
    all_of = see(f"{path}&keyword-match=all")
    assert total(all_of).startswith("0 of ")
    assert "and Remove Keyword Mentorship" in all_of.one("ul", "active").text
    said = all_of.one("p", "notice").text
    assert said == "No results match all filters. Remove a filter or clear all."


def test_options_without_results_stay_and_lead_nowhere(see: Callable[[str], Element]) -> None:
    page = see("/practices?keyword=wellbeing")
    found = panel(page, "Strongest evidence")
    levels = [one.one("label").text for one in found.find("div", "opt")]
    assert levels == [
        *("Control group", "Independent evaluation", "Before and after"),
        *("Participant feedback", "Take-up figures", "None reported"),
    ]
    none = found.find("div", "zero")[0]
    assert none.one("span").text == "0" and not none.find("a")
    for path in ("/practices", "/initiatives", "/graphs"):
        numbers = [
            a.text for p in see(path).find("details", "facet") for a in p.find("a", "number")
        ]
        assert numbers and "0" not in numbers


def test_practices_are_the_initiatives_of_their_class(
    asked: FlaskClient, see: Callable[[str], Element]
) -> None:
    found = {
        path: asked.get(f"{path}.json?size=1000").json["items"]  # type: ignore[index]
        for path in ("/initiatives", "/practices", "/programmes")
    }
    iris = {path: {one["iri"] for one in items} for path, items in found.items()}
    assert iris["/practices"] | iris["/programmes"] == iris["/initiatives"]
    assert not iris["/practices"] & iris["/programmes"]
    assert len(iris["/practices"]) > 100
    typed = asked.get("/initiatives.json?type=Practice&size=1000").json
    assert typed is not None and {one["iri"] for one in typed["items"]} == iris["/practices"]
    assert [a.text for a in see("/practices").one("nav", "tabs").find("a")] == [
        *("Initiatives", "Practices", "Case studies", "Programmes and frameworks"),
    ]
    assert asked.get("/practices?practice=false").status_code == 400


def test_orders_are_offered_only_where_they_make_a_difference(
    see: Callable[[str], Element],
) -> None:
    def offered(path: str) -> list[str]:
        return [
            a.text
            for nav in see(path).find("nav")
            for a in nav.find("a")
            if nav.attributes.get("aria-labelledby") == "sort"
        ]

    assert offered("/practices") == ["Evidence", "Newest", "A to Z"]
    assert offered("/initiatives") == ["Evidence", "Newest", "A to Z"]
    assert offered("/organisations") == ["Most practices", "Newest", "A to Z"]
    assert offered("/case-studies") == []
    assert offered("/registers") == []


def test_practices_with_the_strongest_evidence_come_first(see: Callable[[str], Element]) -> None:
    badges = [
        li.one("div", "flags").find("span", "badge")[0].text
        for li in see("/practices").find("li", "card")
    ]
    order = ["Control group", "Independent evaluation", "Before and after", "Participant feedback"]
    ranks = [next(n for n, word in enumerate(order) if badge.startswith(word)) for badge in badges]
    assert ranks == sorted(ranks) and ranks[0] == 0 and len(set(ranks)) == 4


def test_sorting_and_paging_keep_the_filters(see: Callable[[str], Element]) -> None:
    page = see("/initiatives?sort=-year&type=Pledge")
    assert names(page)[0] == "Technician Commitment"
    sort = {a.text: a.attributes["href"] for ul in page.find("ul", "seg") for a in ul.find("a")}
    assert sort["A to Z"] == "/initiatives?type=Pledge"
    small = see("/case-studies?keyword=training&size=3")
    later = small.one("nav", "pager").one("a").attributes["href"]
    assert later == "/case-studies?keyword=training&size=3&page=2"
    assert len(names(see(later))) == 3
    first = see("/practices")
    assert len(names(first)) == 20
    assert first.one("nav", "pager").one("a").attributes["href"] == "/practices?size=20&page=2"


def test_the_list_opens_as_sparql_that_gives_the_same(
    asked: FlaskClient, see: Callable[[str], Element]
) -> None:
    page = see("/case-studies?keyword=wellbeing&beneficiary=technicians")
    (link,) = (a for a in page.find("a") if a.text == "Show the query")
    rows = json.loads(
        asked.get(link.attributes["href"], headers={"Accept": "application/json"}).data
    )
    labels = [row["label"]["value"] for row in rows["results"]["bindings"]]
    assert labels == names(page) and len(labels) > 1


def test_the_list_can_be_had_as_csv_json_and_turtle(
    asked: FlaskClient, see: Callable[[str], Element]
) -> None:
    page = see("/case-studies?keyword=wellbeing")
    links = {a.text: a.attributes["href"] for a in page.one("ul", "downloads").find("a")}
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
        (
            "keyword=trainng",
            422,
            f"{INVALID}Keyword has no value “trainng”. Did you mean training?",
        ),
        ("keyword=%3Cx%3E", 422, f"{INVALID}“<x>” cannot be a value of Keyword."),
        ("keywrd=x", 400, "A list has no filter “keywrd”. Did you mean keyword?"),
        ("year=soon", 422, f"{INVALID}“soon” is not a year of four digits, such as 2020."),
        ("keyword-match=some", 400, f"{INVALID}keyword-match is “some”, and may be any, all."),
        (
            "sort=size",
            400,
            f"{INVALID}sort is “size”, and may be evidence, practices, -year, title, -title.",
        ),
        ("page=9", 404, "This list has no page 9: its last is page 1."),
        ("size=0", 400, "size is “0”, and has to be a whole number from 1."),
        ("organisation=nowhere", 422, f"{INVALID}Institution has no value “nowhere”."),
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_is_refused(
    asked: FlaskClient, query: str, status: int, detail: str
) -> None:
    answer = asked.get(f"/case-studies?{query}")
    assert answer.json is not None
    assert (answer.status_code, answer.json["detail"]) == (status, detail)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "/case-studies?sort=title&keyword=trainng&keyword=mentorship",
            ["/case-studies?sort=title&keyword=training&keyword=mentorship"],
        ),
        ("/case-studies?organisation=nowhere", []),
        ("/case-studies?keywrd=trainng", []),
        (
            "/queries/case-studies-by-keyword?keyword=mentorshp",
            ["/queries/case-studies-by-keyword?keyword=mentorship"],
        ),
    ],
)
def test_a_refused_value_leads_to_those_that_resemble_it(
    asked: FlaskClient, path: str, expected: list[str]
) -> None:
    response = asked.get(path, headers={"Accept": BROWSER})
    assert response.status_code in (400, 422)
    found = re.findall(r'<a class="btn" href="([^"]*)">(?:(?!</a>).)*Use “', response.text)
    assert [one.replace("&amp;", "&") for one in found] == expected


def test_a_value_that_nothing_has_gives_an_empty_list(see: Callable[[str], Element]) -> None:
    page = see("/case-studies?keyword=managers-of-researchers&year=1999")
    assert total(page).startswith("0 of ")
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
        "/practices?q=mentoring+scheme&sort=title",
    )
    known = [asked.get(path, headers={"Accept": "application/json"}).json for path in paths]
    monkeypatch.setattr("query_ui.graph.search_index.index_reader.SEARCH_INDEX_VERSION", 99)
    settings, _ = shipped
    bare = create_app(settings, open_engine(settings)).test_client()
    assert [bare.get(p, headers={"Accept": "application/json"}).json for p in paths] == known
    page = parsed(bare.get(paths[0], headers={"Accept": BROWSER}).text)
    assert not page.find("details", "facet") and len(names(page)) == 10


def test_a_list_can_be_searched_by_words_of_titles(
    asked: FlaskClient, see: Callable[[str], Element]
) -> None:
    page = see("/practices?q=MENTORING&sort=title&size=100")
    (link,) = (a for a in page.find("a") if a.text == "Show the query")
    answer = asked.get(link.attributes["href"], headers={"Accept": "application/json"})
    rows = [row["label"]["value"] for row in json.loads(answer.data)["results"]["bindings"]]
    links = {a.text: a.attributes["href"] for a in page.one("ul", "downloads").find("a")}
    table = list(csv.DictReader(io.StringIO(asked.get(links["CSV"]).text)))
    assert rows == [row["title"] for row in table] == names(page)
    assert total(page).startswith(f"{len(rows)} of ") and len(rows) > 3
    (chip,) = (a for li in page.find("ul", "chips") for a in li.find("a", "on"))
    assert "“MENTORING”" in chip.text and chip.attributes["href"] == "/practices?sort=title"
    field = page.by_id("find-here")
    assert (field.attributes["value"], field.attributes["form"]) == ("MENTORING", "filters")


def test_the_words_of_a_list_stay_with_filters_pages_and_orders(
    see: Callable[[str], Element],
) -> None:
    page = see("/organisations?q=university&size=20")
    hrefs = [a.attributes["href"] for a in page.one("nav", "pager").find("a")]
    hrefs += [a.attributes["href"] for a in page.find("ul", "seg")[-1].find("a")][:1]
    hrefs += [a.attributes["href"] for div in page.find("div", "opt") for a in div.find("a")]
    assert len(hrefs) > 5 and all("q=university" in href for href in hrefs)
    assert names(see("/organisations?q=prifysgol+aberystwyth")) == ["Aberystwyth University"]


def test_long_words_are_refused_and_short_lists_have_the_field(
    asked: FlaskClient, see: Callable[[str], Element]
) -> None:
    answer = asked.get(f"/practices?q={'a' * 201}", headers={"Accept": BROWSER})
    assert answer.status_code == 400 and "201 characters" in answer.text
    assert see("/things/commitment").by_id("find-here").attributes["form"] == "filters"
