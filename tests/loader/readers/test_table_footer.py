"""Totals and notes after a table are told apart from its rows."""

import pytest

from loader.readers.sheets import open_sheets
from loader.readers.source import SourceFile
from loader.readers.table_footer import MAX_FOOTER_ROWS, FooterFilter


def split(text: str, width: int) -> tuple[list[str], list[str]]:
    (sheet,) = open_sheets(SourceFile("t.csv", "t.csv", text.encode(), "")).sheets
    rows = FooterFilter(sheet.iterate_rows(), width)
    read = [row.cells[0].text for row in rows]
    return read, [row.cells[0].text for row in rows.footer]


@pytest.mark.parametrize(
    ("end", "footer"),
    [
        ("Total,2,3\n", ["Total"]),
        ("Grand total:,2,-\n", ["Grand total:"]),
        ("Total UK,2,\nSource: an example\n", ["Total UK", "Source: an example"]),
        (
            "\nNotes\n1. Rounded to five.\nand more words\n",
            ["Notes", "1. Rounded to five.", "and more words"],
        ),
        ("*provisional\n© Example 2026\n", ["*provisional", "© Example 2026"]),
        ('"Contains data under an open licence"\n', ["Contains data under an open licence"]),
    ],
)
def test_footer_is_left_out(end: str, footer: list[str]) -> None:
    assert split(f"Leeds,1,2\nYork,1,1\n{end}", 3) == (["Leeds", "York"], footer)


@pytest.mark.parametrize(
    "end",
    [
        "Total People Limited,1,2\n",
        "Total,Holborn,London\n",
        "Copyright Licensing Agency,,\n",
        "Notes Productions,,\n",
        "Keele,,\n",
        "Total,1,2\nKeele,3,4\n",
        "\nKeele\n",
    ],
)
def test_row_of_the_table_stays(end: str) -> None:
    read, footer = split(f"Leeds,1,2\n{end}", 3)
    assert (read, footer) == (["Leeds", *(x.split(",")[0] for x in end.split("\n") if x)], [])


def test_single_column_has_notes_only_below_a_gap() -> None:
    assert split("Leeds\nSource: mine\n", 1) == (["Leeds", "Source: mine"], [])
    assert split("Leeds\n\nSource: mine\n", 1) == (["Leeds"], ["Source: mine"])
    assert split("Leeds\nTotal\n", 1) == (["Leeds"], ["Total"])


def test_many_rows_are_no_footer() -> None:
    read, footer = split("Leeds,1\n" + "Total,1\n" * (MAX_FOOTER_ROWS + 1), 2)
    assert (len(read), footer) == (MAX_FOOTER_ROWS + 2, [])
