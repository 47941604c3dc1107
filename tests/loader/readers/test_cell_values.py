"""Missing values, numbers and dates as people write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.readers.cell_values import (
    is_missing,
    parse_british_date,
    parse_excel_serial,
    remove_thousands_separators,
)


@pytest.mark.parametrize("text", ["", " ", "-", "–", " .. ", "N/A", "n/a", "#N/A", "NULL"])
def test_missing(text: str) -> None:
    assert is_missing(text)


@pytest.mark.parametrize("text", ["0", "--x", "NA", "None", "A-", "N8", "not applicable"])
def test_not_missing(text: str) -> None:
    assert not is_missing(text)


@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from([",", " ", "\u00a0", "\u202f", "'"]),
    st.sampled_from(["", ".5", ".250"]),
)
def test_grouped_number_is_the_number(number: int, separator: str, decimals: str) -> None:
    text = f"{number:,}".replace(",", separator) + decimals
    assert remove_thousands_separators(text) == f"{number}{decimals}"


@pytest.mark.parametrize(
    "text", ["1,23", "1,2345", "1,234 567", "1,234,56", "a,123", "1.234,5", ""]
)
def test_other_text_is_unchanged(text: str) -> None:
    assert remove_thousands_separators(text) == text


@given(st.dates())
def test_british_date_is_day_first(day: date) -> None:
    assert parse_british_date(f"{day.day:02}/{day.month:02}/{day.year:04}") == day
    assert parse_british_date(f"{day.day}.{day.month}.{day.year:04} 00:00") == day


@pytest.mark.parametrize("text", ["13/13/2021", "31/02/2021", "2021/07/31", "1/2/21", "x"])
def test_other_date_is_none(text: str) -> None:
    assert parse_british_date(text) is None


@given(st.integers(20_000, 79_999))
def test_day_number_of_excel(serial: int) -> None:
    assert parse_excel_serial(str(serial)) == date(1899, 12, 30) + timedelta(serial)


def test_day_number_of_a_known_day() -> None:
    assert parse_excel_serial("44408") == date(2021, 7, 31)
    assert [parse_excel_serial(text) for text in ("2021", "440408", "44408.5")] == [None] * 3
