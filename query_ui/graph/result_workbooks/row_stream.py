"""Rows of a large worksheet, written as SpreadsheetML into the file that XlsxWriter keeps them in.

XlsxWriter makes objects and lists for every cell, which takes three quarters of the time of a
large workbook (docs/decisions/0045-rows-of-workbooks.md). Here a row is one text. All else of the
workbook, links included, is the library's, and so are the escapes of texts that need one.

https://ecma-international.org/publications-and-standards/standards/ecma-376/ (part 1, 18.3.1)
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, TypeAlias

from xlsxwriter.format import Format
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from query_ui.graph.result_workbooks.workbook_cells import CellValue

NEEDS_ESCAPE = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_|^\\s|\\s\\Z")
"""Markup, characters that XML does not have, what looks like their escape, and outer spaces."""


class LinkCell(NamedTuple):
    """A cell that leads to the address ``link``; ``plain`` is the same cell without the link."""

    content: str
    plain: str
    link: str


RenderedCell: TypeAlias = str | LinkCell
"""The rest of an element ``c`` after its place; most cells are no link, so they are texts."""


@dataclass(slots=True)
class RowStream:
    """A writer of the rows of one sheet of a workbook with ``constant_memory``.

    What was written to the sheet before, such as its headings, has to be above. ``formats`` has
    the format of links, and of each kind of value that needs one.
    """

    sheet: Worksheet
    formats: Mapping[str, Format]
    columns: int
    _names: list[str] = field(init=False)
    _places: dict[str, int] = field(init=False)
    _styles: dict[str, str] = field(init=False)
    _urls: dict[str, Url] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = [xl_col_to_name(column) for column in range(self.columns)]
        self._places = {name: column for column, name in enumerate(self._names)}
        self._styles = {
            kind: f' s="{self.formats[kind]._get_xf_index()}"' if kind in self.formats else ""
            for kind in ("text", "number", "truth", "day", "moment", "link")
        }
        # XlsxWriter keeps the last row in memory until there is another; the headings go first.
        self.sheet._write_single_row(1)
        self.sheet.ignore_write_string = True  # write_url adds the link alone

    def render(self, value: CellValue) -> RenderedCell:
        """Return a value as a cell of any row."""
        content = self._format_value(value)
        plain = f"{self._styles[value.kind]}{content}"
        if not value.link:
            return plain
        return LinkCell(f"{self._styles['link']}{content}", plain, value.link)

    def write_rows(
        self, row: int, rows: Iterable[Sequence[RenderedCell | None]], links: int
    ) -> int:
        """Write rows from ``row`` on, numbered from 0, and return how many links they offer.

        The first ``links`` of them are links, the others their texts.
        """
        names, offered, written = self._names, 0, []
        for number, cells in enumerate(rows, row + 1):
            written.append(f'<row r="{number}">')
            for name, cell in zip(names, cells, strict=True):
                if cell is None:
                    continue
                if isinstance(cell, LinkCell):
                    offered += 1
                    if offered <= links:
                        self._add_link(number - 1, self._places[name], cell.link)
                        cell = cell.content
                    else:
                        cell = cell.plain
                written.append(f'<c r="{name}{number}"{cell}')
            written.append("</row>")
        self.sheet.row_data_fh.write("".join(written))
        return offered

    def close(self, rows: int) -> None:
        """Set the size of the sheet, after ``rows`` rows in all."""
        self.sheet.ignore_write_string = False
        if rows and self.columns:
            self.sheet._check_dimensions(rows - 1, self.columns - 1)

    def _add_link(self, row: int, column: int, iri: str) -> None:
        url = self._urls.get(iri)
        if url is None:
            url = self._urls[iri] = Url(iri)
        self.sheet.write_url(row, column, url)

    def _format_value(self, value: CellValue) -> str:
        """Return the rest of the element ``c``: its type and value (18.3.1.4, 18.18.11)."""
        content = value.value
        if isinstance(content, str):
            space = ""
            if not is_plain(content) and NEEDS_ESCAPE.search(content):
                space = ' xml:space="preserve"'
                content = self.sheet._escape_data(self.sheet._escape_control_characters(content))
            return f' t="inlineStr"><is><t{space}>{content}</t></is></c>'
        if isinstance(content, bool):
            return f' t="b"><v>{content:d}</v></c>'
        if isinstance(content, datetime | date):
            content = self.sheet._convert_date_time(content)
        return f"><v>{content!r}</v></c>"


def is_plain(text: str) -> bool:
    """Return whether a text surely needs no escape, in less time than the expression takes."""
    return (
        text.isprintable()
        and "&" not in text
        and "<" not in text
        and ">" not in text
        and "_x" not in text
        and text[:1] != " " != text[-1:]
    )
