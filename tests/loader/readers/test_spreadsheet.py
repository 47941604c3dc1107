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
from loader.readers import table_document
from loader.readers.source import SourceFile
from loader.readers.table_document import read_table
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
    return read_table(source(data.getvalue(), "t.xlsx"))


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
        document = read_table(source(stored, "t.xlsx"))
        assert texts(document.records[0])["note"] == ["2"]
        assert messages(document) == []

    def test_a_cell_that_holds_an_error_is_an_error(self) -> None:
        document = opened(workbook([HEADER, ["A", "b", "s", "p", "k", "#N/A"]]))
        assert messages(document) == [
            "data/t.xlsx:2:6: error: sheet “S1”, cell F2 holds the error #N/A. [cell-error]"
        ]

    def test_merged_cells_count_in_each_of_their_rows_and_are_reported_once(self) -> None:
        rows: list[list[object]] = [
            ["A", "b", "s", "p", "k", "n"],
            [None, None, "t", "p", "k", "n"],
        ]
        book = workbook([["Studies"], HEADER, *rows, *rows])
        for merged in ("A1:F1", "A3:A4", "B3:B4", "A5:A6", "B5:B6", "E5:F5"):
            book["S1"].merge_cells(merged)
        document = opened(book)
        assert [texts(r)["title"] for r in document.records] == [["A"]] * 4
        assert [texts(r)["beneficiaries"] for r in document.records] == [["b"]] * 4
        assert [texts(r)["stakeholders"] for r in document.records] == [["s"], ["t"]] * 2
        assert [texts(r).get("note") for r in document.records] == [["n"], ["n"], None, ["n"]]
        assert messages(document) == [
            "data/t.xlsx:1: warning: sheet “S1”: what is above the header (row 1: “Studies”) is "
            "not read. [not-in-table]",
            "data/t.xlsx:3:1: warning: sheet “S1”: the cells A3:A4, B3:B4, A5:A6, B5:B6, E5:F5 are "
            "merged; their text counts in each of their rows, for the first of their columns. "
            "Unmerge them and fill each cell. [merged-cells]",
        ]

    def test_a_header_of_two_rows_is_read_by_its_merged_cells(self) -> None:
        book = workbook([["name", "Identifiers", None], [None, "ror", "ukprn"], ["A", "r", "1"]])
        book["S1"].merge_cells("A1:A2")
        book["S1"].merge_cells("B1:C1")
        (record,) = opened(book).records
        assert texts(record) == {"name": ["A"], "ror": ["r"], "ukprn": ["1"]}
        assert record.span == Span(3, 3)

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
        (finding,) = caught.value.findings
        assert "sheet “S1”: the headers of this table are not known: colour, size" in str(finding)
        assert (finding.line, finding.code) == (1, "unknown-table")

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

    @pytest.mark.slow
    def test_a_stray_cell_far_away_is_named(self) -> None:
        book = workbook([HEADER, ["A", "b", "s", "p", "k", "n"]])
        book["S1"].cell(1_000_000, 100, "x")
        document = opened(book)
        assert [record.span for record in document.records] == [Span(2, 2), Span(1000000, 1000000)]
        assert (
            "data/t.xlsx:1000000:100: error: sheet “S1”: the row has 100 cells and the header 6: "
            "“x” has no column; give it a header, or delete it. [row-length]"
        ) in messages(document)

    @pytest.mark.slow
    def test_annotations_beside_a_stray_cell_are_found_without_the_cells_between(self) -> None:
        book = workbook([HEADER, ["A", "b", "s", "p", "k", "n"]])
        book["S1"]["A2"].comment = Comment("check this", "me")
        book["S1"].cell(1_048_576, 16_000, "x")
        assert "comment-ignored" in [finding.code for finding in opened(book).findings]

    def test_text_under_the_name_of_a_workbook_is_read(self) -> None:
        document = read_table(source("name\tror\nA\tr\n".encode("utf-16"), "t.xlsx"))
        assert [texts(record) for record in document.records] == [{"name": ["A"], "ror": ["r"]}]
        assert document.reader == "csv"

    def test_a_workbook_that_unpacks_to_too_much_is_refused(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(table_document, "LIMITS", WorkbookLimits(max_unpacked_bytes=1000))
        with pytest.raises(DataError, match=r"unpacks to [\d,]+ bytes, more than 1,000; split it"):
            opened(workbook([HEADER]))

    @pytest.mark.parametrize("data", [b"PK\x03\x04rest", b"PK\x05\x06"])
    def test_what_is_no_workbook(self, data: bytes) -> None:
        with pytest.raises(DataError, match="this is no .xlsx workbook") as caught:
            read_table(source(data, "t.xlsx"))
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
