"""Values of cells: typed where nothing is lost, else the text as it is."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode

from loader.errors import NotRepresentable
from query_ui.graph.result_workbooks.workbook_cells import MAX_CELL_CHARACTERS, XSD, convert_term

CASES = (
    ("integer", "42", "number", 42),
    ("integer", "-0042", "number", -42),
    ("integer", "123456789012345", "number", 123456789012345),
    ("integer", "1234567890123456", "text", "1234567890123456"),
    ("gYear", "2026", "number", 2026),
    ("gYear", "2026Z", "text", "2026Z"),
    ("decimal", "12.50", "number", 12.5),
    ("decimal", ".5", "number", 0.5),
    ("decimal", "0.12345678901234567", "text", "0.12345678901234567"),
    ("double", "1.5E3", "number", 1500.0),
    ("double", "INF", "text", "INF"),
    ("double", "0.30000000000000004", "text", "0.30000000000000004"),
    ("boolean", "true", "truth", True),
    ("boolean", "0", "truth", False),
    ("boolean", "maybe", "text", "maybe"),
    ("date", "2026-11-29", "day", date(2026, 11, 29)),
    ("date", "1900-02-28", "text", "1900-02-28"),
    ("date", "2026-11-29Z", "text", "2026-11-29Z"),
    ("date", "2026-02-30", "text", "2026-02-30"),
    ("dateTime", "2026-11-29T10:20:30", "moment", datetime(2026, 11, 29, 10, 20, 30)),
    ("dateTime", "2026-11-29T10:20:30Z", "text", "2026-11-29T10:20:30Z"),
    ("dateTime", "2026-11-29T10:20:30.1234567", "text", "2026-11-29T10:20:30.1234567"),
    ("gYearMonth", "2026-11", "text", "2026-11"),
    ("duration", "P1Y", "text", "P1Y"),
    ("string", "=1+1", "text", "=1+1"),
    ("string", "007", "text", "007"),
)


@pytest.mark.parametrize(("datatype", "text", "kind", "value"), CASES)
def test_literal_is_typed_where_nothing_is_lost(
    datatype: str, text: str, kind: str, value: object
) -> None:
    cell = convert_term(Literal(text, datatype=NamedNode(XSD + datatype)), 1, "a")
    assert cell is not None
    assert (cell.kind, cell.value, cell.link) == (kind, value, "")


def test_web_iris_are_links_and_others_texts() -> None:
    cells = [
        convert_term(term, 1, "a")
        for term in (
            NamedNode("https://example.org/x"),
            NamedNode("urn:isbn:1"),
            NamedNode(f"https://example.org/{'x' * 2000}"),
            BlankNode("b"),
            Literal("https://example.org/x"),
            None,
        )
    ]
    assert [one.link if one else None for one in cells] == [
        "https://example.org/x",
        *("", "", "", ""),
        None,
    ]
    assert cells[3] is not None and cells[3].value == "_:b"


def test_text_longer_than_a_cell_is_refused_and_never_cut() -> None:
    longest = "x" * MAX_CELL_CHARACTERS
    cell = convert_term(Literal(longest), 1, "a")
    assert cell is not None and cell.value == longest
    with pytest.raises(NotRepresentable, match=r"Row 3, column a, has 32,768 .*\.csv"):
        convert_term(Literal(longest + "x"), 3, "a")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_decimals_keep_their_value_or_their_text(number: object) -> None:
    text = f"{number:f}"
    cell = convert_term(Literal(text, datatype=NamedNode(f"{XSD}decimal")), 1, "a")
    assert cell is not None
    if cell.kind == "number":
        assert f"{cell.value:.15g}" == f"{float(text):.15g}"
        assert abs(float(text) - float(str(cell.value))) == 0
    else:
        assert cell.value == text
