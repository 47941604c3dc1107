"""The form for a case study or a practice: findings beside the fields, and the file."""

import csv
from collections.abc import Mapping

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.graph.page_queries import GRAPH_EXTENSION
from query_ui.site.contribute import KINDS, MAX_CHARACTERS
from query_ui.site.contribution_form import HIDDEN_COLUMNS
from tests.conftest import PROJECT
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

STUDY: Mapping[str, object] = {
    "record": "case-study",
    "title": "Mentoring for postdocs: a pilot",
    "institution": "University of Liverpool",
    "source": "https://example.org/mentoring",
    "text": "Postdocs are mentored by senior staff.\nIt is evaluated.",
    "keywords": ["Mentorship", "Postdocs"],
    "beneficiaries": "Research staff",
    "stakeholders": "Researchers",
    "principles": "Employment",
    "tags_from": "tags",
    "curated_obligations": "ECI1",
}
PRACTICE: Mapping[str, object] = {
    "record": "practice",
    "id": "new-fund",
    "title": "A fund, “new”",
    "institution": "University of Liverpool | University of York",
    "evidence_level": "None reported",
    "keywords": ["Training", "Wellbeing"],
}


@pytest.fixture(scope="module")
def site(shipped_app: Flask) -> FlaskClient:
    return shipped_app.test_client()


def send(site: FlaskClient, values: Mapping[str, object], path: str = "/contribute") -> Element:
    response = site.post(path, data=values, headers={"Accept": BROWSER})
    assert len(response.data) <= 80_000
    return parsed(response.text)


def result(page: Element) -> Element:
    return next(one for one in page.find("section") if one.attributes.get("id") == "result")


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_has_the_fields_of_the_model(site: FlaskClient, kind: str) -> None:
    response = site.get(f"/contribute?record={kind}", headers={"Accept": BROWSER})
    assert len(response.data) <= 80_000
    page = parsed(response.text)
    names = {
        field.attributes.get("name")
        for tag in ("input", "select", "textarea")
        for field in page.one("main").find(tag)
    }
    if kind == "practice":
        with (PROJECT / "data/practices/practices.csv").open(encoding="utf-8") as file:
            columns = set(next(csv.reader(file))) - HIDDEN_COLUMNS - {"low_trust"}
        assert columns <= names
    else:
        assert {
            "title",
            "institution",
            "source",
            "text",
            "keywords",
            "curated_obligations",
        } <= names
    assert any(
        o.attributes["value"] == "University of York"
        for o in page.find("option")
        if "value" in o.attributes
    )


def test_a_sound_case_study_is_a_file_to_download(site: FlaskClient) -> None:
    head = result(send(site, STUDY)).one("h2").text
    assert head == "Ready"
    response = site.post("/contribute/file", data=STUDY)
    assert response.mimetype == "text/markdown"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="mentoring-for-postdocs-a-pilot.md"'
    )
    _, matter, text = response.text.split("---\n")
    read = yaml.safe_load(matter)
    assert read["title"] == STUDY["title"] and read["slug"] == "mentoring-for-postdocs-a-pilot"
    assert read["tags"]["keywords"] == ["Mentorship", "Postdocs"]
    assert read["curated"] == {"obligations": ["ECI1"]}
    assert text == f"{STUDY['text']}\n"


def test_findings_lead_to_their_fields(site: FlaskClient) -> None:
    wrong = {**STUDY, "institution": "Nowhere University", "source": "somewhere"}
    links = {a.text: a.attributes["href"] for a in result(send(site, wrong)).find("a")}
    assert links["Institution"] == "#f-institution"
    assert links["Address of the source"] == "#f-source"


def test_a_record_that_exists_already_is_an_error(site: FlaskClient) -> None:
    taken = {**STUDY, "slug": "development-activity-guidance"}
    assert result(send(site, taken)).one("h2").text == "1 error to correct"
    refused = site.post("/contribute/file", data=taken, headers={"Accept": BROWSER})
    assert refused.status_code == 422
    assert "is described already" in result(parsed(refused.text)).text


def test_a_practice_is_a_row_that_a_build_reads(site: FlaskClient) -> None:
    assert "needs a value in the column “kind”" in result(send(site, PRACTICE)).text
    response = site.post("/contribute/file", data={**PRACTICE, "kind": "Fund"})
    assert response.mimetype == "text/csv"
    (row,) = csv.DictReader(response.text.splitlines())
    assert row["institution"] == "University of Liverpool | University of York"
    assert (row["title"], row["kind"]) == ("A fund, “new”", "Fund")


def test_keywords_of_similar_works_are_suggested_and_chosen_ones_are_not(
    site: FlaskClient,
) -> None:
    untagged = {**STUDY, "keywords": ["Postdocs"]}
    page = result(send(site, untagged))
    offered = [
        box.attributes["value"] for box in page.find("input") if "data-suggestion" in box.attributes
    ]
    assert "Mentorship" in offered and "Postdocs" not in offered


def test_text_that_was_typed_is_text(site: FlaskClient) -> None:
    hostile = {**STUDY, "title": "<script>alert(1)</script>", "slug": "x"}
    page = send(site, hostile)
    assert not [s for s in page.find("script") if "alert" in s.text]
    response = site.post("/contribute/file", data={**STUDY, "title": "a: b\n---\nc"})
    assert yaml.safe_load(response.text.split("\n---\n")[0].removeprefix("---\n"))["title"]


def test_the_form_is_bounded(site: FlaskClient) -> None:
    assert site.post("/contribute", data={"record": "poem"}).status_code == 400
    large = {**STUDY, "text": "x" * MAX_CHARACTERS}
    assert site.post("/contribute", data=large).status_code == 413


def test_the_file_can_be_sent_where_the_operator_says(
    shipped: tuple[Settings, object],
) -> None:
    app = create_app(shipped[0], open_engine(shipped[0]), feedback_address="data@example.org")
    assert GRAPH_EXTENSION in app.extensions
    page = result(send(app.test_client(), STUDY))
    (href,) = [a.attributes["href"] for a in page.find("a", "go")]
    assert href.startswith("mailto:data@example.org?subject=New%20case%20study")


@pytest.mark.browser
def test_the_form_is_checked_while_it_is_filled_in(browser: Browser, shipped_address: str) -> None:
    page = browser.new_page()
    page.goto(f"{shipped_address}/contribute")
    expect(page.get_by_role("heading", name="Not checked yet")).to_be_visible()
    page.get_by_label("Title", exact=False).first.fill("Mentoring for postdocs")
    page.get_by_label("Text required").fill("Postdocs are mentored by senior staff.")
    page.get_by_role("combobox", name="Institution").fill("Nowhere University")
    page.get_by_label("Address of the source").focus()
    expect(page.locator("#result")).to_contain_text("Nowhere University")
    page.locator("#result").get_by_label("Mentorship").check()
    expect(page.locator("#result pre")).to_contain_text("- Mentorship")
    page.close()
