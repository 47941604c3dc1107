"""Cards: the texts on them, from the values of a record."""

import pytest

from query_ui.site.record_cards import (
    CKG,
    SCHEMA,
    Values,
    describe_status,
    format_date,
    format_dates,
)

KIND = {f"{CKG}practiceKind": ["policy"]}


@pytest.mark.parametrize(
    ("date", "short", "long"),
    [
        ("2024", "2024", "2024"),
        ("2024-05", "May 2024", "May 2024"),
        ("2024-02-09", "Feb 2024", "9 February 2024"),
        ("2024-13", "2024", "2024"),
        ("spring 2024", "spring 2024", "spring 2024"),
    ],
)
def test_dates_are_written_in_words(date: str, short: str, long: str) -> None:
    assert (format_date(date), format_date(date, is_long=True)) == (short, long)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({f"{SCHEMA}startDate": ["2018"], f"{SCHEMA}endDate": ["2020-01"]}, "2018 to Jan 2020"),
        ({f"{SCHEMA}startDate": ["2018"], f"{SCHEMA}endDate": ["2018"]}, "2018"),
        ({f"{SCHEMA}startDate": ["2023-05"]}, "from May 2023"),
        ({f"{SCHEMA}endDate": ["2023-05"]}, "until May 2023"),
        ({"http://purl.org/dc/terms/issued": ["2019-03-01"]}, "Mar 2019"),
        (KIND, "no dates given"),
        ({}, ""),
    ],
)
def test_dates_of_a_record(values: Values, text: str) -> None:
    assert format_dates(values) == text


def test_status_says_where_the_source_has_no_date() -> None:
    assert describe_status("Running", {}) == "Running, undated source"
    assert describe_status("Running", {f"{CKG}statusDate": ["2024"]}) == "Running"
    assert describe_status("Unknown", {}) == "Status not given"
