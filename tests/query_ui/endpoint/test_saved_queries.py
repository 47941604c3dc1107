"""Saved queries as forms, results and data."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

Page = Callable[[str], Element]
TITLE = "Alpha <b>bold</b> <https://example.org/x> a owl:Thing ."


def test_queries_are_listed_with_title_and_summary(page: Page) -> None:
    items = [li for ul in page("/queries").find("ul", "queries") for li in ul.find("li")]
    assert [i.text for i in items] == [
        "Case studies by keyword The case studies that carry a keyword.",
        "Who belongs The statements about a consortium.",
    ]


def test_form_has_choices_from_the_graph_and_typed_fields(page: Page) -> None:
    form = page("/queries/by-keyword").one("form", "ask")
    select, number = form.one("select"), form.one("input")
    assert [o.text for o in select.find("option")] == [
        *("Careers (0)", "Egg (0)", "Hen (0)", "Training (1)", "Wellbeing (1)")
    ]
    chosen = [o.text for o in select.find("option") if "selected" in o.attributes]
    assert chosen == ["Training (1)"]
    assert (number.attributes["type"], number.attributes["value"]) == ("number", "10")
    assert form.one("p", "counted").text == "In brackets: the number of rows for each choice."
    labels = {label.attributes["for"]: label.text for label in form.find("label")}
    assert labels["p-keyword"].startswith("Keyword") and labels["p-most"] == "At most"
    assert form.one("button").text == "Run query"


def test_page_shows_the_answer_for_the_defaults(page: Page) -> None:
    found = page("/queries/by-keyword")
    table = found.one("table", "result")
    assert [th.text for th in table.find("th")] == ["Study"]
    assert [td.text for td in table.find("td")] == [TITLE]
    (link,) = table.find("td")[0].find("a")
    assert link.attributes["href"] == "/case-studies/alpha"
    assert found.one("h2").text == "1 row 1 case study"


def tick(page: Element, name: str) -> dict[str, bool]:
    """The checkboxes of a field by value, and whether each is ticked."""
    boxes = [box for box in page.find("input") if box.attributes.get("name") == name]
    return {b.attributes["value"].rpartition("#")[2]: "checked" in b.attributes for b in boxes}


def test_form_and_result_say_the_same_where_several_values_are_chosen(shipped_app: Flask) -> None:
    client = shipped_app.test_client()
    every = {"Disputed", "False", "Supported", "Unsupported"}
    for address, chosen in (
        ("/queries/claims", every),
        ("/queries/claims?source=&judgement=ckg:False", {"False"}),
        ("/queries/claims?judgement=ckg:False&judgement=ckg:Disputed", {"False", "Disputed"}),
        ("/queries/claims?" + "&".join(f"judgement=ckg:{one}" for one in sorted(every)), every),
        ("/queries/claims?source=&judgement=", every),
    ):
        page = parsed(client.get(address, headers={"Accept": BROWSER}).text)
        assert {name for name, on in tick(page, "judgement").items() if on} == chosen, address
        assert set(tick(page, "judgement")) == every
        label = "Verification status"
        cells = [td for td in page.find("td") if td.attributes.get("data-label") == label]
        assert {td.text.capitalize() for td in cells} == chosen, address


def test_a_field_with_several_defaults_and_many_choices_is_a_list(shipped_app: Flask) -> None:
    path = "/queries/practices-by-obligation"
    text = shipped_app.test_client().get(path, headers={"Accept": BROWSER}).text
    select = parsed(text).one("form", "ask").one("select")
    assert "multiple" in select.attributes
    assert len([one for one in select.find("option") if "selected" in one.attributes]) == 4


def test_a_chart_beside_the_table_says_what_comes_first(shipped_app: Flask) -> None:
    client = shipped_app.test_client()
    path = "/queries/case-studies-by-broader-keyword"
    page = parsed(client.get(path, headers={"Accept": BROWSER}).text)
    assert page.one("h2").text == "33 rows 14 case studies, 6 keywords"
    figure = page.one("figure")
    assert figure.one("h3").text == "Professional development comes first, with 11 of 33 rows"
    bars = {row.one("th").text: row.one("td", "num").text for row in figure.find("tr")}
    assert (bars["Training"], bars["Mentorship"], len(bars)) == ("10", "1", 6)
    counted = parsed(client.get("/queries/keyword-frequency", headers={"Accept": BROWSER}).text)
    assert counted.one("figure").one("h3").text.endswith(" case studies")


def test_the_first_hundred_rows_are_shown_and_are_no_more_than_150_kb(shipped_app: Flask) -> None:
    client = shipped_app.test_client()
    for name in ("institution-identifiers", "indicators", "compare-institutions", "memberships"):
        text = client.get(f"/queries/{name}", headers={"Accept": BROWSER}).text
        rows = parsed(text).one("table", "result").find("tr")
        assert len(rows) <= 101 and len(text.encode()) <= 150_000, name
    many = client.get("/queries/institution-identifiers", headers={"Accept": BROWSER})
    assert 'size=100>; rel="next"' in many.headers["Link"]


def test_value_that_was_given_is_asked_kept_and_passed_to_the_downloads(page: Page) -> None:
    found = page("/queries/by-keyword?keyword=careers&most=")
    assert not found.find("table", "result")
    assert "No results for these values." in found.one("main").text
    chosen = [o.text for o in found.one("select").find("option") if "selected" in o.attributes]
    assert chosen == ["Careers (0)"]
    downloads = [a.attributes["href"] for a in found.one("ul", "downloads").find("a")]
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
    (found,) = (
        fold
        for fold in page("/queries/by-keyword?keyword=wellbeing").find("details", "fold")
        if fold.attributes.get("id") == "query-text"
    )
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


def test_an_optional_parameter_can_be_any(shipped_app: Flask) -> None:
    client = shipped_app.test_client()
    path = "/queries/practices-for-beneficiary"
    page = parsed(client.get(path, headers={"Accept": BROWSER}, buffered=True).text)
    (field,) = [one for one in page.find("select") if one.attributes["name"] == "nation"]
    options = [
        (one.attributes["value"], "selected" in one.attributes) for one in field.find("option")
    ]
    assert options[0] == ("", True)
    assert [value for value, _ in options[1:]] == [
        "England",
        "Northern Ireland",
        "Scotland",
        "Wales",
    ]
    everything = client.get(f"{path}.json").get_json()["total"]
    assert client.get(f"{path}.json?nation=").get_json()["total"] == everything
    assert 0 < client.get(f"{path}.json?nation=wales").get_json()["total"] < everything
    refused = client.get(f"{path}.json?nation=Atlantis")
    assert (refused.status_code, "Invalid value “Atlantis”" in refused.get_json()["detail"]) == (
        422,
        True,
    )
