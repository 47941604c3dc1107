"""View of the rows of a saved query for people: columns, what the rows are about, and a chart."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from loader.settings import BASE
from query_ui.endpoint.html_table import HtmlTable
from query_ui.endpoint.result_order import SORT_FIELD
from query_ui.graph.entity_types import ENTITY_TYPE_LABELS
from query_ui.graph.facets import FACET_BY_NAME
from query_ui.graph.value_view import ValueView

PAGE_ROWS = 100
"""Rows on a page where the request names no size."""
MAX_BARS, MAX_GROUPS = 10, 40
"""Bars of a chart, and values of a column beyond which a chart says little."""
MAX_KINDS, SHORT_TEXT, LONG_TEXT = 3, 12, 45
ACRONYMS = frozenset("ROR UKPRN HESA ISNI GRID KEF REF IRI URL".split())
HEADING_BY_COLUMN = {"standing": "Verification status"}
"""Headings of columns whose name in scripts is an older word."""
WORDS_BY_COLUMN = {"practice": ("practice", "practices")}
"""Words for the entities of a column whose type alone does not say them."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_INTEGER = re.compile(r"\d{1,9}")

Row = tuple[ValueView | None, ...]


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """One column that is shown: its place in the rows, its heading and the address to sort by it.

    ``href`` is "" where the rows cannot be sorted; ``sorted`` is "ascending", "descending" or "";
    ``style`` is "num" for numbers, "short" for texts on one line, "long" for those that need room,
    or "".
    """

    place: int
    heading: str
    href: str = ""
    sorted: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class ResultChart:
    """Bars of the greatest values: text, number and share of the greatest in per cent."""

    title: str
    caption: str
    bars: tuple[tuple[str, int, float], ...]


def build_columns(
    table: HtmlTable, path: str, fields: Sequence[tuple[str, str]], sort: str
) -> list[ResultColumn]:
    """Return the columns to show; one with only the labels of the column before is left out."""
    found: list[ResultColumn] = []
    for place, name in enumerate(table.columns):
        if place and repeats_labels(table.rows, place):
            continue
        direction = {name: "ascending", f"-{name}": "descending"}.get(sort, "")
        wanted = f"-{name}" if direction == "ascending" else name
        others = [pair for pair in fields if pair[0] not in (SORT_FIELD, "page")]
        found.append(
            ResultColumn(
                place,
                to_heading(name),
                build_address(path, [*others, (SORT_FIELD, wanted)]),
                direction,
                choose_style(table.rows, place),
            )
        )
    return found


def list_exact_columns(names: Sequence[str]) -> list[ResultColumn]:
    """Return all columns of a result under the names that its query gives them."""
    return [ResultColumn(place, name) for place, name in enumerate(names)]


def choose_style(rows: Sequence[Row], place: int) -> str:
    """Return the style of a column by its cells."""
    if rows and all(is_integer(row[place]) for row in rows):
        return "num"
    lengths = [len(get_text(row[place])) for row in rows]
    if max(lengths, default=0) > LONG_TEXT:
        return "long"
    return "short" if max(lengths, default=0) <= SHORT_TEXT else ""


def build_address(path: str, fields: Sequence[tuple[str, str]]) -> str:
    """Return the path with a query string."""
    return f"{path}?{urlencode(fields)}" if fields else path


def to_heading(name: str) -> str:
    """Return the name of a column as words: "keywordLabel" is "Keyword label"."""
    if name in HEADING_BY_COLUMN:
        return HEADING_BY_COLUMN[name]
    words = " ".join(
        word.upper() if word.upper() in ACRONYMS else word.lower() for word in _HUMP.split(name)
    )
    return capitalise(words)


def repeats_labels(rows: Sequence[Row], place: int) -> bool:
    """Return whether each cell of a column has the text of the link before it."""
    pairs = [(row[place - 1], row[place]) for row in rows]
    return any(text for _, text in pairs) and all(
        link is not None
        and link.link
        and (text is None or (not text.link and text.text == link.link.text))
        for link, text in pairs
    )


def is_integer(cell: ValueView | None) -> bool:
    """Return whether a cell is a whole number."""
    return cell is not None and cell.link is None and bool(_INTEGER.fullmatch(cell.text))


