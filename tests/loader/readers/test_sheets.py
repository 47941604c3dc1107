"""Any table, written in any form in which people save one, reads back the same cells and rows."""

import csv
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from openpyxl import Workbook

from loader.errors import DataError
from loader.readers.csv_positions import TableRow
from loader.readers.header_row import find_table, find_table_by_shape
from loader.readers.sheets import format_cell, open_sheets
from loader.readers.source import SourceFile
from loader.readers.table_text import decode_table_text
from tests.hostile_workbooks import HEADER_ROW, SHEET, sheet, with_parts

HEADERS = ("Name", "UKPRN", "Value (£000s)", "Academic year", "Ünit", "x")
WINDOWS_CHARACTERS = "abc ,;|\t\n\"'.-£€é–Ü1"
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\t",;|'))
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")
PREAMBLE = (
    "Table 1: staff, by provider; invented",
    "",
    "Source: an example, of 2026",
    "2020-21",
)


def build_source(data: bytes) -> SourceFile:
    return SourceFile("t", "t", data, "0" * 64)


def list_texts(row: TableRow) -> list[str]:
    return [cell.text for cell in row.cells]


@dataclass(frozen=True)
class Dialect:
    """How a table is written as text."""

    encoding: str
    delimiter: str
    line_end: str
    quoting: Any
    declares_separator: bool
    preamble: int

    def write(self, rows: Sequence[Sequence[str]]) -> tuple[bytes, list[int]]:
        """Return the file, and the line on which each row begins."""
        lines = [f"sep={self.delimiter}"] if self.declares_separator else []
        lines += [PREAMBLE[n % len(PREAMBLE)] for n in range(self.preamble)]
        starts, at = [], len(lines) + 1
        written = StringIO()
        writer = csv.writer(
            written, delimiter=self.delimiter, quoting=self.quoting, lineterminator="\n"
        )
        for row in rows:
            starts.append(at)
            writer.writerow(row)
            at += 1 + sum(cell.count("\n") for cell in row)
        text = "".join(f"{line}\n" for line in lines) + written.getvalue()
        mark = "\ufeff" if self.encoding in ("utf-16-le", "utf-16-be") else ""
        return (mark + text.replace("\n", self.line_end)).encode(self.encoding), starts


def dialects() -> st.SearchStrategy[Dialect]:
    return st.builds(
        Dialect,
        encoding=st.sampled_from(ENCODINGS),
        delimiter=st.sampled_from([",", ";", "\t"]),
        line_end=st.sampled_from(["\n", "\r\n", "\r"]),
        quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
        declares_separator=st.booleans(),
        preamble=st.sampled_from([0, 0, 1, 4, 30]),
    )


@st.composite
def tables(draw: st.DrawFn, characters: st.SearchStrategy[str]) -> list[list[str]]:
    """A table with a header of two columns or more, whose first column is filled."""
    width = draw(st.integers(2, len(HEADERS)))
    size = draw(st.integers(3, 8))
    cells = [[draw(characters) for _ in range(width)] for _ in range(size)]
    return [list(HEADERS[:width]), *([f"{n}{row[0]}", *row[1:]] for n, row in enumerate(cells))]


def is_taken_for_windows(data: bytes) -> bool:
    """Whether bytes in Windows-1252 cannot be taken for UTF-8, with or without a wrong byte."""
    try:
        return data.isascii() or decode_table_text(build_source(data))[1] != "utf-8"
    except DataError:
        return False


class TestText:
    @given(st.data(), dialects())
    def test_every_dialect_reads_back_the_same(self, data: st.DataObject, dialect: Dialect) -> None:
        characters = st.text(WINDOWS_CHARACTERS) if dialect.encoding == "cp1252" else TEXTS
        rows = data.draw(tables(characters))
        # Below prose only the shape of lines tells the delimiter, so their cells are quoted.
        if dialect.preamble and not dialect.declares_separator:
            assume(dialect.quoting == csv.QUOTE_ALL)
        written, starts = dialect.write(rows)
        if dialect.encoding == "cp1252":
            assume(is_taken_for_windows(written))
        table = find_table(open_sheets(build_source(written)).sheets, rows[0])
        assert table.missing == ()
        assert [list_texts(row) for row in (table.header, *table.rows)] == rows

        (sheet,) = open_sheets(build_source(written)).sheets
        last = [row.start for row in sheet.iterate_rows()][-len(rows) :]
        assert last == starts

    @given(st.data(), dialects())
    def test_the_header_is_found_by_its_shape_too(
        self, data: st.DataObject, dialect: Dialect
    ) -> None:
        words = st.text("ab1", min_size=1)
        rows = data.draw(tables(words))
        assume(len(rows) > 6 or dialect.preamble < 30)
        written, _ = dialect.write(rows)
        table = find_table_by_shape(open_sheets(build_source(written)).sheets)
        # Two cells a row are too few to tell a short table from a long preamble.
        assume(len(rows[0]) > 2 or dialect.preamble < 5)
        assert list_texts(table.header) == rows[0]


VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(-1e9, 1e9).map(lambda number: round(number, 6))
    | st.dates(date(1900, 3, 1))
    | st.datetimes(datetime(1900, 3, 1)).map(lambda at: at.replace(microsecond=0))
    | st.text("ab ,\né£", min_size=1).map(lambda text: f"x{text}x")
)


class TestWorkbooks:
    @given(
        st.lists(st.lists(VALUES, min_size=3, max_size=5), min_size=1, max_size=6),
        st.sampled_from([0, 3, 30]),
        st.sampled_from([0, 2, 500]),
        st.booleans(),
    )
    def test_every_value_and_row_number_is_read_back(
        self, rows: list[list[Any]], above: int, gap: int, has_other_sheets: bool
    ) -> None:
        book = Workbook()
        page = book.worksheets[0]
        if has_other_sheets:
            page.append(["Name of this file"])
            page = book.create_sheet("Data")
        for number in range(above):
            page.cell(number + 1, 1, f"Note {number}")
        header = above + 1 + gap
        expected = {}
        for column, text in enumerate(HEADERS[:5], start=1):
            page.cell(header, column, text)
        for at, row in enumerate(rows, start=1):
            number = header + at * (1 + gap)
            expected[number] = ["key", *map(format_cell, row)]
            for column, value in enumerate(["key", *row], start=1):
                page.cell(number, column, value)
        data = BytesIO()
        book.save(data)
        table = find_table(open_sheets(build_source(data.getvalue())).sheets, HEADERS[:5])
        assert (table.header.start, table.missing) == (header, ())
        assert len(table.preamble) == above
        read = {row.start: list_texts(row) for row in table.rows}
        assert read == {number: strip_end(texts) for number, texts in expected.items()}


def strip_end(texts: list[str]) -> list[str]:
    while not texts[-1]:
        texts.pop()
    return texts


def test_formulas_and_errors_are_findings_with_their_cells() -> None:
    book = Workbook()
    for row in (["a", "b"], ["x", "=1+1"], ["#DIV/0!", "y"]):
        book.worksheets[0].append(row)
    data = BytesIO()
    book.save(data)
    file = open_sheets(build_source(data.getvalue()))
    for _ in range(2):
        assert [list_texts(row) for row in file.sheets[0].iterate_rows()] == [
            ["a", "b"],
            ["x"],
            ["", "y"],
        ]
    assert [(f.line, f.column, f.code) for f in sorted(file.findings)] == [
        (2, 2, "formula"),
        (3, 1, "cell-error"),
    ]


@pytest.mark.long
@pytest.mark.parametrize(
    "tail",
    [
        lambda: "",
        lambda: '<row r="1048576"><c r="R1048576" s="1"/></row>',
        lambda: "".join(f'<row r="{number}" ht="15"/>' for number in range(7600, 1_048_577)),
        lambda: "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(7600, 1_048_577)),
    ],
    ids=["claim alone", "last cell", "a million rows", "a million cells"],
)
def test_million_formatted_rows_cost_next_to_nothing(tail: Callable[[], str]) -> None:
    filled = "".join(
        f'<row r="{number}"><c r="A{number}"><v>{number}</v></c></row>' for number in range(8, 7560)
    )
    data = with_parts(
        {SHEET: sheet(HEADER_ROW + filled + tail(), '<dimension ref="A1:R1048576"/>')}
    )
    tracemalloc.start()
    table = find_table(open_sheets(build_source(data)).sheets, ["title"])
    count = sum(1 for _ in table.rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 7552
    assert peak < 50_000_000


def test_rows_below_the_last_value_are_not_read() -> None:
    tail = '<row r="900000"><c r="A900000" s="1"/></row><row r="900001"/>'
    values = '<row r="2"><c t="inlineStr"><is><t>a</t></is></c></row><row><c><f>1</f></c></row>'
    file = open_sheets(build_source(with_parts({SHEET: sheet(HEADER_ROW + values + tail)})))
    assert [row.start for row in file.sheets[0].all_rows()] == [1, 2, 3]
    assert [(finding.line, finding.code) for finding in file.findings] == [(3, "formula")]


@pytest.mark.parametrize("data", [b"", b"\n\n", "\ufeff".encode("utf-16-le"), b"sep=;\n"])
def test_empty_text_has_no_rows(data: bytes) -> None:
    (sheet,) = open_sheets(build_source(data)).sheets
    assert list(sheet.iterate_rows()) == []
