"""Counts over a worksheet by patterns: the same as those of each element."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from loader.errors import DataError
from loader.readers import workbook
from loader.readers.workbook import WorkbookFile, WorkbookLimits, check_container, do_nothing
from loader.readers.worksheet_counts import count_worksheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CELLS = (
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="7" ht="9"><c r="A7" t="b"><v>1</v></c></row>'
)
SHEETS = {
    "values": f"<sheetData>{CELLS}</sheetData>",
    "rows below the last value": f'<sheetData>{CELLS}<row r="9"/><row r="12"></row></sheetData>',
    "no value": '<sheetData><row r="3"/><row r="4"><c r="A4"/></row></sheetData>',
    "a formula": '<sheetData><row r="2"><c r="A2"><f>1</f></c></row></sheetData>',
    "merged cells": f'<sheetData>{CELLS}</sheetData><mergeCells count="2"><mergeCell ref="A1:C3"/>'
    '<mergeCell ref="D1:D2"/></mergeCells>',
    "links": f'<sheetData>{CELLS}</sheetData><hyperlinks><hyperlink ref="A1:A9"/></hyperlinks>',
    "many rows": "<sheetData>"
    + "".join(f'<row r="{n}"><c r="A{n}" t="str"><v>é 1</v></c></row>' for n in range(1, 9000))
    + "</sheetData>",
}
OTHER_FORMS = {
    "a prefix": '<x:sheetData xmlns:x="urn:x"><x:row r="3"><x:c/></x:row></x:sheetData>',
    "a comment": f"<sheetData><!-- <c> -->{CELLS}</sheetData>",
    "a row without its number": "<sheetData><row><c><v>1</v></c></row></sheetData>",
    "line breaks in tags": '<sheetData><row\nr="2"><c\n><v>1</v></c></row></sheetData>',
    "apostrophes": "<sheetData><row r='2'><c r='A2'><v>1</v></c></row></sheetData>",
}


def build_sheet(content: str) -> bytes:
    return f'<?xml version="1.0"?>\n<worksheet xmlns="{MAIN}">{content}</worksheet>'.encode()


def read_file(content: str, max_cells: int = 5_000_000) -> WorkbookFile:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", build_sheet(content))
    return WorkbookFile(file.getvalue(), "t.xlsx", WorkbookLimits(max_cells=max_cells))


def refuse_patterns(*_: object) -> None:
    return None


@pytest.mark.parametrize("content", (SHEETS | OTHER_FORMS).values(), ids=SHEETS | OTHER_FORMS)
def test_patterns_see_what_events_see(content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = check_container(read_file(content))
    for most in (1, 3, 12, 20, 18_000):
        found_refusal = is_refused(content, most)
        with monkeypatch.context() as patch:
            patch.setattr(workbook, "count_worksheet", refuse_patterns)
            assert is_refused(content, most) == found_refusal
    monkeypatch.setattr(workbook, "count_worksheet", refuse_patterns)
    assert check_container(read_file(content)) == found


def is_refused(content: str, max_cells: int) -> bool:
    try:
        check_container(read_file(content, max_cells))
    except DataError:
        return True
    return False


@pytest.mark.parametrize("content", SHEETS.values(), ids=SHEETS)
def test_the_usual_form_needs_no_events(content: str) -> None:
    assert count_worksheet(BytesIO(build_sheet(content)), 10**6, do_nothing) is not None


@pytest.mark.parametrize("content", OTHER_FORMS.values(), ids=OTHER_FORMS)
def test_another_form_is_left_to_events(content: str) -> None:
    assert count_worksheet(BytesIO(build_sheet(content)), 10**6, do_nothing) is None


@pytest.mark.parametrize(
    "content",
    ["<sheetData>", '<sheetData a="' + "x" * 40_000 + '"/>', "x" * 600_000 + "<a/>"],
    ids=["broken", "a long attribute", "a long text"],
)
def test_what_is_broken_or_long_is_left_to_events(content: str) -> None:
    assert count_worksheet(BytesIO(build_sheet(content)), 10**6, do_nothing) is None


def test_more_elements_than_the_limit_are_left_to_events() -> None:
    assert count_worksheet(BytesIO(build_sheet(SHEETS["many rows"])), 1000, do_nothing) is None
