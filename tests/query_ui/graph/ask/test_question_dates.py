"""The days, months and years that a question names."""

from datetime import date

import pytest

from query_ui.graph.ask.question_dates import find_periods
from query_ui.graph.ask.question_words import Stemmer


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("on 1 September 2022", [("2022-09-01", "2022-09-01")]),
        ("on September 1st, 2022", [("2022-09-01", "2022-09-01")]),
        ("by 2022-09-01", [("2022-09-01", "2022-09-01")]),
        ("in Feb 2024", [("2024-02-01", "2024-02-29")]),
        ("due in 2029", [("2029-01-01", "2029-12-31")]),
        ("from 2026 to 2028", [("2026-01-01", "2026-12-31"), ("2028-01-01", "2028-12-31")]),
        ("on 31 February 2020", [("2020-02-01", "2020-02-29")]),
        ("REF 2029", [("2029-01-01", "2029-12-31")]),
        ("18 practices in may", []),
        ("who holds it now", [("2026-12-31", "2026-12-31")]),
        ("currently running", [("2026-12-31", "2026-12-31")]),
        ("held at present", [("2026-12-31", "2026-12-31")]),
        ("due this year", [("2026-01-01", "2026-12-31")]),
        ("held last year", [("2025-01-01", "2025-12-31")]),
        ("due next month", [("2027-01-01", "2027-01-31")]),
        ("due last month", [("2026-11-01", "2026-11-30")]),
        ("from 2020 until now", [("2020-01-01", "2020-12-31"), ("2026-12-31", "2026-12-31")]),
        ("at last", []),
        ("years later", []),
        ("in 1066", []),
    ],
)
def test_periods_of_a_question(text: str, periods: list[tuple[str, str]]) -> None:
    words = Stemmer().parse_question(text, frozenset())
    found = [
        (one.first.isoformat(), one.last.isoformat())
        for one in find_periods(words, date(2026, 12, 31))
    ]
    assert found == periods
