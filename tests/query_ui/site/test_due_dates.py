"""The list of due dates: by institution, register and period."""

import re
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from query_ui.graph.urls import Link
from query_ui.site import due_dates
from query_ui.site.institutions.register_events import DueDate
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import parsed

ATOM = "{http://www.w3.org/2005/Atom}"


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
    return [row for row in cells if len(row) == 5]  # those without a date have four


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


def read_calendar(client: FlaskClient, fields: str) -> tuple[Any, list[Any]]:
    response = client.get(f"/due.ics?{fields}")
    assert (response.status_code, response.mimetype) == (200, "text/calendar"), response.text
    assert all(len(line) <= 75 for line in response.data.split(b"\r\n"))
    calendar = Calendar.from_ical(response.data)
    return calendar, list(calendar.walk("VEVENT"))


def read_entries(client: FlaskClient, fields: str) -> list[dict[str, str]]:
    response = client.get(f"/due.atom?{fields}")
    assert (response.status_code, response.mimetype) == (200, "application/atom+xml")
    root = ElementTree.fromstring(response.data)
    assert root.find(f"{ATOM}link[@rel='self']").attrib["href"].endswith(f"/due.atom?{fields}")  # type: ignore[union-attr]
    return [
        {part: one.findtext(f"{ATOM}{part}") or "" for part in ("title", "id", "summary")}
        for one in root.iter(f"{ATOM}entry")
    ]


def test_calendar_has_the_dates_of_the_page_with_rule_and_event(client: FlaskClient) -> None:
    fields = "organisation=university-of-liverpool"
    calendar, events = read_calendar(client, fields)
    assert calendar["X-WR-CALNAME"] == "Due dates: University of Liverpool"
    assert len(events) == len(list_rows(client, fields))
    wanted = "Renewal of the award (Race Equality Charter): University of Liverpool"
    event = next(one for one in events if one["SUMMARY"] == wanted)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2029, 2, 1), date(2029, 3, 1))
    assert "Counted from: gained Feb 2024." in event["DESCRIPTION"]
    assert event["URL"].startswith("http://localhost/")
    assert len({one["UID"] for one in events}) == len(events)


def test_calendar_is_the_same_each_time(client: FlaskClient) -> None:
    first = client.get("/due.ics?organisation=university-of-liverpool")
    assert first.data == client.get("/due.ics?organisation=university-of-liverpool").data
    assert first.headers["Cache-Control"] == "public, no-cache"


def test_group_has_the_dates_of_its_members(client: FlaskClient) -> None:
    fields = "group=n8-research-partnership"
    names = {row[1] for row in list_rows(client, fields)}
    members = "Durham Lancaster Leeds Liverpool Manchester Newcastle Sheffield York".split()
    assert "University of Liverpool" in names and len(names) > 3
    assert all(any(one in name for one in (*members, "All")) for name in names)
    _, events = read_calendar(client, fields)
    assert {str(one["SUMMARY"]).rpartition(": ")[2] for one in events} >= names - {
        "All institutions"
    }


def test_feed_says_which_dates_are_not_known(client: FlaskClient) -> None:
    entries = read_entries(client, "organisation=university-of-liverpool")
    _, events = read_calendar(client, "organisation=university-of-liverpool")
    unknown = [one for one in entries if one["title"].endswith("date not known")]
    assert len(entries) == len(events) + len(unknown)
    assert all("The date is not known" in one["summary"] for one in unknown)
    assert len({one["id"] for one in entries}) == len(entries)


def test_duties_after_events_without_a_date_are_told_and_are_no_events(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    undated = DueDate(
        institution=Link("Tea & <Cake>; University, of", "/o", "o"),
        register=Link("Register", "/r", "r"),
        rule=Link("rule", "/rule", "rule"),
        due="Report",
        event="Signed",
        event_date="",
        event_iri="event",
        first="",
        last="",
        source=Link(""),
        note="A note\nwith two lines",
        later="",
    )
    monkeypatch.setattr(due_dates, "list_unknown_dates", lambda *_: [undated])
    fields = "organisation=university-of-liverpool"
    calendar, events = read_calendar(client, fields)
    assert calendar["X-WR-CALDESC"].startswith("1 more have no known date")
    assert not [one for one in events if "Tea" in one["SUMMARY"]]
    last = read_entries(client, fields)[-1]
    assert last["title"] == "Report (Register): Tea & <Cake>; University, of, date not known"
    assert "After: signed." in last["summary"]
    page = client.get(f"/due?{fields}", headers={"Accept": BROWSER}).text
    assert "Date not known" in page and "Tea &amp; &lt;Cake&gt;" in page


@pytest.mark.parametrize("path", ["/due.ics", "/due.atom"])
def test_a_calendar_is_never_cut(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(due_dates, "MAX_ENTRIES", 3)
    response = client.get(path)
    assert response.status_code == 400 and "at most 3" in response.text
    response = client.get(f"{path}?organisation=zzz")
    assert response.status_code == 422 and "No institution is called" in response.text
    assert client.get(f"{path}?group=zzz").status_code == 400


def test_a_yearly_duty_is_listed_at_its_next_time(client: FlaskClient) -> None:
    rows = list_rows(client, "register=researcher-development-concordat")
    bristol = [row for row in rows if row[1] == "University of Bristol"]
    assert bristol == [
        [
            "2026",
            "University of Bristol",
            "Next annual report",
            "Concordat to Support the Career Development of Researchers (2019)",
            "report published 2024, each year",
        ]
    ]


def test_a_yearly_duty_is_listed_each_year_of_a_period(client: FlaskClient) -> None:
    rows = list_rows(
        client,
        "register=researcher-development-concordat&organisation=university-of-kent"
        "&from=2027-01-01&to=2029-12-31",
    )
    assert [row[0] for row in rows if row[2] == "Annual report, counted from signing"] == [
        "Jun 2027",
        "Jun 2028",
        "Jun 2029",
    ]


@pytest.mark.parametrize("form", ["", ".ics", ".atom"])
def test_a_yearly_duty_ends_after_a_hundred_times(client: FlaskClient, form: str) -> None:
    kent = "register=researcher-development-concordat&organisation=university-of-kent"
    later = client.get(f"/due{form}?{kent}&from=9999-12-31", headers={"Accept": BROWSER})
    assert later.status_code == 200 and "2120" not in later.text
    whole = client.get(f"/due{form}?{kent}&from=2000-01-01&to=9999-12-31")
    assert whole.status_code == 200, whole.text[-300:]
    if form == ".ics":
        days = sorted(re.findall("DTSTART;VALUE=DATE:([0-9]+)", whole.text))
        assert days.count("21200624") == 1 and days[-1] == "21200624"
        assert len({day for day in days if day.endswith("0624")}) == 100
