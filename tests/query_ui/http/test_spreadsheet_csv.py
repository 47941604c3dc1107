"""CSV for spreadsheet programs: no text becomes a formula, no number changes, nothing is lost."""

import csv
import io
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from loader.errors import UsageError
from query_ui.engine.protocol import SerialisedResult
from query_ui.engine.result_formats import CSV
from query_ui.http.spreadsheet_csv import (
    FORMULA_BEGINNINGS,
    convert_for_spreadsheets,
    parse_spreadsheet_option,
    protect_text,
)


def convert(data: bytes) -> bytes:
    result = convert_for_spreadsheets(SerialisedResult("bindings", CSV, BytesIO(data), len(data)))
    with result.body as body:
        found = body.read()
    assert result.size == len(found)
    return found


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-x", "@SUM(1)", "\tx", "\rx", "-"])
def test_text_that_would_be_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert protect_text(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["-5", "+5", "-1.5", "-.5", "+1e3", "-1.5E-7", "-INF", "5", "", "a=b", "'=1", "ü", " ="]
)
def test_number_and_other_text_stay(cell: str) -> None:
    assert protect_text(cell) == cell


def test_file_begins_with_a_byte_order_mark() -> None:
    assert convert(b'a,b\r\n=1,"x ""y"""\r\n') == '\ufeffa,b\r\n\'=1,"x ""y"""\r\n'.encode()


def test_cell_of_a_megabyte_is_kept() -> None:
    assert len(convert(b"a\r\n=" + b"x" * 2_000_000 + b"\r\n")) == 2_000_000 + 10


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_every_cell_comes_back(rows: list[tuple[str, str]]) -> None:
    rows = [tuple(cell.replace("\x00", "") for cell in row) for row in rows]  # type: ignore[misc]
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows([("a", "b"), *rows])
    text = convert(stream.getvalue().encode("utf-8", "replace")).decode("utf-8-sig")
    for row, (before, after) in zip(
        list(csv.reader(io.StringIO(text, newline="")))[1:], rows, strict=True
    ):
        for cell, known in zip(row, (before, after), strict=True):
            plain = known.encode("utf-8", "replace").decode()
            assert cell in (plain, f"'{plain}")
            if cell == plain and plain.startswith(FORMULA_BEGINNINGS):
                float(plain)


@pytest.mark.parametrize(
    "path", ["/case-studies.csv?", "/queries/by-keyword.csv?", "/queries/by-keyword?format=csv&"]
)
def test_lists_and_saved_queries_have_both(client: FlaskClient, path: str) -> None:
    exact = client.get(path)
    same = client.get(f"{path}spreadsheet=0")
    marked = client.get(f"{path}spreadsheet=1")
    assert exact.data == same.data
    assert marked.status_code == 200, marked.text
    assert marked.mimetype == "text/csv"
    assert marked.data.startswith(b"\xef\xbb\xbf")
    assert len(list(csv.reader(io.StringIO(marked.data.decode("utf-8-sig"))))) == len(
        list(csv.reader(io.StringIO(exact.data.decode())))
    )
    if "ETag" in exact.headers:
        assert exact.headers["ETag"] != marked.headers["ETag"]


def test_pages_of_rows_and_names_have_both(client: FlaskClient) -> None:
    response = client.get("/queries/by-keyword.csv?spreadsheet=1&page=1&size=1&labels=on")
    assert response.data.startswith(b"\xef\xbb\xbf")
    assert response.headers["X-Total-Count"]


@pytest.mark.parametrize(
    "path",
    [
        *("/case-studies.json?spreadsheet=1", "/case-studies.ttl?spreadsheet=1"),
        *("/case-studies?spreadsheet=1", "/case-studies.csv?spreadsheet=2"),
        *("/queries/by-keyword.json?spreadsheet=1", "/queries/by-keyword.csv?spreadsheet=yes"),
    ],
)
def test_it_is_for_csv_alone(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 400
    assert response.json is not None
    assert "spreadsheet" in response.json["detail"]


def test_option_is_nothing_0_or_1() -> None:
    assert [parse_spreadsheet_option(text, True) for text in ("", "0", "1")] == [False, False, True]
    with pytest.raises(UsageError):
        parse_spreadsheet_option("true", True)


def test_pages_link_to_it(client: FlaskClient) -> None:
    listed = client.get("/case-studies?keyword=training", headers={"Accept": "text/html"}).text
    assert 'href="/case-studies.csv?keyword=training&amp;spreadsheet=1">CSV for Excel' in listed
    asked = client.get("/queries/by-keyword?keyword=training", headers={"Accept": "text/html"}).text
    assert 'href="/queries/by-keyword.csv?keyword=training&amp;spreadsheet=1">CSV for' in asked
