"""What registers record and what falls due: dates of any precision, and what is answered."""

from datetime import date

import pytest

from query_ui.graph.urls import Link
from query_ui.site.institutions.register_events import (
    DueDate,
    find_next_date,
    parse_last_day,
    parse_position,
    select_overdue,
    select_upcoming,
)

TODAY = date(2026, 11, 28)


def due(first: str, last: str = "", later: str = "", event_date: str = "2024-02") -> DueDate:
    register, event = Link("Lamp", "", "lamp"), "event" if event_date else ""
    return DueDate(
        *(Link(""), register, Link("rule"), "Review", "Gained", event_date, event),
        *(first, last or first, Link(""), "", later),
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2028", date(2028, 12, 31)),
        ("2028-02", date(2028, 2, 29)),
        ("2028-02-03", date(2028, 2, 3)),
        ("soon", date.max),
    ],
)
def test_the_last_day_of_a_date_of_any_precision(text: str, day: date) -> None:
    assert parse_last_day(text) == day


def test_a_date_is_a_position_in_years() -> None:
    assert (parse_position("2024-07"), parse_position("2024")) == (2024.5, 2024.5)
    assert parse_position("2024-01-01") == 2024 and parse_position("") is None


def test_only_what_no_later_event_answers_is_due_or_overdue() -> None:
    found = [due("2029-02-01"), due("2028-01-01", later="2027-01"), due("2020-01-01")]
    assert select_upcoming(found, TODAY) == [found[0]]
    assert select_overdue(found, TODAY) == [found[2]]


def test_what_is_due_in_the_current_month_is_not_over() -> None:
    found = [due("2026-11-01", "2026-11-30")]
    assert select_upcoming(found, TODAY) == found and not select_overdue(found, TODAY)


def test_a_date_for_all_is_never_overdue_for_an_institution() -> None:
    assert not select_overdue([due("2020", event_date="")], TODAY)
    assert due("2028", event_date="").reason == "one date for all"


def test_due_dates_are_as_precise_as_the_event_they_count_from() -> None:
    assert due("2029-02-01", "2029-02-28").when == "Feb 2029"
    assert due("2029-01-01", "2029-12-31", event_date="2024").when == "2029"
    assert due("2018-10-01", "2019-04-30", event_date="2017-10").when == "Oct 2018 to Apr 2019"
    assert due("2029-02-01").reason == "gained Feb 2024"


def test_the_next_date_is_after_the_first_and_the_nearest() -> None:
    assert find_next_date(["2019", "2023-04", "2021"], "2019") == "2021"
    assert find_next_date(["2019"], "2019") == find_next_date(["2019"], "") == ""
