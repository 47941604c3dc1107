"""The order of the rows of a saved query: on the page, in every format, in the text."""

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from query_ui.endpoint.result_order import order_rows
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import parsed


@pytest.fixture(scope="module")
def client(shipped_app: Flask) -> FlaskClient:
    return shipped_app.test_client()


def column(client: FlaskClient, address: str, name: str) -> list[str]:
    return [row[name] for row in csv.DictReader(io.StringIO(client.get(address).text))]


def test_rows_are_in_the_order_of_a_column(client: FlaskClient) -> None:
    plain = column(client, "/queries/keyword-frequency.csv", "label")
    up = column(client, "/queries/keyword-frequency.csv?sort=label", "label")
    down = column(client, "/queries/keyword-frequency.csv?sort=-label", "label")
    assert up == sorted(plain) and down == up[::-1] and plain != up
    numbers = column(client, "/queries/keyword-frequency.csv?sort=caseStudies", "caseStudies")
    assert [int(number) for number in numbers] == sorted(map(int, numbers))


def test_a_heading_sorts_by_its_column_and_then_the_other_way(client: FlaskClient) -> None:
    path = "/queries/keyword-frequency"
    for address, href, state in (
        (path, f"{path}?sort=keyword", ""),
        (f"{path}?sort=keyword", f"{path}?sort=-keyword", "ascending"),
        (f"{path}?sort=-keyword", f"{path}?sort=keyword", "descending"),
    ):
        page = parsed(client.get(address, headers={"Accept": BROWSER}).text)
        heading = page.one("table", "result").find("th")[0]
        assert heading.one("a").attributes["href"] == href
        assert heading.attributes.get("aria-sort", "") == state


@pytest.mark.parametrize("sort", ["lable", "-", "label DESC(?x)"])
def test_an_unknown_column_is_refused(client: FlaskClient, sort: str) -> None:
    answer = client.get("/queries/keyword-frequency.csv", query_string={"sort": sort})
    assert answer.status_code == 400 and answer.json is not None
    assert answer.json["detail"].startswith("Invalid value: the result has no column “")
    assert client.get("/queries/was-a-member.json?sort=x").status_code == 400


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?a { ?a ?b ?c } ORDER BY ?c", "SELECT ?a { ?a ?b ?c } ORDER BY ?a ?c"),
        ("SELECT ?a { ?a ?b ?c }", "SELECT ?a { ?a ?b ?c }\nORDER BY ?a\n"),
        ("SELECT ?a { ?a ?b ?c } LIMIT 5", "SELECT ?a { ?a ?b ?c } \nORDER BY ?a\nLIMIT 5"),
    ],
)
def test_the_order_is_written_in_its_place(text: str, expected: str) -> None:
    assert order_rows(text, "a") == expected
