"""Delimited text in every form in which people save it."""

import codecs

import pytest

from loader.errors import DataError
from loader.readers.source import SourceFile
from loader.readers.table_text import decode_table_text, detect_delimiter, read_table_text

TEXT = "Institution\tROR\nUniversité de Bangor\t\nCaffè\t-\n"


def source(data: bytes) -> SourceFile:
    return SourceFile("data/t.csv", "t.csv", data, "0" * 64)


class TestEncoding:
    @pytest.mark.parametrize(
        ("data", "encoding"),
        [
            (TEXT.encode(), "utf-8"),
            (TEXT.encode("utf-8-sig"), "utf-8"),
            (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
            (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
            (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "utf-32-le"),
            (codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"), "utf-32-be"),
            (TEXT.encode("utf-16-le"), "utf-16-le"),
            (TEXT.encode("utf-16-be"), "utf-16-be"),
            (TEXT.encode("cp1252"), "cp1252"),
        ],
    )
    def test_the_text_is_the_same_in_each(self, data: bytes, encoding: str) -> None:
        decoded, found = decode_table_text(source(data))
        assert (decoded.text, found) == (TEXT, encoding)
        assert read_table_text(source(data)).is_guessed is (encoding == "cp1252")

    def test_the_hash_is_that_of_the_file(self) -> None:
        assert decode_table_text(source(TEXT.encode("utf-16")))[0].sha256 == "0" * 64

    def test_one_wrong_byte_in_utf_8_is_an_error_at_its_line(self) -> None:
        with pytest.raises(DataError, match=r"0xFF at byte offset \d+ \(line 4\)"):
            decode_table_text(source(TEXT.encode() + b"\xff\n"))

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"a,b\nc,\x81\n", r"neither UTF-8 nor cp1252 text: the byte 0x81 \(line 2\)"),
            (codecs.BOM_UTF16_LE + b"a\0\n\0b", r"belongs to no character"),
            (b"a,b\n\0,\xff\xfe\n", "this is no text: it holds the byte 0"),
        ],
    )
    def test_what_is_no_text_is_an_error(self, data: bytes, words: str) -> None:
        with pytest.raises(DataError, match=words):
            decode_table_text(source(data))


class TestDelimiter:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_the_header_tells_the_delimiter(self, delimiter: str) -> None:
        header = delimiter.join(["title", '"a,b;c,d;e"', "keywords"])
        assert detect_delimiter(f"\n{header}\n1,2,3;4;5;6") == delimiter

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    @pytest.mark.parametrize(
        "above",
        [
            "Providers in the UK, with their numbers; all of them\n\n",
            "Title\nSource: a list, a table; a note\nData, 2021\n\n",
        ],
    )
    def test_a_preamble_in_prose_does_not_decide(self, delimiter: str, above: str) -> None:
        lines = [["name", "ukprn", "note"], *(["A, B", "1", "x; y"] for _ in range(4))]
        text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
        assert detect_delimiter(above + text) == delimiter

    def test_one_column_of_names_with_commas_stays_one(self) -> None:
        text = "Institution\nUniversity of Leeds, Leeds\nBangor University, Bangor\nKeele\n"
        rows = list(read_table_text(source(text.encode())).iterate_rows())
        assert [[cell.text for cell in row.cells] for row in rows] == [
            [line] for line in text.splitlines()
        ]


class TestSeparatorLine:
    @pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "sep=;;", "\ufeffsep=;"])
    def test_it_is_passed_over_and_lines_keep_their_numbers(self, first: str) -> None:
        text = read_table_text(source(f"{first}\r\na,b;c\r\n1,0;2\r\n".encode()))
        rows = list(text.iterate_rows())
        assert [[cell.text for cell in row.cells] for row in rows] == [["a,b", "c"], ["1,0", "2"]]
        assert [row.start for row in rows] == [2, 3]

    def test_it_decides_against_what_the_header_shows(self) -> None:
        text = read_table_text(source(b"sep=|\na;b;c|d\n1|2\n"))
        assert [len(row.cells) for row in text.iterate_rows()] == [2, 2]

    def test_a_column_of_that_name_is_a_column(self) -> None:
        assert not read_table_text(source(b"sep,name\n1,2\n")).has_separator_line
