"""The days, months and years that a question names, also by "now" and "next year"."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from query_ui.graph.ask.question_words import QuestionWord

_MONTHS = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_DAY = re.compile(r"(\d{1,2})(st|nd|rd|th)?", re.I)
_YEAR = re.compile(r"(19|20)\d\d")
_PRESENT = frozenset(("now", "today", "currently", "nowadays", "presently"))
_STEPS = {"last": -1, "previous": -1, "this": 0, "current": 0, "next": 1}


@dataclass(frozen=True, slots=True)
class Period:
    """A day, month or year of a question, from ``first`` to ``last``; words ``start`` to ``end``.

    ``end`` is the index of the word after it. ``is_relative`` is for one that depends on the day
    on which the question is asked.
    """

    start: int
    end: int
    first: date
    last: date
    is_relative: bool = False


def find_periods(words: Sequence[QuestionWord], today: date) -> list[Period]:
    """Return the periods that words name, such as "1 May 2019", "2019-05-01", "2019", "now"."""
    found: list[Period] = []
    at = 0
    while at < len(words):
        period = _find_period(words, at) or _find_relative_period(words, at, today)
        if period:
            found.append(period)
        at = period.end if period else at + 1
    return found


def _find_period(words: Sequence[QuestionWord], at: int) -> Period | None:
    """Return the longest period that begins at a word, or None."""
    texts = [word.text.lower() for word in words[at : at + 3]]
    day, month, year = (_parse_day, _parse_month, _parse_year)
    for order in ((day, month, year), (month, day, year), (year, _parse_number, _parse_number)):
        numbers = [parse(text) for parse, text in zip(order, texts, strict=False)]
        if len(numbers) == 3 and all(numbers):
            a, b, c = numbers
            parts = {day: (c, b, a), month: (c, a, b), year: (a, b, c)}[order[0]]
            try:
                found = date(*parts)
            except ValueError:
                continue
            return Period(at, at + 3, found, found)
    if len(texts) > 1 and month(texts[0]) and year(texts[1]):
        number, of = month(texts[0]), year(texts[1])
        last = calendar.monthrange(of, number)[1]
        return Period(at, at + 2, date(of, number, 1), date(of, number, last))
    if of := year(texts[0]):
        return Period(at, at + 1, date(of, 1, 1), date(of, 12, 31))
    return None


def _find_relative_period(words: Sequence[QuestionWord], at: int, today: date) -> Period | None:
    """Return the period that a word such as "now", or two such as "next year", name, or None."""
    texts = [word.text.lower() for word in words[at : at + 2]]
    if texts[0] in _PRESENT:
        return Period(at, at + 1, today, today, True)
    if texts == ["at", "present"]:
        return Period(at, at + 2, today, today, True)
    step = _STEPS.get(texts[0])
    if step is None or texts[1:] not in (["year"], ["month"]):
        return None
    if texts[1] == "year":
        year = today.year + step
        return Period(at, at + 2, date(year, 1, 1), date(year, 12, 31), True)
    first = today.replace(day=1)
    if step < 0:
        first = (first - timedelta(days=1)).replace(day=1)
    elif step:
        first = (first + timedelta(days=31)).replace(day=1)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return Period(at, at + 2, first, last, True)


def _parse_day(text: str) -> int:
    found = _DAY.fullmatch(text)
    return int(found[1]) if found else 0


def _parse_month(text: str) -> int:
    return _MONTHS.get(text, 0)


def _parse_year(text: str) -> int:
    return int(text) if _YEAR.fullmatch(text) else 0


def _parse_number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= 2 else 0
