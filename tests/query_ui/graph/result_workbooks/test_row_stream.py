"""Rows that are written as XML are those that XlsxWriter itself writes from the same values."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeAlias
from xml.etree import ElementTree

import openpyxl
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from query_ui.graph.result_workbooks.row_stream import NEEDS_ESCAPE, RowStream, is_plain
from query_ui.graph.result_workbooks.workbook_cells import CellValue

IRI = "https://example.org/a?b=1&c=%20ü"
VALUES = [
    CellValue("text", "plain"),
    CellValue("text", ' "quoted" & <b>bold</b>\nand more '),
    CellValue("text", "_x0041_ \x00 \x1b \ufffe \r\n\tend"),
    CellValue("text", ""),
    CellValue("number", 0),
    CellValue("number", -123456789012345),
    CellValue("number", 0.1),
    CellValue("number", 1e-300),
    CellValue("number", 999999999999999.0),
    CellValue("truth", True),
    CellValue("truth", False),
    CellValue("day", date(1900, 3, 1)),
    CellValue("day", date(2026, 11, 29)),
    CellValue("moment", datetime(2026, 11, 29, 23, 59, 59, 999000)),
    CellValue("text", IRI, IRI),
    CellValue("text", "https://example.org/not-a-link"),
]
Rows: TypeAlias = Sequence[Sequence[CellValue | None]]
Fill: TypeAlias = Callable[[Worksheet, dict[str, Format]], None]


def write_book(fill: Fill) -> bytes:
    """A workbook with headings and the rows that ``fill`` writes below."""
    sink = io.BytesIO()
    book = Workbook(
        sink, {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    )
    book.set_properties({"created": datetime(2026, 1, 1)})
    formats = {
        "link": book.add_format({"underline": 1}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    sheet = book.add_worksheet("Results")
    sheet.write_string(0, 0, "Heading")
    fill(sheet, formats)
    book.close()
    return sink.getvalue()


def write_with_library(rows: Rows) -> bytes:
    """The rows, written by XlsxWriter cell by cell."""

    def fill(sheet: Worksheet, formats: dict[str, Format]) -> None:
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if cell is None:
                    continue
                if cell.link:
                    sheet.write_url(number, column, cell.link, formats["link"], str(cell.value))
                elif cell.kind == "text":
                    sheet.write_string(number, column, str(cell.value))
                elif cell.kind == "truth":
                    sheet.write_boolean(number, column, bool(cell.value))
                elif cell.kind == "number":
                    sheet.write_number(number, column, cell.value)
                else:
                    sheet.write_datetime(number, column, cell.value, formats[cell.kind])

    return write_book(fill)


def write_as_stream(rows: Rows, links: int = 10) -> bytes:
    """The rows, written as they are in the workbooks of the site."""

    def fill(sheet: Worksheet, formats: dict[str, Format]) -> None:
        width = max(map(len, rows))
        stream = RowStream(sheet, formats, width)
        cells = [[stream.render(cell) if cell else None for cell in row] for row in rows]
        offered = stream.write_rows(1, [row + [None] * (width - len(row)) for row in cells], links)
        assert offered == sum(bool(cell and cell.link) for row in rows for cell in row)
        stream.close(len(rows) + 1)

    return write_book(fill)


def read_parts(content: bytes) -> tuple[list[tuple[object, ...]], str, str]:
    """The cells of the sheet, its other elements, and the addresses of its links."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        names = book.namelist()
        links = "xl/worksheets/_rels/sheet1.xml.rels"
        rels = book.read(links).decode() if links in names else ""
    cells: list[tuple[object, ...]] = []
    for cell in ElementTree.fromstring(sheet).iter("{*}c"):
        text = "".join(cell.itertext())
        is_number = cell.get("t") is None and text
        value: object = float(text) if is_number else text
        cells.append((cell.get("r"), cell.get("t"), cell.get("s") is not None, value))
    rest = re.sub(r"<sheetData>.*</sheetData>", "", sheet, flags=re.DOTALL)
    return cells, rest, rels


def test_every_kind_of_value_is_what_the_library_writes() -> None:
    rows: Rows = [VALUES, [None, *VALUES[::-1]], [VALUES[0], None, VALUES[4]]]
    ours = read_parts(write_as_stream(rows))
    expected = read_parts(write_with_library(rows))
    # An empty text is compared by what it shows, which is nothing.
    assert [cell for cell in ours[0] if cell[3] != ""] == [c for c in expected[0] if c[3] != ""]
    assert ours[1:] == expected[1:]
    assert ours[2].count("Target=") == 2


def test_a_text_that_looks_like_rich_text_is_text() -> None:
    """XlsxWriter would take it for markup, and damage the file."""
    text = "<r>not & markup</r>"
    book = openpyxl.load_workbook(io.BytesIO(write_as_stream([[CellValue("text", text)]])))
    assert book["Results"]["A2"].value == text


def test_links_beyond_the_number_allowed_are_texts() -> None:
    link = CellValue("text", IRI, IRI)
    content = write_as_stream([[link, link], [link, CellValue("number", 1)]], links=2)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Results"]
    assert [bool(sheet[name].hyperlink) for name in ("A2", "B2", "A3")] == [True, True, False]
    assert sheet["A3"].value == IRI and sheet.dimensions == "A1:B3"


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_any_text_is_what_the_library_writes(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    rows: Rows = [
        [CellValue("text", text)] for text in texts if text and not text.startswith("<r>")
    ]
    if rows:
        assert read_parts(write_as_stream(rows))[0] == read_parts(write_with_library(rows))[0]


@given(st.text(max_size=8, alphabet="ab &<>_x\t\n\x00\x1b\ufffe\xa0é041F"))
def test_no_text_that_needs_an_escape_is_taken_for_a_plain_one(text: str) -> None:
    assert not (is_plain(text) and NEEDS_ESCAPE.search(text))
    assert is_plain("Élan 2024")
