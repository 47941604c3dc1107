"""The map of coverage as a picture in SVG, with the colours of the style sheet.

https://www.w3.org/TR/SVG11/
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import wrap

from flask import current_app

from query_ui.site.coverage_map import CoverageMap, CoverageRow

NAME_WIDTH, CELL_WIDTH, ROW_HEIGHT = 280, 84, 26
HEAD_TOP, HEAD_HEIGHT, FOOT_HEIGHT, LINE = 56, 64, 72, 14
"""Lengths in pixels: the title is above ``HEAD_TOP``, the legend in the foot."""
MAX_NAME, MAX_HEAD, MAX_HEAD_LINES = 40, 12, 4
"""Characters of a row's name and of a line of a column's name, and lines of the latter."""
BAR_COUNT = 4
"""Bars of the mark for evidence; the strongest two levels fill all."""


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """One cell: its place, number, shade and filled bars of evidence; ``broad`` is text or ""."""

    x: int
    y: int
    value: int
    shade: int
    bars: int
    broad: str


@dataclass(frozen=True, slots=True)
class DrawnText:
    """Text at a place; ``is_bold`` for groups of rows."""

    x: int
    y: int
    text: str
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class DrawnMap:
    """All parts of the picture, with its size; ``legend`` has (x, shade, words)."""

    width: int
    height: int
    title: str
    heads: Sequence[DrawnText]
    names: Sequence[DrawnText]
    cells: Sequence[DrawnCell]
    legend: Sequence[tuple[int, int, str]]
    cell_width: int = CELL_WIDTH - 3
    cell_height: int = ROW_HEIGHT - 3


def draw_map(shown: CoverageMap, title: str) -> DrawnMap:
    """Return the parts of the picture of a map."""
    top = HEAD_TOP + HEAD_HEIGHT
    heads = [
        DrawnText(NAME_WIDTH + CELL_WIDTH * place, HEAD_TOP + LINE * line, words)
        for place, text in enumerate(["All", *(link.text for link, _ in shown.columns)])
        for line, words in enumerate(wrap(text, MAX_HEAD)[:MAX_HEAD_LINES])
    ]
    names = [
        DrawnText(
            12 + 14 * row.depth, top + ROW_HEIGHT * place, shorten(row.link.text), row.is_group
        )
        for place, row in enumerate(shown.rows)
    ]
    cells = [cell for place, row in enumerate(shown.rows) for cell in draw_row(row, top, place)]
    legend = [
        (NAME_WIDTH + 110 * place, shade, words)
        for place, (shade, words) in enumerate([*shown.shades, (0, "none recorded")])
    ]
    return DrawnMap(
        NAME_WIDTH + CELL_WIDTH * (1 + len(shown.columns)) + 12,
        top + ROW_HEIGHT * len(shown.rows) + FOOT_HEIGHT,
        title,
        heads,
        names,
        cells,
        legend,
    )


def draw_row(row: CoverageRow, top: int, place: int) -> list[DrawnCell]:
    """Return the cells of a row, its total first; totals and groups have no shade."""
    return [
        DrawnCell(
            NAME_WIDTH + CELL_WIDTH * column,
            top + ROW_HEIGHT * place,
            cell.number.value,
            0 if row.is_group or not column else cell.shade,
            min(cell.evidence, BAR_COUNT),
            str(cell.broad.value or ""),
        )
        for column, cell in enumerate([row.total, *row.cells])
    ]


def shorten(text: str) -> str:
    """Return a name that fits beside the cells."""
    return text if len(text) <= MAX_NAME else f"{text[: MAX_NAME - 1].rstrip()}…"


def read_colours() -> Mapping[str, str]:
    """Return the colours of the light theme by the name of their token."""
    return parse_tokens(Path(current_app.static_folder or "") / "css" / "tokens.css")


@cache
def parse_tokens(path: Path) -> Mapping[str, str]:
    """Return the values of the custom properties in the first rule of a style sheet.

    https://www.w3.org/TR/css-variables-1/#defining-variables
    """
    rule = path.read_text("utf-8").partition("}")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,8});", rule))
