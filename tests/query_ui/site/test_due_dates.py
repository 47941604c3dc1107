"""The list of due dates: by institution, register and period."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from query_ui.site import due_dates
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import parsed


@pytest.fixture
def client(shipped_app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(due_dates, "get_today", lambda: date(2026, 11, 28))
    return shipped_app.test_client()


def list_rows(client: FlaskClient, fields: str) -> list[list[str]]:
    response = client.get(f"/due?{fields}", headers={"Accept": BROWSER})
    assert response.status_code == 200, response.text[-500:]
    body = parsed(response.text).find("tbody")
    cells = [
        [c.text for c in tr.find() if c.tag in ("td", "th")] for b in body for tr in b.find("tr")
    ]
    return cells


def test_what_is_due_for_an_institution(client: FlaskClient) -> None:
    rows = list_rows(client, "organisation=University of Liverpool")
    assert [
        *("Feb 2029", "University of Liverpool", "Renewal of the award"),
        *("Race Equality Charter", "gained Feb 2024"),
    ] in rows
    assert {row[1] for row in rows} == {"University of Liverpool", "All institutions"}


def test_a_period_and_a_register_narrow_the_list(client: FlaskClient) -> None:
    rows = list_rows(
        client, "register=hr-excellence-in-research-award&from=2028-01-01&to=2028-12-31"
    )
    assert ["Feb 2028", "University of Warwick"] in [row[:2] for row in rows]
    assert {row[3] for row in rows} == {"HR Excellence in Research Award"}
    assert all("2028" in row[0] for row in rows)


def test_rows_are_in_order_and_none_is_before_the_day(client: FlaskClient) -> None:
    rows = list_rows(client, "")
    years = [int(row[0][-4:]) for row in rows]
    assert years[0] == 2026 and len(rows) > 10


def test_what_a_later_event_answers_is_left_out(client: FlaskClient) -> None:
    rows = list_rows(client, "organisation=university-of-liverpool&from=2000-01-01")
    whats = [(row[3], row[2], row[4]) for row in rows]
    assert ("Race Equality Charter", "First award", "signed Feb 2021") not in whats
    assert ("Technician Commitment", "First self-assessment", "signed Oct 2017") in whats


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("register=nothing", "There is no register “nothing” with rules."),
        ("from=tomorrow", "from is “tomorrow”; write a day such as 2028-01-31."),
        ("colour=red", "“colour” is no filter of due dates."),
    ],
)
def test_wrong_filters_are_refused(client: FlaskClient, fields: str, message: str) -> None:
    response = client.get(f"/due?{fields}", headers={"Accept": BROWSER})
    assert 400 <= response.status_code < 500 and message in response.text


def test_an_unknown_institution_is_named(client: FlaskClient) -> None:
    response = client.get("/due?organisation=Imperial", headers={"Accept": BROWSER})
    assert "Which institution do you mean by “Imperial”?" in response.text


@pytest.mark.parametrize("name", ["Imperial", "zzz"])
def test_an_unknown_institution_has_no_dates(client: FlaskClient, name: str) -> None:
    assert list_rows(client, f"organisation={name}") == []
    text = client.get(f"/due?organisation={name}", headers={"Accept": BROWSER}).text
    assert "No dates are shown until an institution is chosen." in text
    assert f'value="{name}"' in text
