"""Workbooks as a spreadsheet program reads them: cells, names, links, filters and About."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from unittest.mock import Mock

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from openpyxl.workbook import Workbook
from pyoxigraph import Literal, NamedNode

from loader.errors import ClientGone, NotRepresentable
from query_ui.graph.result_workbooks import workbook_writer
from query_ui.graph.result_workbooks.workbook_cells import XSD, Term
from query_ui.graph.result_workbooks.workbook_writer import (
    ResultTable,
    WorkbookAbout,
    WorkbookColumn,
    WorkbookWriter,
    render_column,
)

ABOUT = WorkbookAbout(
    "Tea", [("Question", "Who drinks tea?"), ("Release", "abc")], "SELECT *\n{ }", "2026-11-28"
)
NAMES = {"https://example.org/a": "Alpha", "https://example.org/b": "Beta"}


def write(
    columns: Sequence[str], rows: Sequence[Sequence[Term]], labels: Mapping[str, str] = NAMES
) -> bytes:
    sink = io.BytesIO()
    writer = WorkbookWriter(lambda iris: {iri: labels[iri] for iri in iris if iri in labels})
    writer.write(sink, ResultTable(columns, lambda: rows), ABOUT)
    return sink.getvalue()


def read(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_rows_have_typed_cells_a_fixed_heading_and_filters() -> None:
    book = read(
        write(
            ["what", "n", "day"],
            [
                [
                    Literal("=SUM(A1)"),
                    Literal("3", datatype=NamedNode(f"{XSD}integer")),
                    Literal("2026-11-29", datatype=NamedNode(f"{XSD}date")),
                ],
                [Literal("https://example.org/no-link"), None, 7],
            ],
        )
    )
    sheet = book["Results"]
    assert [[cell.value for cell in row] for row in sheet] == [
        ["what", "n", "day"],
        ["=SUM(A1)", 3, datetime(2026, 11, 29)],
        ["https://example.org/no-link", None, 7],
    ]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "d"]
    assert sheet["A3"].hyperlink is None
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:C3")


def test_names_are_beside_iris_unless_the_rows_have_them() -> None:
    a, b = (NamedNode(iri) for iri in NAMES)
    book = read(
        write(
            ["one", "oneLabel", "two", "three"],
            [
                [a, Literal("Alpha"), b, NamedNode("https://example.org/z")],
                [b, Literal("Beta"), a, a],
            ],
        )
    )
    rows = [[cell.value for cell in row] for row in book["Results"]]
    assert rows[0] == ["one", "oneLabel", "two", "twoLabel", "three", "threeLabel"]
    assert rows[1][2:] == [b.value, "Beta", "https://example.org/z", None]
    assert rows[2][2:] == [a.value, "Alpha", a.value, "Alpha"]
    assert book["Results"]["C2"].hyperlink.target == b.value


def test_about_says_what_the_rows_are() -> None:
    about = read(write(["a"], [[1], [2]]))["About"]
    told = [(row[0].value, row[1].value) for row in about]
    assert told[:4] == [
        ("Title", "Tea"),
        ("Question", "Who drinks tea?"),
        ("Release", "abc"),
        ("Rows", "2"),
    ]
    assert told[-2:] == [("Query", "SELECT *"), ("", "{ }")]
    assert "Links" not in dict(told)


def test_links_past_the_limit_are_texts_and_about_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_writer, "MAX_LINKS", 2)
    rows = [[NamedNode(f"https://example.org/{n}")] for n in range(3)]
    book = read(write(["a"], rows))
    assert [bool(book["Results"][f"A{n}"].hyperlink) for n in (2, 3, 4)] == [True, True, False]
    assert book["Results"]["A4"].value == "https://example.org/2"
    assert "first 2 IRIs are links" in str([[c.value for c in row] for row in book["About"]])


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_writer, "MAX_ROWS", 2)
    assert read(write(["a"], [[1], [2]]))["Results"].max_row == 3
    with pytest.raises(NotRepresentable, match="more than 2 rows"):
        write(["a"], [[1], [2], [3]])


def test_same_rows_give_the_same_file() -> None:
    assert write(["a"], [[1]]) == write(["a"], [[1]])


def test_work_stops_when_the_client_leaves() -> None:
    def check() -> None:
        raise ClientGone("gone")

    with pytest.raises(ClientGone):
        WorkbookWriter(check=check).write(io.BytesIO(), ResultTable(["a"], lambda: [[1]]), ABOUT)


@given(st.lists(st.text(max_size=40), min_size=1, max_size=8))
def test_any_text_comes_back(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    sheet = read(write(["a"], [[Literal(text)] for text in texts]))["Results"]
    found = [sheet.cell(n, 1).value or "" for n in range(2, len(texts) + 2)]
    assert [unify_lines(unescape(str(one))) for one in found] == [unify_lines(one) for one in texts]


def unify_lines(text: str) -> str:
    """XML has one kind of line break: https://www.w3.org/TR/xml/#sec-line-ends"""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_no_more_than_a_few_short_cells_of_a_column_are_kept() -> None:
    stream = Mock(render=lambda value: f"<{value.value}")
    column = WorkbookColumn(0, "a")
    texts = [*(str(number) for number in range(3_000)), "x" * 301, "0"]
    cells = render_column(stream, column, [Literal(text) for text in texts], 1)
    assert cells == [f"<{text}" for text in texts]
    assert len(column.kept) == 2_000 and Literal("x" * 301) not in column.kept
    short = WorkbookColumn(0, "a")
    render_column(stream, short, [Literal("x" * 301), Literal("x" * 300)], 1)
    assert [*short.kept] == [Literal("x" * 300)]
