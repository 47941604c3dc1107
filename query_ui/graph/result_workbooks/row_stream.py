"""Rows of a large worksheet, written as SpreadsheetML into the file that XlsxWriter keeps them in.

XlsxWriter makes objects and lists for every cell, which takes three quarters of the time of a
large workbook (docs/decisions/0045-rows-of-workbooks.md). Here a row is one text. All else of the
workbook, links included, is the library's, and so are the escapes of texts that need one.

https://ecma-international.org/publications-and-standards/standards/ecma-376/ (part 1, 18.3.1)
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from query_ui.graph.result_workbooks.workbook_cells import CellValue

_NEEDS_ESCAPE = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_|^\\s|\\s\\Z")
"""Markup, characters that XML does not have, what looks like their escape, and outer spaces."""


class RenderedCell(NamedTuple):
    """The rest of an element ``c`` after its place, and its style where it is a link or not.

    ``link`` is the address that it leads to, or "".
    """

    content: str
    style: str
    link: str = ""


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
    _styles: dict[str, str] = field(init=False)
    _urls: dict[str, Url] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = [xl_col_to_name(column) for column in range(self.columns)]
        self._styles = {
            kind: f' s="{self.formats[kind]._get_xf_index()}"' if kind in self.formats else ""
            for kind in ("text", "number", "truth", "day", "moment", "link")
        }
        # XlsxWriter keeps the last row in memory until there is another; the headings go first.
        self.sheet._write_single_row(1)
        self.sheet.ignore_write_string = True  # write_url adds the link alone

    def render(self, value: CellValue) -> RenderedCell:
        """Return a value as a cell of any row."""
        return RenderedCell(self._format_value(value), self._styles[value.kind], value.link)

    def write_row(self, row: int, cells: Sequence[RenderedCell | None], links: int) -> int:
        """Write a row, numbered from 0, and return how many of at most ``links`` links it has."""
        left = links
        number = row + 1
        written = []
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            content, style, link = cell
            if left and link:
                left -= 1
                style = self._styles["link"]
                self._add_link(row, column, link)
            written.append(f'<c r="{self._names[column]}{number}"{style}{content}')
        self.sheet.row_data_fh.write(f'<row r="{number}">{"".join(written)}</row>')
        return links - left

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
            if _NEEDS_ESCAPE.search(content):
                space = ' xml:space="preserve"'
                content = self.sheet._escape_data(self.sheet._escape_control_characters(content))
            return f' t="inlineStr"><is><t{space}>{content}</t></is></c>'
        if isinstance(content, bool):
            return f' t="b"><v>{content:d}</v></c>'
        if isinstance(content, datetime | date):
            content = self.sheet._convert_date_time(content)
        return f"><v>{content!r}</v></c>"
