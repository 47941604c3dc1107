"""Values of cells: RDF terms as numbers, dates, truth values, links or texts that lose nothing."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Literal as OneOf
from typing import NamedTuple, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode

from loader.errors import NotRepresentable
from query_ui.graph.urls import is_web_iri

Term: TypeAlias = object
"""What a row holds: a term of pyoxigraph, a text, a number or None."""

MAX_CELL_CHARACTERS = 32_767
MAX_LINK_CHARACTERS = 2_000
MAX_DIGITS = 15
"""Spreadsheet programs change numbers with more digits, so these are written as text.

https://support.microsoft.com/en-gb/office/excel-specifications-and-limits
"""
FIRST_DATE = date(1900, 3, 1)
"""Dates before are different days in different programs, since 1900 was no leap year.

https://learn.microsoft.com/en-gb/office/troubleshoot/excel/wrongly-assumes-1900-is-leap-year
"""
XSD = "http://www.w3.org/2001/XMLSchema#"
_INTEGERS = frozenset(
    f"{XSD}{name}"
    for name in (
        *("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger"),
        *("nonPositiveInteger", "negativeInteger", "unsignedInt", "unsignedLong"),
        *("unsignedShort", "unsignedByte", "gYear"),
    )
)
_FLOATS = frozenset((f"{XSD}double", f"{XSD}float"))
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?", re.ASCII)
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


class CellValue(NamedTuple):
    """The value of a cell; ``link`` is the address that its text leads to, or ""."""

    kind: OneOf["text", "number", "truth", "day", "moment"]
    value: str | int | float | bool | date | datetime
    link: str = ""


def convert_term(term: Term, row: int, column: str) -> CellValue | None:
    """Return the value of the cell for a term; None for no value.

    Raise NotRepresentable for a text that is longer than a cell can be, which names the row,
    numbered from 1, and the column.
    """
    if term is None:
        return None
    if isinstance(term, Literal):
        text = term.value
        typed = convert_literal(term.datatype.value, text)
        if typed:
            return typed
    elif isinstance(term, NamedNode):
        text = term.value
    elif isinstance(term, bool):
        return CellValue("truth", term)
    elif isinstance(term, int | float) and math.isfinite(term):
        return CellValue("number", term)
    else:
        text = get_text(term)
    if len(text) > MAX_CELL_CHARACTERS:
        raise NotRepresentable(
            f"Row {row:,}, column {column}, has {len(text):,} characters, and a cell of a "
            f"workbook holds {MAX_CELL_CHARACTERS:,}. Choose .csv, which holds all.",
            "bindings",
        )
    is_link = isinstance(term, NamedNode) and is_web_iri(text) and len(text) <= MAX_LINK_CHARACTERS
    return CellValue("text", text, text if is_link else "")


def get_text(term: Term) -> str:
    """Return the text of a term: the value of a literal, an IRI, a label of a blank node."""
    if isinstance(term, (Literal, NamedNode)):
        return term.value
    return f"_:{term.value}" if isinstance(term, BlankNode) else str(term)


def convert_literal(datatype: str, text: str) -> CellValue | None:
    """Return the typed value of a literal; None where only a text loses nothing.

    https://www.w3.org/TR/xmlschema11-2/#built-in-primitive-datatypes
    """
    convert = _CONVERT_BY_DATATYPE.get(datatype)
    return convert(text) if convert else None


def convert_integer(text: str) -> CellValue | None:
    """Return the number, where it has at most ``MAX_DIGITS`` digits."""
    if len(text) > MAX_DIGITS or not (text.isascii() and text.isdigit()):
        if not _INTEGER.fullmatch(text) or count_digits(text) > MAX_DIGITS:
            return None
    return CellValue("number", int(text))


def convert_decimal(text: str) -> CellValue | None:
    """Return the number, where it has at most ``MAX_DIGITS`` digits."""
    is_short = len(text) <= MAX_DIGITS
    is_safe = _DECIMAL.fullmatch(text) and (is_short or count_digits(text) <= MAX_DIGITS)
    return CellValue("number", float(text)) if is_safe else None


def convert_truth(text: str) -> CellValue | None:
    """Return the truth value, where it is one."""
    return CellValue("truth", _TRUTH[text]) if text in _TRUTH else None


def count_digits(text: str) -> int:
    """Return the number of digits of a decimal number, without zeros in front."""
    return len(text.lstrip("+-0").replace(".", ""))


def convert_float(text: str) -> CellValue | None:
    """Return the number, where it is finite and has at most ``MAX_DIGITS`` digits."""
    try:
        value = float(text)
    except ValueError:
        return None
    is_safe = math.isfinite(value) and float(f"{value:.{MAX_DIGITS}g}") == value
    return CellValue("number", value) if is_safe else None


def convert_day(text: str) -> CellValue | None:
    """Return the day, where it has no time zone and programs agree on it."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return CellValue("day", day) if day and day >= FIRST_DATE else None


def convert_moment(text: str) -> CellValue | None:
    """Return the moment, where it has no time zone and programs agree on it."""
    try:
        moment = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
    except ValueError:
        return None
    return CellValue("moment", moment) if moment and moment.date() >= FIRST_DATE else None


_CONVERT_BY_DATATYPE: dict[str, Callable[[str], CellValue | None]] = {
    **dict.fromkeys(_INTEGERS, convert_integer),
    **dict.fromkeys(_FLOATS, convert_float),
    f"{XSD}decimal": convert_decimal,
    f"{XSD}boolean": convert_truth,
    f"{XSD}date": convert_day,
    f"{XSD}dateTime": convert_moment,
}
