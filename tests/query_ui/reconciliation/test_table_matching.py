"""A table matched on a page: decided on by keyboard, without scripts, and nothing of it kept."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from playwright.sync_api import Browser, Page, expect

from tests.query_ui.site.small import parsed

TABLE = (
    "Institution,ROR\nUniv. of Durham,\nKCL,\nYork University,https://ror.org/04m01e293\n"
    "<b>Nowhere</b> & College,\n"
)


@pytest.fixture(scope="module")
def ours(shipped_app: Flask) -> FlaskClient:
    return shipped_app.test_client()


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_the_joined_table_has_identifiers_and_counts(ours: FlaskClient) -> None:
    fields = {"table": TABLE, "column": "Institution", "identifiers": "ROR", "name": "my list.csv"}
    answer = ours.post("/link/joined", data=fields)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-list-joined.csv"'
    header, *body = rows(answer.text)
    assert header[6:] == ["ror", "ukprn", "wikidata", "case-studies", "initiatives"]
    assert [(r[0], r[3], *r[6:8], r[9]) for r in body] == [
        ("Univ. of Durham", "Durham University", "https://ror.org/01v29qb04", "10007143", "0"),
        ("KCL", "", "", "", ""),
        ("York University", "University of York", "https://ror.org/04m01e293", "10007167", "2"),
        ("<b>Nowhere</b> & College", "", "", "", ""),
    ]


def test_a_decision_is_in_both_files_and_marked_as_a_persons(ours: FlaskClient) -> None:
    kings = "https://w3id.org/concordat-kg/id/organisation/kings-college-london"
    fields = {"table": TABLE, "column": "Institution", "choice-1": kings}
    joined = rows(ours.post("/link/joined", data=fields).text)
    assert joined[2][3] == "King's College London"
    text = ours.post("/link/mapping-set", data=fields).text
    (line,) = [line for line in text.splitlines() if line.startswith("KCL\t")]
    assert "skos:exactMatch\tckgid:organisation/kings-college-london" in line
    assert "semapv:ManualMappingCuration" in line


def test_a_workbook_is_taken_like_a_pasted_table(ours: FlaskClient) -> None:
    book, stream = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name"])
    sheet.append(["University of Hull, “Hull”\nand more"])
    sheet.append(["University of Hull"])
    book.save(stream)
    stream.seek(0)
    answer = ours.post("/link", data={"file": (stream, "a.xlsx")})
    assert "1 matched with certainty" in parsed(answer.text).one("ul", "stats").text


def test_an_upload_in_utf_16_with_a_preamble_is_read_and_told(ours: FlaskClient) -> None:
    text = "Providers, an example\n\nName\tROR\nUniversity of Hull\t-\nKeele University\tN/A\n"
    data = f"\ufeff{text}Total\t2\n".encode("utf-16-le")
    answer = ours.post("/link", data={"file": (io.BytesIO(data), "a.txt")})
    words = " ".join(parsed(answer.text).one("p", "notice").text.split())
    assert words == (
        "a.txt has 2 rows. Its header is line 3; what is above is not read. Not read as rows: "
        "totals and notes at the end (line 6)."
    )
    fields = {"column": "Name", "identifiers": "ROR"}
    answer = ours.post("/link", data={"file": (io.BytesIO(data), "a.txt"), **fields})
    assert "2 matched with certainty" in parsed(answer.text).one("ul", "stats").text
    assert "Its header is line 3" in answer.text
    assert "not valid" not in answer.text


def test_one_column_needs_no_heading(ours: FlaskClient) -> None:
    fields = {"table": "University of Hull\nKeele, University of\n", "headless": "yes"}
    answer = ours.post("/link", data=fields)
    assert "2 different names in 2 rows" in " ".join(answer.text.split())


def test_each_organisation_of_an_affiliation_is_shown_and_joined(ours: FlaskClient) -> None:
    text = 'Where\n"University of Leeds and University of York, UK"\n"York, Leeds, UK"\n'
    fields = {"table": text, "affiliations": "yes", "column": "Where"}
    page = parsed(ours.post("/link", data=fields).text)
    certain = page.one("table")
    assert [link.text for link in certain.find("a")] == [
        "University of Leeds",
        "University of York",
    ]
    header, first, towns = rows(ours.post("/link/joined", data=fields).text)
    assert header[-3:] == ["related_id", "related_name", "relation"]
    assert first[header.index("matched_name")] == "University of Leeds|University of York"
    assert first[header.index("ukprn")] == "10007795|10007167"
    assert set(towns[1:]) == {""}


OPEN = {"table": "Imperial\nKing's\nStrathclyde\nUniversity of Hull\n", "headless": "yes"}


def checked(text: str) -> list[str]:
    """The names of the choices that are selected on the page."""
    page = parsed(text)
    boxes = [b.attributes for b in page.find("input") if "checked" in b.attributes]
    labels = {label.attributes["for"]: label.text for label in page.find("label")}
    return [labels[box["id"]].partition("  ")[0] for box in boxes]


@pytest.mark.parametrize(
    ("least", "accepted"),
    [("45", ["Imperial College London", "University of Strathclyde"]), ("99", [])],
)
def test_all_candidates_above_a_score_are_accepted(
    ours: FlaskClient, least: str, accepted: list[str]
) -> None:
    fields = {**OPEN, "column": "name", "least": least}
    names = checked(ours.post("/link", data=fields).text)
    assert [n for n in names if not n.startswith("Leave")] == [
        next(n for n in names if n.startswith(name)) for name in accepted
    ]
    assert len([n for n in names if n.startswith("Leave")]) == 2 - len(accepted)


def test_a_choice_to_leave_a_name_open_stays_in_the_file(ours: FlaskClient) -> None:
    fields = {**OPEN, "column": "name", "accepted": "45", "choice-0": "keep"}
    joined = rows(ours.post("/link/joined", data=fields).text)
    assert [row[2] for row in joined[1:]] == [
        *("", "", "University of Strathclyde", "University of Hull"),
    ]
    untouched = {**OPEN, "column": "name", "least": "45"}
    joined = rows(ours.post("/link/joined", data=untouched).text)
    assert [row[2] for row in joined[1:]] == ["", "", "", "University of Hull"]


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"table": "a\nx\n", "column": "a", "least": "high"}, 400, "whole number"),
        ({}, 400, "Paste a column"),
        ({"table": "a,b\n1,2\n", "column": "c"}, 400, "its columns are “a”, “b”"),
        ({"table": "a\nx\n", "type": "person"}, 400, "invalid value"),
        ({"table": 'a\n"x\n'}, 400, "never closed"),
        ({"table": "a\n" + "x" * 1_100_000}, 413, ""),
    ],
)
def test_bad_input_gets_a_sentence(
    ours: FlaskClient, fields: dict[str, str], status: int, sentence: str
) -> None:
    answer = ours.post("/link", data=fields)
    assert (answer.status_code, sentence in answer.text) == (status, True)


def test_identifiers_are_looked_up_one_by_one(ours: FlaskClient) -> None:
    newcastle = "/organisations/newcastle-university"
    for text in ("10007799", "https://ror.org/01kj2bm70", "Q837164", "https://www.ncl.ac.uk"):
        answer = ours.get("/lookup", query_string={"id": text}, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["Location"]) == (303, newcastle)
    asked = {"Accept": "application/json"}
    found = ours.get("/lookup?id=10007799", headers=asked).get_json()
    assert (found["scheme"], found["label"]) == ("ukprn", "Newcastle University")


@pytest.mark.parametrize(
    ("text", "status", "sentence"),
    [
        ("https://ror.org/01kj2bm71", 422, "fails the check digits of ROR"),
        ("10007000", 404, "has the ukprn 10007000"),
        ("Newcastle", 422, "is no identifier"),
    ],
)
def test_what_cannot_be_looked_up_is_told(
    ours: FlaskClient, text: str, status: int, sentence: str
) -> None:
    answer = ours.get("/lookup", query_string={"id": text})
    assert (answer.status_code, sentence in answer.text) == (status, True)


def test_many_identifiers_are_looked_up_at_once(ours: FlaskClient) -> None:
    ids = ["10007799", "Q1", "?", "0000 0001 0462 7213"]
    found = ours.post("/lookup", json={"ids": ids}).get_json()
    assert (found["total"], found["truncated"]) == (4, False)
    labels = [item["label"] for item in found["items"]]
    assert labels == ["Newcastle University", None, None, None]
    assert [bool(item["problem"]) for item in found["items"]] == [False, False, True, True]
    assert ours.post("/lookup", json={"ids": "x"}).status_code == 400


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A browser without scripts."""
    context = browser.new_context(java_script_enabled=False, accept_downloads=True)
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_by_keyboard_alone_and_without_scripts(
    shipped_address: str, plain: Page, tmp_path: Path
) -> None:
    """Paste, go on, choose the column, decide with the arrow keys, take the file."""
    plain.goto(f"{shipped_address}/link")
    plain.get_by_label("A column of names or a table").focus()
    plain.keyboard.insert_text(TABLE)
    for _ in range(5):
        plain.keyboard.press("Tab")
    plain.keyboard.press("Enter")
    column = plain.get_by_label("Column with the names")
    expect(column).to_have_value("Institution")
    column.focus()
    for _ in range(3):
        plain.keyboard.press("Tab")
    plain.keyboard.press("Enter")
    expect(plain.get_by_role("heading", level=1)).to_have_text("Matches for Institution")
    plain.get_by_role("radio", name="Leave it open").first.focus()
    plain.keyboard.press("ArrowUp")
    expect(plain.get_by_role("radio", name="King's College London")).to_be_checked()
    button = plain.get_by_role("button", name="Joined table")
    button.focus()
    with plain.expect_download() as download:
        plain.keyboard.press("Enter")
    download.value.save_as(tmp_path / "joined.csv")
    joined = rows((tmp_path / "joined.csv").read_text("utf-8"))
    assert [row[3] for row in joined[1:]] == [
        *("Durham University", "King's College London", "", ""),
    ]
