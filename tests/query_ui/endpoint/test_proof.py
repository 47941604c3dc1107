"""The page of a saved query says what was proved, and broken files leave the others working."""

import json
import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from tests.query_ui.conftest import BROWSER, BY_KEYWORD
from tests.query_ui.site.small import Element, parsed

PAGE = {"Accept": BROWSER}


@pytest.fixture(scope="module")
def shipped_site(shipped_app: Flask) -> FlaskClient:
    """The site over the shipped data, proved as it was built."""
    return shipped_app.test_client()


def guarantees(page: Element) -> Element:
    """The fold with the guarantees."""
    folds = page.find("details", "fold")
    (found,) = (fold for fold in folds if fold.attributes.get("id") == "guarantees")
    return found


def test_a_page_says_when_on_which_release_and_what_was_proved(
    shipped_site: FlaskClient, shipped: tuple[Settings, BuildResult]
) -> None:
    page = parsed(shipped_site.get("/queries/members-on-a-day", headers=PAGE).text)
    release = shipped[1].release
    built = release.report()["built"].replace("T", " ")[:16]
    assert guarantees(page).one("summary").text == "Guarantees for the default values"
    said = guarantees(page).one("p", "notice")
    assert said.text.startswith(
        f"Tests last passed on release {release.name[:12]}, {built} UTC: 6 rows in "
    )
    assert said.text.endswith("ms; 2 invariants and 4 examples hold.")
    promises = [item.text for item in guarantees(page).find("li")]
    assert promises[0].startswith("At least 6 rows, with the columns member , memberName ")
    assert promises[1:3] == [
        "Always: nobody is listed who joined after the day.",
        "Always: nobody is listed who left before the day.",
    ]
    assert promises[3] == "day = 2014-12-31 : without 2 known rows."


def test_the_examples_of_a_page_are_addresses_that_answer_so(shipped_site: FlaskClient) -> None:
    page = parsed(shipped_site.get("/queries/obligations-by-group", headers=PAGE).text)
    links = guarantees(page).find("a")
    assert [link.text for link in links] == [
        "group = Funders",
        "group = Managers of researchers",
        "group = Researchers",
    ]
    for link, count in zip(links, (10, 15, 15), strict=True):
        answer = shipped_site.get(link.attributes["href"], headers={"Accept": "text/csv"})
        assert len(answer.text.splitlines()) == 1 + count


@pytest.fixture
def spoilt(settings: Settings, tmp_path: Path) -> FlaskClient:
    """A site with one query in order and two broken ones, over a release without a report."""
    shutil.copytree(settings.root / "sparql", tmp_path / "sparql", symlinks=False)
    (tmp_path / "ontology").symlink_to(settings.ontology)
    queries = tmp_path / "sparql" / "queries"
    (queries / "bad-header.rq").write_text(BY_KEYWORD.replace("tags:", "tag:"), "utf-8")
    (queries / "bad-syntax.rq").write_text(BY_KEYWORD.replace("DISTINCT", "DISTINKT"), "utf-8")
    own = Settings(root=tmp_path, out=settings.out)
    return create_app(own, open_engine(own)).test_client()


def test_broken_files_are_listed_with_their_line_and_the_others_work(spoilt: FlaskClient) -> None:
    page = parsed(spoilt.get("/queries", headers=PAGE).text)
    listed = [item.text for item in page.one("section", "broken").find("li")]
    assert listed == [
        'bad-header.rq:3 The header has no key "tag"; it has title, summary, tags, contract, ask,'
        " expect, asks.",
        'bad-header.rq:1 The header lacks "tags".',
        "bad-syntax.rq:8 The query is not valid SPARQL 1.1 from here on.",
    ]
    assert spoilt.get("/queries/by-keyword.csv").status_code == 200
    assert "Case studies by keyword" in spoilt.get("/queries", headers=PAGE).text
    assert spoilt.get("/").status_code == 200


def test_a_broken_query_answers_with_a_problem_that_names_file_and_line(
    spoilt: FlaskClient, tmp_path: Path
) -> None:
    for address in ("/queries/bad-syntax", "/queries/bad-syntax.csv", "/queries/bad-syntax?most=1"):
        answer = spoilt.get(address)
        assert answer.status_code == 503
        assert answer.mimetype == "application/problem+json"
        problem = json.loads(answer.text)
        assert problem["title"] == "The file of this saved query is broken"
        assert problem["detail"] == (
            "The saved query bad-syntax cannot be run: bad-syntax.rq:8: "
            "The query is not valid SPARQL 1.1 from here on."
        )
        assert str(tmp_path) not in answer.text
    assert "bad-syntax.rq:8" in spoilt.get("/queries/bad-syntax", headers=PAGE).text


def test_a_release_without_a_report_is_not_called_proved(spoilt: FlaskClient) -> None:
    page = parsed(spoilt.get("/queries/by-keyword", headers=PAGE).text)
    (said,) = page.find("p", "low")
    assert said.text.startswith("No test is recorded for release ")


def test_all_is_well_where_no_file_is_broken(shipped_site: FlaskClient) -> None:
    assert 'id="broken"' not in shipped_site.get("/queries", headers=PAGE).text
