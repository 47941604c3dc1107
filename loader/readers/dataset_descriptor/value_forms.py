"""Forms of values in downloads, rewritten as the graph has them: dates, years and numbers."""

import re
from decimal import Decimal, InvalidOperation

DATE_PARTS = {"dd": r"(?P<d>\d\d)", "d": r"(?P<d>\d\d?)", "MM": r"(?P<M>\d\d)"} | {
    "M": r"(?P<M>\d\d?)",
    "yyyy": r"(?P<y>\d{4})",
}
"""The parts of a date's format: https://www.w3.org/TR/tabular-data-model/#formats-for-dates-and-times"""


def rewrite_date(text: str, date_format: str) -> str:
    """Return a date of a format as in ISO 8601; another text as it is."""
    pattern = re.sub(
        "dd|d|MM|M|yyyy|.",
        lambda part: DATE_PARTS.get(part[0]) or re.escape(part[0]),
        date_format,
    )
    found = re.match(pattern + r"(?:[ T]00:00(?::00)?)?$", text, re.ASCII)
    return f"{found['y']}-{int(found['M']):02}-{int(found['d']):02}" if found else text


def rewrite_academic_year(text: str) -> str:
    """Return an academic year as 2020/21; another text as it is."""
    found = re.fullmatch(r"(\d{4})\s*[/\u2013-]\s*(?:20|19)?(\d\d)", text, re.ASCII)
    if found is None or (int(found[1]) + 1) % 100 != int(found[2]):
        return text
    return f"{found[1]}/{found[2]}"


def multiply(text: str, factor: Decimal) -> str:
    """Return a number times a factor, exactly; another text as it is."""
    try:
        return f"{Decimal(text.replace(',', '').lstrip('£$€').strip()) * factor:f}"
    except InvalidOperation:
        return text
