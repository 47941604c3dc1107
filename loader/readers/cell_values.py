"""Cells as people and spreadsheet programs write them: missing values, numbers and dates."""

import re
from datetime import date, timedelta

MISSING_TEXTS = frozenset({"-", "–", "—", ".", "..", "...", "…", "n/a", "#n/a", "n.a.", "null"})
"""What tables write where there is no value, in lower case."""
_GROUPED_NUMBER = re.compile(
    r"([-+]?)(\d{1,3})((?:([,'’ \u00a0\u2009\u202f])\d{3})(?:\4\d{3})*)(\.\d+)?"
)
_BRITISH_DATE = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?: 0?0:00(?::00)?)?")
_EXCEL_SERIAL = re.compile(r"[2-7]\d{4}")
_EXCEL_EPOCH = date(1899, 12, 30)


def is_missing(text: str) -> bool:
    """Return whether a cell is empty or says that it has no value, such as ``-`` or ``N/A``."""
    plain = text.strip()
    return not plain or plain.casefold() in MISSING_TEXTS


def remove_thousands_separators(text: str) -> str:
    """Return a number without the separators of its thousands, and any other text unchanged.

    Separators are commas, spaces or apostrophes before every third digit, and all the same; a
    decimal point may follow.
    """
    found = _GROUPED_NUMBER.fullmatch(text.strip())
    if found is None:
        return text
    return found[1] + found[2] + found[3].replace(found[4], "") + (found[5] or "")


def parse_british_date(text: str) -> date | None:
    """Return the date of a text such as 31/07/2021, day first; None for any other text.

    A midnight after it is left out, as spreadsheet programs write one where a date has none.
    """
    found = _BRITISH_DATE.fullmatch(text.strip())
    if found is None:
        return None
    day, month, year = (int(part) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def parse_excel_serial(text: str) -> date | None:
    """Return the date of a day number of Excel, from 1954 to 2119; None for any other text.

    A cell has such a number where it lost its date format: 44408 is 31 July 2021.
    """
    if not _EXCEL_SERIAL.fullmatch(text.strip()):
        return None
    return _EXCEL_EPOCH + timedelta(days=int(text))
