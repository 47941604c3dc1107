"""Workbooks of the site: saved queries, lists, coverage and comparison, with what they are."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from query_ui.engine.result_formats import XLSX

ALPHA = "https://w3id.org/concordat-kg/id/case-study/alpha"


def read(client: FlaskClient, path: str) -> tuple[list[list[Any]], dict[str, str]]:
    """Return the rows of a workbook and what it says of them."""
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, XLSX.media_type), response.text
    name = path.partition("?")[0].rpartition("/")[2]
    assert name in response.headers["Content-Disposition"].replace("comparison", "compare")
    assert response.headers["Cache-Control"] == "public, no-cache"
    book = openpyxl.load_workbook(io.BytesIO(response.data))
    about = {str(row[0].value): str(row[1].value) for row in book["About"]}
    return [[cell.value for cell in row] for row in book["Results"]], about


def test_saved_query_has_question_values_query_and_citation(client: FlaskClient) -> None:
    rows, about = read(client, "/queries/by-keyword.xlsx?keyword=wellbeing")
    assert rows[0] == ["study", "title"]
    assert [row[0] for row in rows[1:]] == [ALPHA]
    assert about["Question"] == "The case studies that carry a keyword."
    assert about["Keyword"] == "wellbeing"
    assert about["At most"] == "default"
    assert about["Address"] == "http://localhost/queries/by-keyword?keyword=wellbeing"
    assert about["Query"].startswith("PREFIX concept:")
    assert about["Cite as"].endswith(about["Address"]) and about["Rows"] == "1"
    assert "CC BY 4.0" in about["Licence"] and about["Release"]


def test_same_request_gives_the_same_file_and_304(client: FlaskClient) -> None:
    first = client.get("/queries/by-keyword?format=xlsx")
    assert first.data == client.get("/queries/by-keyword?format=xlsx").data
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/queries/by-keyword?format=xlsx", headers=tag).status_code == 304


def test_list_has_all_rows_and_its_filters(client: FlaskClient) -> None:
    rows, about = read(client, "/case-studies.xlsx?keyword=wellbeing")
    assert rows[0][:2] == ["thing", "title"] and [row[0] for row in rows[1:]] == [ALPHA]
    assert about["Filters"] == "keyword: Wellbeing"
    assert about["Address"] == "http://localhost/case-studies?keyword=wellbeing"
    plain, about = read(client, "/case-studies.xlsx")
    assert len(plain) == 3 and about["Filters"] == "none"


def test_coverage_has_the_numbers_of_its_csv(client: FlaskClient) -> None:
    path = "?rows=keyword&columns=organisation"
    rows, about = read(client, f"/coverage.xlsx{path}")
    lines = client.get(f"/coverage.csv{path}").text.splitlines()
    assert rows[0] == lines[0].split(",") and len(rows) == len(lines)
    assert [row[4] for row in rows[1:]] == [int(line.split(",")[-3]) for line in lines[1:]]
    assert about["Title"].endswith("by keyword and institution")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/queries/members.xlsx?consortium=n8", 400, "a graph has no workbook"),
        ("/queries/by-keyword.xlsx?page=2", 400, "leave out page and size"),
        ("/queries/by-keyword.xlsx?spreadsheet=1", 400, "ask for .csv"),
        ("/case-studies.xlsx?size=10", 400, "leave out size"),
        ("/coverage.xlsx?rows=tea", 400, "rows is"),
        ("/compare.xlsx?organisation=durham-university", 400, "two to five"),
        ("/queries/nothing.xlsx", 404, "no saved query"),
        ("/case-studies/alpha.xlsx", 404, "nothing about"),
    ],
)
def test_what_has_no_workbook_is_told(
    client: FlaskClient, path: str, status: int, words: str
) -> None:
    response = client.get(path)
    assert response.status_code == status and words in response.text


def test_comparison_has_the_cells_of_its_csv(client: FlaskClient) -> None:
    path = "?organisation=durham-university&organisation=icr"
    rows, about = read(client, f"/compare.xlsx{path}")
    lines = list(csv.reader(io.StringIO(client.get(f"/compare.csv{path}").text)))
    assert [["" if cell is None else str(cell) for cell in row] for row in rows] == lines
    assert len(rows) > 1 and about["Address"].endswith(f"/compare{path}")
    assert about["Title"].startswith("Comparison of Durham University")
