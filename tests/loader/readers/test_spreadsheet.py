"""Spreadsheets: read as people see them, and what is not read is reported."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from loader.document import Document, Record, Rule, Span
from loader.errors import DataError, Severity
from loader.readers import spreadsheet
from loader.readers.source import SourceFile
from loader.readers.workbook import WorkbookLimits


def source(text: str | bytes, name: str = "t.csv") -> SourceFile:
    data = text if isinstance(text, bytes) else text.encode()
    return SourceFile(f"data/{name}", name, data, "0" * 64)


def texts(record: Record) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for field in record.fields:
        found.setdefault(field.name, []).append(field.text)
    return found


def messages(document: Document) -> list[str]:
    return [str(finding) for finding in document.findings]


HEADER = ["title", "beneficiaries", "stakeholders", "principles", "keywords", "note"]


def workbook(*sheets: Sequence[Sequence[object]]) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, sheet in enumerate(sheets, 1):
        page = book.create_sheet(f"S{number}")
        for row in sheet:
            page.append(row)
    return book


def opened(book: Workbook) -> Document:
    data = BytesIO()
    book.save(data)
    return spreadsheet.read_spreadsheet(source(data.getvalue(), "t.xlsx"))


class TestSpreadsheets:
    def test_values_are_read_as_people_see_them(self) -> None:
        rows_: list[list[object]] = [
            ["name", "ror", "ukprn", "founded", "note", "homepage", "member_from"],
            ["A", None, 10007143.0, date(1832, 2, 1), True, 0.1 + 0.2, 2007],
        ]
        document = opened(workbook([[], [], rows_[0], [], rows_[1]]))
        (record,) = document.records
        assert texts(record) == {
            "name": ["A"],
            "ukprn": ["10007143"],
            "founded": ["1832-02-01"],
            "note": ["TRUE"],
            "homepage": ["0.3"],
            "member_from": ["2007"],
        }
        assert {field.span for field in record.fields} == {record.span} == {Span(5, 5)}
        assert (document.reader, document.lines, messages(document)) == ("xlsx", 5, [])

    def test_lists_and_tag_lines_are_those_of_a_table(self) -> None:
        row: list[object] = ["A", "Research staff\nTechnicians", "x | y", "p", "k; l", None]
        document = opened(workbook([HEADER, row]))
        found = texts(document.records[0])
        assert found["stakeholders"] == ["x", "y"]
        assert found["keywords"] == ["k", "l"]
        field = next(document.records[0].all("beneficiaries"))
        assert (field.text, field.rule) == ("Research staff Technicians", Rule.TAG_LINE)
        assert field.place(15).start == 2

    def test_a_formula_without_a_result_is_an_error_that_names_its_cell(self) -> None:
        row: list[object] = ["A", "b", "s", "p", "k", "=1+1"]
        document = opened(workbook([HEADER, row]))
        assert messages(document) == [
            "data/t.xlsx:2:6: error: sheet “S1”, cell F2 holds the formula =1+1 and no result; "
            "open the file in a spreadsheet program and save it, or write the value in its place. "
            "[formula]"
        ]
        assert texts(document.records[0])["title"] == ["A"]

    def test_a_formula_counts_by_its_stored_result(self) -> None:
        book = workbook([HEADER, ["A", "b", "s", "p", "k", "=1+1"]])
        data = BytesIO()
        book.save(data)
        stored = with_result(data.getvalue(), b"<v></v>", b"<v>2</v>")
        document = spreadsheet.read_spreadsheet(source(stored, "t.xlsx"))
        assert texts(document.records[0])["note"] == ["2"]
        assert messages(document) == []

    def test_a_cell_that_holds_an_error_is_an_error(self) -> None:
        document = opened(workbook([HEADER, ["A", "b", "s", "p", "k", "#N/A"]]))
        assert messages(document) == [
            "data/t.xlsx:2:6: error: sheet “S1”, cell F2 holds the error #N/A. [cell-error]"
        ]

    def test_merged_cells_belong_to_the_first_and_are_reported(self) -> None:
        book = workbook([HEADER, ["A", "b", "s", "p", "k", "n"], ["B", None, "s", "p", "k", "n"]])
        book["S1"].merge_cells("B2:B3")
        document = opened(book)
        assert [texts(r).get("beneficiaries") for r in document.records] == [["b"], None]
        assert [(f.line, f.column, f.code) for f in document.findings] == [
            (2, 2, "merged-cells"),
            (3, 0, "missing-tag-line"),
        ]
        assert (
            "the cells B2:B3 are merged; their text counts for the first" in messages(document)[0]
        )

    def test_a_sheet_that_is_not_read_is_reported(self) -> None:
        row: list[object] = ["A", "b", "s", "p", "k", "n"]
        document = opened(workbook([["colour"], ["red"]], [HEADER, row], [], [HEADER, row, row]))
        assert texts(document.records[0])["title"] == ["A"]
        assert messages(document) == [
            f"data/t.xlsx: warning: sheet “{sheet}” with its {size} rows is not read, because “S2” "
            "is; save it as a file of its own. [sheet-ignored]"
            for sheet, size in (("S1", 2), ("S4", 3))
        ]

    def test_no_sheet_with_known_headers(self) -> None:
        with pytest.raises(DataError) as caught:
            opened(workbook([["colour", "size"], ["red", 1]], []))
        assert "(found S1: colour, size; S2: none)" in str(caught.value)
        assert caught.value.findings[0].code == "unknown-table"

    def test_comments_and_hidden_addresses_are_reported(self) -> None:
        book = workbook([HEADER, ["A", "b", "s", "p", "k", "n"]])
        book["S1"]["A2"].comment = Comment("check this", "me")
        book["S1"]["F2"].hyperlink = "https://example.org/"
        assert [(f.line, f.column, f.code) for f in opened(book).findings] == [
            (2, 1, "comment-ignored"),
            (2, 6, "link-ignored"),
        ]

    def test_the_unknown_column_of_a_sheet_is_named_and_kept(self) -> None:
        document = opened(workbook([[*HEADER, "Colour"], ["A", "b", "s", "p", "k", "n", "red"]]))
        assert texts(document.records[0])["unknown"] == ["Colour: red"]
        assert messages(document) == [
            "data/t.xlsx:1:7: warning: sheet “S1”: the column “Colour” (column 7) is not known; "
            "its cells are kept as unrecognised text. [unknown-column]"
        ]

    def test_a_stray_cell_far_away_is_refused_with_its_place(self) -> None:
        book = workbook([HEADER])
        book["S1"].cell(1_000_000, 100, "x")
        with pytest.raises(DataError, match=r"reaches to row 1,000,000 and column 100; delete"):
            opened(book)

    def test_a_workbook_that_unpacks_to_too_much_is_refused(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(spreadsheet, "LIMITS", WorkbookLimits(max_unpacked_bytes=1000))
        with pytest.raises(DataError, match=r"unpacks to [\d,]+ bytes, more than 1,000; split it"):
            opened(workbook([HEADER]))

    @pytest.mark.parametrize("data", [b"", b"PK\x03\x04rest", b"title,note\n"])
    def test_what_is_no_workbook(self, data: bytes) -> None:
        with pytest.raises(DataError, match="this is no .xlsx workbook") as caught:
            spreadsheet.read_spreadsheet(source(data, "t.xlsx"))
        assert caught.value.findings[0].code == "broken-workbook"
        assert caught.value.findings[0].severity is Severity.ERROR


def with_result(data: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook as a spreadsheet program would have saved it, with a stored result."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as before, ZipFile(out, "w") as after:
        for entry in before.infolist():
            content = before.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                assert b"<v></v>" in content or b"<v />" in content or b"<v/>" in content
                for empty in (old, b"<v />", b"<v/>"):
                    content = content.replace(empty, new)
            after.writestr(entry.filename, content)
    return out.getvalue()
