"""Saved queries as forms, results and data."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element

Page = Callable[[str], Element]
TITLE = "Alpha <b>bold</b> <https://example.org/x> a owl:Thing ."


def test_queries_are_listed_with_title_and_summary(page: Page) -> None:
    items = page("/queries").one("ul", "cards").find("li")
    assert [i.text for i in items] == [
        "Case studies by keyword The case studies that carry a keyword. browse",
        "Who belongs The statements about a consortium. browse",
    ]


def test_form_has_choices_from_the_graph_and_typed_fields(page: Page) -> None:
    form = page("/queries/by-keyword").one("form", "ask")
    select, number = form.one("select"), form.one("input")
    assert [o.text for o in select.find("option")] == [
        *("Careers (1)", "Egg (0)", "Hen (0)", "Training (2)", "Wellbeing (1)")
    ]
    chosen = [o.text for o in select.find("option") if "selected" in o.attributes]
    assert chosen == ["Training (2)"]
    assert (number.attributes["type"], number.attributes["value"]) == ("number", "10")
    assert form.one("small").text == "In brackets: the number of things that carry it."
    labels = {label.attributes["for"]: label.text for label in form.find("label")}
    assert labels == {"p-keyword": "Keyword", "p-most": "At most"}


def test_page_shows_the_answer_for_the_defaults(page: Page) -> None:
    table = page("/queries/by-keyword").one("table", "result")
    assert [th.text for th in table.find("th")] == ["study", "title"]
    assert [td.text for td in table.find("td")] == [f"{TITLE} study:alpha", TITLE]
    assert table.one("a").attributes["href"] == "/case-studies/alpha"


def test_value_that_was_given_is_asked_kept_and_passed_to_the_downloads(page: Page) -> None:
    found = page("/queries/by-keyword?keyword=careers&most=")
    assert found.one("table", "result").find("td") == []
    chosen = [o.text for o in found.one("select").find("option") if "selected" in o.attributes]
    assert chosen == ["Careers (1)"]
    downloads = [a.attributes["href"] for a in found.find("p", "data")[0].find("a")]
    assert downloads[1] == "/queries/by-keyword.csv?keyword=careers&most="


@pytest.mark.parametrize(
    ("suffix", "media_type", "start"),
    [
        (".csv", "text/csv", "study,title"),
        (".tsv", "text/tab-separated-values", "?study\t?title"),
        (".json", "application/sparql-results+json", '{"head":{"vars":["study","title"]}'),
        (".xml", "application/sparql-results+xml", '<?xml version="1.0"?>'),
    ],
)
def test_suffix_gives_the_rows(
    client: FlaskClient, suffix: str, media_type: str, start: str
) -> None:
    response = client.get(f"/queries/by-keyword{suffix}?keyword=wellbeing")
    assert response.mimetype == media_type
    assert response.text.startswith(start)
    assert "case-study/alpha" in response.text


def test_accept_means_the_same_as_the_suffix(client: FlaskClient) -> None:
    plain = client.get("/queries/by-keyword.csv")
    asked = client.get("/queries/by-keyword", headers={"Accept": "text/csv"})
    assert asked.data == plain.data
    assert TITLE in asked.text


def test_query_for_a_graph_gives_graph_formats(client: FlaskClient) -> None:
    response = client.get("/queries/members.nt?consortium=n8")
    assert '"N8 Research Partnership"@en' in response.text
    assert client.get("/queries/members.csv?consortium=n8").status_code == 404


def test_required_value_is_asked_for_before_the_query_runs(client: FlaskClient, page: Page) -> None:
    empty = page("/queries/members")
    assert "Fill in the form" in empty.one("main").text
    assert "required" in empty.one("main").one("input").attributes
    assert empty.one("main").one("input").attributes["value"] == ""
    response = client.get("/queries/members.ttl")
    assert response.status_code == 400
    assert response.json is not None
    assert response.json["detail"] == 'members needs a value for "consortium".'


@pytest.mark.parametrize(
    ("arguments", "status", "detail"),
    [
        ("most=x", 422, '"x" is no value of "most": give a whole number such as 3.'),
        ("keyword=hens", 422, "Invalid value “hens” for keyword. Did you mean Hen?"),
        ("nope=1", 400, 'by-keyword has no parameter "nope"; its parameters are: keyword, most.'),
        ("labels=x", 400, "labels is “x”: it can be on or off."),
        ("page=0", 400, "page is “0”, and has to be a whole number from 1."),
        ("size=10001", 400, "size is “10001”, and has to be a whole number from 1 to 10000."),
        ("page=1&page=2", 400, "page is given 2 times: give it once."),
        ("timeout=0.01", 400, "timeout is “0.01”: give seconds, such as 5 or 0.5, from 0.1 on."),
        ("timeout=never", 400, "timeout is “never”: give seconds, such as 5 or 0.5, from 0.1 on."),
        ("most=%FF", 400, "The address holds bytes that are not UTF-8."),
    ],
)
def test_value_that_does_not_fit_is_said(
    client: FlaskClient, arguments: str, status: int, detail: str
) -> None:
    response = client.get(f"/queries/by-keyword.csv?{arguments}")
    assert response.status_code == status
    assert response.json is not None
    assert response.json["detail"] == detail


def test_value_cannot_leave_its_place(client: FlaskClient) -> None:
    value = "x> } ?s ?p ?o } #"
    response = client.get("/queries/by-keyword.csv", query_string={"keyword": f"<{value}>"})
    assert response.status_code == 422


def test_text_of_the_query_is_shown_and_can_be_changed(page: Page) -> None:
    found = page("/queries/by-keyword?keyword=wellbeing").one("details", "text")
    assert "VALUES ?keyword { <https://w3id.org/concordat-kg/concept/keywords/wellbeing> }" in (
        found.one("pre").text
    )
    assert "title: Case studies" not in found.text
    change, file = found.find("a")
    assert change.attributes["href"].startswith("/sparql?query=PREFIX")
    assert file.attributes["href"] == "/queries/by-keyword.rq?keyword=wellbeing"


def test_browser_and_reader_get_what_they_like(client: FlaskClient) -> None:
    for accept, media_type in (
        (BROWSER, "text/html"),
        ("*/*", "text/html"),
        ("application/json", "application/sparql-results+json"),
    ):
        response = client.get("/queries/by-keyword", headers={"Accept": accept})
        assert response.mimetype == media_type