def describe_rows(table: HtmlTable) -> list[str]:
    """Return what the rows are about, such as "14 case studies", for columns of one type each."""
    found: dict[str, str] = {}
    for place, column in enumerate(table.columns):
        iris = {cell.link.iri for row in table.rows if (cell := row[place]) and cell.link}
        kinds = {name_kind(iri) for iri in iris}
        if len(kinds) == 1 and (words := WORDS_BY_COLUMN.get(column) or kinds.pop()) != ("", ""):
            found.setdefault(words[1], f"{len(iris):,} {words[len(iris) != 1]}")
    return list(found.values())[:MAX_KINDS]


def name_kind(iri: str) -> tuple[str, str]:
    """Return the type of an entity in the singular and the plural, or two empty texts."""
    area, _, rest = iri.removeprefix(BASE).partition("/")
    kind = rest.partition("/")[0]
    if kind == "organisation":
        return "institution", "institutions"
    if area == "id" and kind in ENTITY_TYPE_LABELS and iri.startswith(BASE):
        one, many = ENTITY_TYPE_LABELS[kind]
        return one.lower(), many.partition(" (")[0].lower()
    keyword = FACET_BY_NAME["keyword"]
    if iri.startswith(keyword.namespace):
        return keyword.word.lower(), keyword.plural
    return "", ""


def build_chart(table: HtmlTable) -> ResultChart | None:
    """Return bars of the first column of whole numbers by label, else of rows by a text column.

    None where there are fewer than two bars, or where every value occurs once.
    """
    if len(table.rows) < 2 or table.is_truncated or table.first > 1:
        return None
    names = [to_heading(name) for name in table.columns]
    numbers = [place for place in range(len(names)) if holds_amounts(table.rows, place)]
    texts = [p for p in range(len(names)) if is_text_column(table.rows, p)]
    for place in texts:
        values = [get_text(row[place]) for row in table.rows]
        counted = Counter(value for value in values if value)
        if numbers and len(counted) == len(values):
            amounts = [int(get_text(row[numbers[0]])) for row in table.rows]
            pairs = sorted(zip(values, amounts, strict=True), key=lambda pair: (-pair[1], pair[0]))
            what = names[numbers[0]]
            return make_chart(f"{what} by {names[place].lower()}", pairs, what.lower())
        if 1 < len(counted) <= MAX_GROUPS and len(counted) < len(values):
            pairs = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
            unit = f"of {len(values):,} rows"
            return make_chart(f"Rows by {names[place].lower()}", pairs, unit)
    return None


def make_chart(caption: str, pairs: Sequence[tuple[str, int]], unit: str) -> ResultChart | None:
    """Return the chart of the greatest pairs; None where there is nothing to compare."""
    most = pairs[0][1]
    if most < 1 or most == pairs[-1][1]:
        return None
    bars = tuple((text, number, 100 * number / most) for text, number in pairs[:MAX_BARS])
    if len(pairs) > MAX_BARS:
        caption = f"{caption}, the first {MAX_BARS} of {len(pairs):,}"
    return ResultChart(describe_first(pairs, unit), caption, bars)


def describe_first(pairs: Sequence[tuple[str, int]], unit: str) -> str:
    """Return a sentence about the greatest: "Training comes first, with 10 case studies"."""
    most = pairs[0][1]
    first = [text for text, number in pairs if number == most]
    if len(first) > 2:
        return f"{len(first)} share the first place, with {most:,} {unit} each"
    if len(first) == 2:
        return capitalise(f"{first[0]} and {first[1]} come first, with {most:,} {unit} each")
    return capitalise(f"{first[0]} comes first, with {most:,} {unit}")


def capitalise(text: str) -> str:
    """Return a text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def holds_amounts(rows: Sequence[Row], place: int) -> bool:
    """Return whether a column has only whole numbers, and other ones than years."""
    return all(is_integer(row[place]) for row in rows) and not all(
        1900 <= int(get_text(row[place])) <= 2100 for row in rows
    )


def is_text_column(rows: Sequence[Row], place: int) -> bool:
    """Return whether a column has short texts or labels that can name a bar."""
    found = [get_text(row[place]) for row in rows]
    return all(0 < len(text) <= 80 for text in found) and not all(
        is_integer(row[place]) for row in rows
    )


def get_text(cell: ValueView | None) -> str:
    """Return the text of a cell; "" where it is empty."""
    if cell is None:
        return ""
    return cell.link.text if cell.link else cell.text
