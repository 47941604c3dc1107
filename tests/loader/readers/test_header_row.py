"""The header row is found below a preamble, in delimited text and in workbooks."""

from collections.abc import Sequence
from io import BytesIO

import pytest
from openpyxl import Workbook

from loader.readers.header_row import FoundTable, find_table, find_table_by_shape
from loader.readers.sheets import Sheet, open_sheets
from loader.readers.source import SourceFile

Rows = Sequence[Sequence[object]]
TITLES = [["Staff by provider"], [], ["Source: an example, invented"], []]
HEADER = ["UKPRN", "Name of provider", "2019", "2020"]
BODY = [[10000001, "A", 1, 2], [10000002, "B", 3, None], [10000003, "C", None, None]]


def open_text(rows: Rows, delimiter: str = ",") -> list[Sheet]:
    lines = (delimiter.join("" if c is None else f'"{c}"' for c in row) for row in rows)
    data = "".join(f"{line}\n" for line in lines).encode()
    return open_sheets(SourceFile("t.csv", "t.csv", data, "")).sheets


def open_workbook(*sheets: Rows) -> list[Sheet]:
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets, start=1):
        page = book.create_sheet(f"S{number}")
        for at, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                page.cell(at, column, value)
    data = BytesIO()
    book.save(data)
    return open_sheets(SourceFile("t.xlsx", "t.xlsx", data.getvalue(), "")).sheets


def show(table: FoundTable) -> tuple[str, int, list[str], list[int]]:
    return table.sheet, table.header.start, table.headers, [row.start for row in table.rows]


class TestByNames:
    @pytest.mark.parametrize("opened", [open_text, open_workbook])
    @pytest.mark.parametrize("above", [0, 1, 4, 30])
    def test_the_header_is_found_below_any_preamble(self, opened: object, above: int) -> None:
        rows = [*([f"Line {n}", "UKPRN"] for n in range(above)), HEADER, *BODY]
        table = find_table(opened(rows), ["ukprn", "name_of-provider"])  # type: ignore[operator]
        assert table.headers == HEADER
        assert (table.header.start, len(table.preamble), table.missing) == (above + 1, above, ())
        assert [row.cells[1].text for row in table.rows] == ["A", "B", "C"]

    def test_the_sheet_that_has_all_is_chosen(self) -> None:
        sheets = open_workbook([["UKPRN"], [1]], TITLES, [*TITLES, HEADER, *BODY])
        table = find_table(sheets, ["UKPRN", ["provider", "NAME OF PROVIDER"], "2020"])
        assert show(table) == ("S3", 5, HEADER, [6, 7, 8])

    def test_the_nearest_is_returned_with_what_it_lacks(self) -> None:
        sheets = open_workbook([["a"]], [*TITLES, HEADER, *BODY])
        table = find_table(sheets, ["ukprn", ["region", "area"], "Nation"])
        assert (table.sheet, table.header.start) == ("S2", 5)
        assert table.missing == ("region", "Nation")

    def test_without_any_of_the_names_its_shape_decides(self) -> None:
        table = find_table(open_text([*TITLES, HEADER, *BODY]), ["colour"])
        assert (table.headers, table.missing) == (HEADER, ("colour",))

    def test_an_empty_file_has_no_cells(self) -> None:
        table = find_table(open_text([]), ["a"])
        assert (table.headers, list(table.rows), table.missing) == ([], [], ("a",))


class TestByShape:
    @pytest.mark.parametrize(
        "rows",
        [
            [HEADER, *BODY],
            [*TITLES, HEADER, *BODY],
            [["HESA table 1"], HEADER, *BODY],
            [["Title:", "Staff"], ["Year:", "2020"], [], HEADER, *BODY, *BODY],
            [*([f"Note {n}"] for n in range(28)), HEADER, *(BODY * 9)],
            [["", "", "By year"], HEADER, *BODY],
            [HEADER, *([row[0], row[1], 1, 2, "x"] for row in BODY)],
        ],
    )
    @pytest.mark.parametrize("opened", [open_text, open_workbook])
    def test_titles_notes_and_groups_are_above_it(self, opened: object, rows: Rows) -> None:
        table = find_table_by_shape(opened(rows))  # type: ignore[operator]
        assert table.headers == HEADER
        assert table.header.start == list(rows).index(HEADER) + 1

    def test_a_sentence_with_a_comma_is_no_header(self) -> None:
        data = b"Providers, an example\nname,ukprn\nLeeds,1\nYork,2\nHull,3\n"
        sheets = open_sheets(SourceFile("t.csv", "t.csv", data, "")).sheets
        assert find_table_by_shape(sheets).headers == ["name", "ukprn"]
        spaced = data.replace(b",", b", ").replace(b"Providers,  an example\n", b"")
        sheets = open_sheets(SourceFile("t.csv", "t.csv", spaced, "")).sheets
        assert find_table_by_shape(sheets).headers == ["name", "ukprn"]

    @pytest.mark.parametrize(
        "rows",
        [
            [["Institution"], ["Leeds"], ["York"]],
            [["Institution", "ROR"], ["Leeds", ""], ["York", ""], ["Hull", ""], ["Keele", ""]],
            [["Institution", "ROR"], ["Leeds", "x"]],
            [["Institution", "ROR"]],
            [["name", "note"], ["Leeds", "a", "b"], ["York", "5", "d"], ["Hull", "7", "f"]],
        ],
    )
    def test_a_table_that_begins_with_its_header_is_read_as_before(self, rows: Rows) -> None:
        assert find_table_by_shape(open_text(rows)).headers == list(rows[0])
