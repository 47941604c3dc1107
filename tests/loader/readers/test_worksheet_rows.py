"""Rows of values of a worksheet: the same as openpyxl reads."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.reader.excel import ExcelReader

from loader.readers import worksheet_rows
from loader.readers.worksheet_rows import StreamReader, iterate_values

SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
VALUES: list[list[Any]] = [
    ["name", "Ünï & <b>", "", None, True, False],
    [],
    [1, -2, 3.25, 1e300, 12345678901234567890, 0.1],
    [date(2026, 11, 29), datetime(2026, 11, 29, 8, 30), time(7, 15), timedelta(hours=30)],
    [None, None, "=1+1", "#DIV/0!", "two\nlines", " spaces "],
]
ROWS = {
    "no references": "<row><c><v>1</v></c><c><v>2.5E3</v></c></row><row><c><v>3</v></c></row>",
    "gaps": '<row r="2"><c r="C2"><v>1</v></c></row><row r="5"><c r="A5"><v>2</v></c></row>',
    "rows in another order": '<row r="3"><c r="A3"><v>1</v></c></row><row r="1"><c r="A1"/></row>',
    "cells in another order": '<row r="1"><c r="C1"><v>1</v></c><c r="B1"><v>2</v></c></row>',
    "a number of a row with a point": '<row r="2.0"><c r="A2"><v>1</v></c></row>',
    "rich text": '<row><c t="inlineStr"><is><r><t>a</t></r><rPh sb="0" eb="1"><t>no</t></rPh>'
    '<r><rPr><b/></rPr><t xml:space="preserve"> b</t></r></is></c></row>',
    "types": '<row><c t="str"><v>text</v></c><c t="e"><v>#N/A</v></c><c t="b"><v>1</v></c>'
    '<c t="d"><v>2026-11-29</v></c><c t="n"/><c t="str"><f>A1</f><v>kept</v></c></row>',
    "an empty row": '<row r="1"/><row r="2"><c r="A2"><v>1</v></c></row>',
    "an impossible date": '<row><c s="1"><v>1E12</v></c></row>',
}


def write_workbook(values: list[list[Any]]) -> bytes:
    book, file = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet("Sheet")
    for row in values:
        sheet.append(row)
    book.save(file)
    return file.getvalue()


def replace_rows(data: bytes, rows: str) -> bytes:
    file = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(file, "w") as new:
        for name in old.namelist():
            sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
            new.writestr(name, sheet if name == SHEET else old.read(name))
    return file.getvalue()


def list_cells(rows: Any) -> list[list[tuple[Any, Any]]]:
    """Return the value of each cell, None where it is empty, and whether it is an error."""
    return [
        [(None if cell.value == "" else cell.value, cell.data_type == "e") for cell in row]
        for row in rows
    ]


def read_both(data: bytes, last_row: int | None = None) -> tuple[Any, Any]:
    """Return the cells as openpyxl reads them, and as we do."""
    theirs = load_workbook(BytesIO(data), read_only=True, data_only=True).worksheets[0]
    theirs.reset_dimensions()
    reader = StreamReader(BytesIO(data), True, data_only=True)
    reader.read()
    expected = list_cells(theirs.iter_rows(max_row=last_row))
    return expected, list_cells(iterate_values(reader.wb.worksheets[0], last_row))


@pytest.mark.filterwarnings("ignore:Cell A1 is marked as a date")
@pytest.mark.filterwarnings("ignore:Cell None is marked as a date")
@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_rows_are_those_of_openpyxl(rows: str) -> None:
    data = replace_rows(write_workbook([[date(2026, 1, 1)]]), rows)
    expected, found = read_both(data)
    assert found == expected
    assert any(cell for row in found for cell, _ in row) or "date" in rows


def test_missing_rows_before_the_last_to_read_are_empty() -> None:
    rows = '<row r="1"><c><v>1</v></c></row><row r="6"><c><v>2</v></c></row>'
    expected, found = read_both(replace_rows(write_workbook([[1]]), rows), 4)
    assert found == expected
    assert found[1:] == [[], [], []]


@pytest.mark.parametrize("last_row", [None, 1, 3, 9])
def test_values_of_every_kind_are_those_of_openpyxl(last_row: int | None) -> None:
    expected, found = read_both(write_workbook(VALUES), last_row)
    assert found == expected
    assert len(found) == min(last_row or len(VALUES), len(VALUES))


def test_a_cell_names_its_place() -> None:
    reader = StreamReader(BytesIO(write_workbook([[None, "x"]])), True, data_only=True)
    reader.read()
    ((_, cell),) = iterate_values(reader.wb.worksheets[0], None)
    assert (cell.coordinate, cell.row, cell.column) == ("B1", 1, 2)


@pytest.mark.parametrize("rows", ['<row r="x"/>', '<row><c r="?1"/></row>', '<row r="1.5"/>'])
def test_a_reference_that_is_not_valid_is_refused(rows: str) -> None:
    reader = StreamReader(BytesIO(replace_rows(write_workbook([[1]]), rows)), True, data_only=True)
    reader.read()
    with pytest.raises(ValueError, match=r"."):
        list(iterate_values(reader.wb.worksheets[0], None))


def test_a_chart_sheet_is_left_out_and_dimensions_are_not_looked_for() -> None:
    book, file = Workbook(write_only=True), BytesIO()
    book.create_chartsheet("chart")
    book.create_sheet("Sheet").append([1])
    book.save(file)
    reader = StreamReader(file, True, data_only=True)
    reader.read()
    assert isinstance(reader, ExcelReader)
    (sheet,) = reader.wb.worksheets
    assert sheet.title == "Sheet" and not sheet.max_row


PLAIN_ROW = '<row r="{0}" spans="1:2"><c r="A{0}" t="inlineStr"><is><t>a</t></is></c>{1}</row>'
MIXED_ROWS = {
    "plain": '<c r="B{0}" s="0"><v>2.5</v></c>',
    "an entity": '<c r="B{0}" t="str"><v>a &amp; b</v></c>',
    "rich text": '<c r="B{0}" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>',
    "a value that is not used": '<c r="B{0}" t="inlineStr"><v>1</v></c>',
    "attributes in another order": '<c t="b" r="B{0}"><v>1</v></c>',
    "an error": '<c r="B{0}" t="e"><v>#N/A</v></c>',
    "a formula": '<c r="B{0}"><f>1+1</f><v>2</v></c>',
    "no value": '<c r="B{0}" s="0"/>',
    "white space": '\n  <c r="B{0}"><v>3</v></c>\n',
    "a comment": '<!-- <row r="9"><c r="A9"><v>9</v></c></row> --><c r="B{0}"><v>1</v></c>',
}


@pytest.mark.parametrize("cell", MIXED_ROWS.values(), ids=MIXED_ROWS)
def test_plain_rows_and_others_follow_one_another(cell: str) -> None:
    # More than one chunk, so that the rows around a boundary are read too.
    rows = "".join(
        PLAIN_ROW.format(n, (cell if n % 3 == 0 else MIXED_ROWS["plain"]).format(n))
        for n in range(1, 1501)
    )
    expected, found = read_both(replace_rows(write_workbook([[1]]), rows))
    assert found == expected
    assert len(found) == 1500


@pytest.mark.filterwarnings("ignore:Unknown extension is not supported")
def test_rows_after_the_sheet_data_are_those_of_openpyxl() -> None:
    rows = PLAIN_ROW.format(1, "") + "</sheetData><extLst>" + '<ext uri="x"/>' * 20_000
    rows += '<row r="2"><c r="A2"><v>1</v></c></row></extLst><sheetData>'
    expected, found = read_both(replace_rows(write_workbook([[1]]), rows))
    assert found == expected


def test_a_plain_row_takes_no_event_of_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    begin = worksheet_rows._RowParser._begin_element

    def note(self: Any, tag: str, attributes: dict[str, str]) -> None:
        seen.append(tag.rpartition("}")[2])
        begin(self, tag, attributes)

    monkeypatch.setattr(worksheet_rows._RowParser, "_begin_element", note)
    rows = "".join(PLAIN_ROW.format(n, "") for n in range(1, 4))
    read_both(replace_rows(write_workbook([[1]]), rows))
    assert seen == ["worksheet", "sheetData"]
