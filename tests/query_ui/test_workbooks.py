"""Workbooks of the site: saved queries, lists, coverage and comparison, with what they are."""

import csv
import io
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
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


@pytest.fixture(scope="session")
def soffice() -> str:
    """The path of LibreOffice."""
    found = shutil.which("soffice")
    if found is None:
        pytest.skip("no LibreOffice on this machine (on Debian: apt-get install libreoffice-calc)")
    return found


def convert_with_calc(soffice: str, books: Sequence[Path]) -> list[list[list[str]]]:
    """The cells of the first sheet of each workbook as Calc shows them.

    Separator, quote, UTF-8, first line, no column formats, no language, quotes where needed, as
    shown (https://help.libreoffice.org/latest/en-GB/text/shared/guide/csv_params.html).
    """
    folder = books[0].parent
    target = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    done = subprocess.run(
        [soffice, home, "--headless", "--convert-to", target, "--outdir", folder, *books],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    texts = [book.with_suffix(".csv").read_text("utf-8") for book in books]
    return [list(csv.reader(io.StringIO(text))) for text in texts]


@pytest.mark.long
def test_calc_opens_workbooks_with_the_rows_of_the_csv(
    soffice: str, shipped_app: Flask, tmp_path: Path
) -> None:
    """Numbers, texts with commas and quotes, and dates."""
    client = shipped_app.test_client()
    books = []
    for name in ("environment-profiles", "practices-with-evaluation", "due-in-period"):
        books.append(tmp_path / f"{name}.xlsx")
        books[-1].write_bytes(client.get(f"/queries/{name}.xlsx").data)
    for book, (head, *rows) in zip(books, convert_with_calc(soffice, books), strict=True):
        text = client.get(f"/queries/{book.stem}.csv").text
        expected = list(csv.DictReader(io.StringIO(text)))
        assert len(rows) == len(expected) > 0
        for row, cells in zip(rows, expected, strict=True):
            shown = dict(zip(head, row, strict=True))
            assert {column: shown[column] for column in cells} == cells
