"""Delimited text: every cell comes back exactly, from where it stands."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.errors import DataError
from loader.readers.csv_positions import parse_delimited_rows
from loader.readers.source import SourceFile


def source(text: str | bytes, name: str = "t.csv") -> SourceFile:
    data = text if isinstance(text, bytes) else text.encode()
    return SourceFile(f"data/{name}", name, data, "0" * 64)


def read(text: str) -> None:
    list(parse_delimited_rows(source(text), ","))


class TestDelimited:
    @given(
        table=st.lists(
            st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"))),
            max_size=5,
        ),
        delimiter=st.sampled_from(",;\t"),
    )
    def test_every_cell_comes_back_exactly(self, table: list[list[str]], delimiter: str) -> None:
        written = StringIO()
        writer = csv.writer(
            written, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n"
        )
        writer.writerows(table)
        found = list(parse_delimited_rows(source(written.getvalue()), delimiter))
        assert [[cell.text for cell in row.cells] for row in found] == [
            row or [""] for row in table
        ]

    @given(
        st.lists(
            st.lists(st.text("ab\",;\n 'é", max_size=6), min_size=2, max_size=4),
            min_size=1,
            max_size=5,
        )
    )
    def test_a_place_is_where_the_cell_stands(self, table: list[list[str]]) -> None:
        written = StringIO()
        csv.writer(written, lineterminator="\n").writerows(table)
        document = source(written.getvalue())
        for row in parse_delimited_rows(document, ","):
            for cell in row.cells:
                here = document.lines[cell.line - 1][cell.column - 1 :]
                first = cell.text.split("\n")[0].replace('"', '""')
                assert here.startswith(first)
                assert row.start <= cell.line <= row.end

    def test_an_open_quote_is_an_error_at_its_place(self) -> None:
        with pytest.raises(DataError) as caught:
            read('title,keywords\nOne,"Training\nTwo,Policy\n')
        assert [str(f) for f in caught.value.findings] == [
            "data/t.csv:2:5: error: the quotation mark that opens this cell is never closed; "
            "close it. [csv-quotes]"
        ]

    def test_text_after_a_closing_quote_is_an_error_at_its_place(self) -> None:
        with pytest.raises(DataError) as caught:
            read('title,keywords\nOne,"Train"ing\n')
        assert "data/t.csv:2:5: error: text follows the closing quotation mark" in str(caught.value)

    def test_a_quote_inside_a_plain_cell_is_text(self) -> None:
        (row,) = parse_delimited_rows(source('A 5" pipe,"x"\n'), ",")
        assert [cell.text for cell in row.cells] == ['A 5" pipe', "x"]

    def test_two_hundred_thousand_quotes_are_read_in_one_go(self) -> None:
        text = '"' * 200_000
        (row,) = parse_delimited_rows(source(f'"{text}"'), ",")
        assert row.cells[0].text == '"' * 100_000
