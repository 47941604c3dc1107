"""Tables: every cell becomes a field, and whatever is wrong names its row."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from loader.document import Document, Record, Rule, Span
from loader.errors import DataError
from loader.readers.source import SourceFile
from loader.readers.table_document import read_table


def source(text: str | bytes, name: str = "t.csv") -> SourceFile:
    data = text if isinstance(text, bytes) else text.encode()
    return SourceFile(f"data/{name}", name, data, "0" * 64)


def read(text: str) -> Document:
    return read_table(source(text))


def texts(record: Record) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for field in record.fields:
        found.setdefault(field.name, []).append(field.text)
    return found


def messages(document: Document) -> list[str]:
    return [str(finding) for finding in document.findings]


FULL = "title,beneficiaries,stakeholders,principles,keywords\n"


class TestKinds:
    def test_a_case_study(self) -> None:
        document = read(
            "Title,Institution,Concordat Principles,keyword,Beneficiaries,stakeholder,source_url,"
            "obligations,describes,slug\n"
            'Care,"Leeds | York",Employment,"Training ; Equality, diversity and inclusion",'
            "Research staff Technicians,Researchers,https://example.org/a,ECI1 | ECI2,care-plan,"
            "care\n"
        )
        (record,) = document.records
        assert (record.kind, record.slug, record.span) == ("case-study", "care", Span(2, 2))
        assert texts(record) == {
            "title": ["Care"],
            "institution": ["Leeds", "York"],
            "principles": ["Employment"],
            "keywords": ["Training", "Equality, diversity and inclusion"],
            "beneficiaries": ["Research staff Technicians"],
            "stakeholders": ["Researchers"],
            "source": ["https://example.org/a"],
            "obligations": ["ECI1", "ECI2"],
            "describes": ["care-plan"],
        }
        rules = {field.name: field.rule for field in record.fields}
        assert rules["keywords"] is rules["institution"] is Rule.AS_WRITTEN
        assert rules["beneficiaries"] is rules["principles"] is Rule.TAG_LINE
        assert rules["obligations"] is rules["describes"] is Rule.CURATOR
        assert messages(document) == []

    def test_each_item_of_a_list_knows_its_column(self) -> None:
        line = 'Care,"Training |  Policy","a, b"'
        document = read(f"title,keywords,institution\n{line}\n")
        fields = [f for f in document.records[0].fields if f.name != "title"]
        assert [(f.text, line[f.span.column - 1 :].startswith(f.text)) for f in fields] == [
            ("Training", True),
            ("Policy", True),
            ("a, b", True),
        ]

    def test_a_tag_line_broken_inside_its_cell_keeps_lines_and_columns(self) -> None:
        document = read('title,keywords\nCare,"Training\nresearchculture"\n')
        field = next(document.records[0].all("keywords"))
        assert field.text == "Training\nresearchculture"
        assert field.place(field.text.index("research")) == Span(3, 3, 1)

    def test_organisations_and_obligations(self) -> None:
        organisations = read(
            "name,alt_names,kind,ror,wikidata,ukprn,homepage,consortium,member_from,member_until,"
            "founded,note,source\nDurham University,University of Durham; DU,x,r,w,10007143,h,N8,"
            "2007,2010,1832,n,s\n"
        )
        assert organisations.records[0].kind == "organisation"
        assert texts(organisations.records[0]) == {
            "name": ["Durham University"],
            "alt_names": ["University of Durham", "DU"],
            "kind": ["x"],
            "ror": ["r"],
            "wikidata": ["w"],
            "ukprn": ["10007143"],
            "homepage": ["h"],
            "consortium": ["N8"],
            "member_from": ["2007"],
            "member_until": ["2010"],
            "founded": ["1832"],
            "note": ["n"],
            "source": ["s"],
        }
        obligations = read(
            "code,principle,responsible_group,gloss,verification\nECI1,Employment,Funders,a; b,no\n"
        )
        assert obligations.records[0].kind == "obligation"
        assert texts(obligations.records[0])["gloss"] == ["a; b"]

    def test_an_unknown_table_says_what_is_known(self) -> None:
        with pytest.raises(DataError) as caught:
            read("\nnumber;colour\n1;red\n")
        assert [str(f) for f in caught.value.findings] == [
            "data/t.csv:2: error: the headers of this table are not known: number, colour. A table "
            "is known by the headers organisation: name with ror, ukprn or alt_names; obligation: "
            "code with responsible_group; case-study: title. [unknown-table]"
        ]

    def test_an_empty_file_is_an_unknown_table(self) -> None:
        with pytest.raises(DataError, match="not known: none"):
            read("")

    def test_a_printed_tag_column_counts_where_there_is_no_plain_one(self) -> None:
        document = read("title,keywords_as_printed\nA,Training Policy\n")
        field = next(document.records[0].all("keywords"))
        assert (field.text, field.rule) == ("Training Policy", Rule.TAG_LINE)

    def test_a_printed_tag_column_beside_the_plain_one_is_kept_as_unknown(self) -> None:
        document = read("title,keywords,keywords_as_printed\nA,Training | Policy,Training Policy\n")
        found = texts(document.records[0])
        assert found["keywords"] == ["Training", "Policy"]
        assert found["unknown"] == ["keywords_as_printed: Training Policy"]


class TestLowTrust:
    TEXT = "name,Alt Name,ror,founded,low_trust\nA,a|aa,r1,1990,{}\n"

    @pytest.mark.parametrize(
        ("cell", "names"),
        [
            ("", []),
            ("ror", ["ror"]),
            ("alt_name | Founded", ["alt_names", "alt_names", "founded"]),
            ("row", []),
        ],
    )
    def test_the_cells_that_a_row_names_are_of_low_trust(self, cell: str, names: list[str]) -> None:
        document = read(self.TEXT.format(cell))
        fields = document.records[0].fields
        assert [field.name for field in fields if field.is_low_trust] == names
        assert messages(document) == []

    def test_in_a_sheet_too(self) -> None:
        book = Workbook()
        for line in self.TEXT.format("ror").splitlines():
            book.worksheets[0].append(line.split(","))
        data = BytesIO()
        book.save(data)
        (record,) = read_table(source(data.getvalue(), "t.xlsx")).records
        assert [field.name for field in record.fields if field.is_low_trust] == ["ror"]

    @pytest.mark.parametrize("word", ["started", "low_trust", "rows"])
    def test_a_name_that_is_no_column_is_an_error(self, word: str) -> None:
        assert messages(read(self.TEXT.format(f"ror | {word}"))) == [
            f"data/t.csv:2:22: error: “{word}” in “low_trust” is no column of such a table; name "
            "columns whose cells are doubtful, or write “row”. [unknown-column]"
        ]


class TestBadTables:
    def test_an_unknown_column_is_reported_once_and_every_cell_kept(self) -> None:
        document = read(FULL[:-1] + ",colour\nA,a,b,c,d,red\nB,a,b,c,d,\nC,a,b,c,d,<b>blue</b>\n")
        assert messages(document) == [
            "data/t.csv:1:54: warning: the column “colour” (column 6) is not known; its cells are "
            "kept as unrecognised text. [unknown-column]"
        ]
        kept = [texts(record).get("unknown", []) for record in document.records]
        assert kept == [["colour: red"], [], ["colour: <b>blue</b>"]]

    def test_two_columns_for_one_field_are_an_error_and_both_are_kept(self) -> None:
        document = read("title,note,source,source_url\nA,n,x,y\n")
        assert texts(document.records[0])["source"] == ["x", "y"]
        assert (
            "data/t.csv:1:19: error: the column “source_url” (column 4) means the same"
            in "".join(messages(document))
        )

    def test_a_row_that_lacks_tags_is_named(self) -> None:
        document = read(FULL + "A,a,,c,d\nB,a,b,c,\n")
        assert messages(document) == [
            "data/t.csv:2: warning: “A” has no stakeholders; fill the column if the source has any."
            " [missing-tag-line]",
            "data/t.csv:3: warning: “B” has no keywords; fill the column if the source has any. "
            "[missing-tag-line]",
        ]

    def test_an_absent_tag_column_is_named_once(self) -> None:
        document = read("title,beneficiaries,stakeholders,principles\nA,a,b,c\nB,a,b,c\n")
        assert messages(document) == [
            "data/t.csv:1: warning: the table has no column “keywords”, so none of its case "
            "studies has any. [missing-tag-line]"
        ]

    def test_a_row_with_too_many_cells_is_an_error_and_keeps_them(self) -> None:
        document = read(FULL + "A,a,b,c,Equality, diversity and inclusion\n")
        assert texts(document.records[0])["unknown"] == ["diversity and inclusion"]
        assert messages(document) == [
            "data/t.csv:2:18: error: the row has 6 cells and the header 5: “diversity and "
            "inclusion” has no column; a cell that holds the delimiter must be quoted. [row-length]"
        ]

    def test_empty_cells_beyond_the_header_and_empty_rows_do_no_harm(self) -> None:
        document = read(FULL + "A,a,b,c,d,,\n,,,,\n\n  ,\nB,a,b,c,d\n")
        assert [texts(r)["title"] for r in document.records] == [["A"], ["B"]]
        assert [r.span.start for r in document.records] == [2, 6]
        assert messages(document) == []

    def test_a_row_with_too_few_cells_is_read_as_empty_and_reported(self) -> None:
        document = read("name,ror,note\nLeeds\n")
        assert texts(document.records[0]) == {"name": ["Leeds"]}
        assert messages(document) == [
            "data/t.csv:2: warning: the row has 1 cells and the header 3; it is read as empty from "
            "“ror” on. [row-length]"
        ]

    def test_an_organisation_without_a_name_is_an_error(self) -> None:
        assert messages(read("name,ror\n,r1\n")) == [
            "data/t.csv:2: error: the organisation in this row has no name; fill the column "
            "“name”. [no-name]"
        ]

    def test_an_id_is_the_same_as_a_slug(self) -> None:
        for header in ("id", "slug", "ID"):
            (record,) = read(FULL[:-1] + f",{header}\nA,a,b,c,d,other-words\n").records
            assert record.slug == "other-words"

    def test_a_slug_that_is_none_is_an_error(self) -> None:
        document = read(FULL[:-1] + ",slug\nA,a,b,c,d,Two Words\n")
        assert messages(document) == [
            "data/t.csv:2:11: error: “Two Words” is no id; write two-words. [bad-slug]"
        ]

    def test_html_turtle_and_control_characters_in_a_title_are_text(self) -> None:
        title = '<script>x</script> <a> <b> "c" . \u0007 {{ 1 }}'
        quoted = title.replace('"', '""')
        document = read(FULL + f'"{quoted}",a,b,c,d\n')
        assert texts(document.records[0])["title"] == [title]
        assert [(f.line, f.code) for f in document.findings] == [(2, "control-character")]

    def test_rows_after_a_cell_with_line_breaks_keep_their_lines(self) -> None:
        document = read(FULL[:-1] + ",abstract\n" + 'A,a,b,c,d,"one\n\ntwo"\nB,a,b,c,d,e\n')
        assert [record.span for record in document.records] == [Span(2, 4), Span(5, 5)]
        assert texts(document.records[0])["abstract"] == ["one\n\ntwo"]
        assert document.lines == 5


class TestAsPeopleSaveThem:
    ROWS = (
        "Providers, an example;;;\r\n;;;\r\nName;UKPRN;Note;Founded\r\n"
        "Université;10000001;-;31/07/2021\r\n;;;\r\nCollege;N/A;..;\r\n"
        "Total;;2;\r\nSource: invented;;;\r\n"
    )

    @pytest.mark.parametrize(
        ("data", "shift", "codes"),
        [
            (ROWS.encode(), 0, []),
            (f"\ufeff{ROWS}".replace(";", "\t").encode("utf-16-le"), 0, []),
            (f"sep=;\r\n{ROWS}".encode("utf-8-sig"), 1, []),
            (ROWS.encode("cp1252"), 0, ["guessed-encoding"]),
        ],
        ids=["UTF-8", "Unicode text", "sep=", "Windows-1252"],
    )
    def test_rows_and_lines_are_the_same_in_each(
        self, data: bytes, shift: int, codes: list[str]
    ) -> None:
        document = read_table(source(data))
        assert [(texts(record), record.span.start - shift) for record in document.records] == [
            ({"name": ["Université"], "ukprn": ["10000001"], "founded": ["31/07/2021"]}, 4),
            ({"name": ["College"]}, 6),
        ]
        assert [f.code for f in document.findings] == [*codes, "not-in-table", "not-in-table"]
        above, below = (f for f in document.findings if f.code == "not-in-table")
        assert f"(line {1 + shift}: “Providers, an example”) is not read" in above.message
        assert f"(lines {7 + shift} to {8 + shift}: “Total”) is not read" in below.message
        assert document.sha256 == "0" * 64

    def test_the_word_title_above_a_table_is_no_header(self) -> None:
        with pytest.raises(DataError, match="headers of this table are not known: colour, size"):
            read("Made by,Example\nTitle,Colours\n\ncolour,size,x\nred,1,2\nblue,2,3\ngreen,1,1\n")

    def test_the_row_with_most_known_headers_is_the_header(self) -> None:
        document = read("Title,Note\nA list,of 2026\n\ntitle,note,date,keywords\nA,b,2020,c\n")
        assert [(texts(r)["title"], r.span.start) for r in document.records] == [(["A"], 5)]

    def test_damaged_text_is_an_error_at_its_line(self) -> None:
        with pytest.raises(DataError, match=r"line 3\) belongs to no character") as caught:
            read_table(source("name,ror\nÉcole é,\n".encode() + b"\xff,\n"))
        assert (caught.value.findings[0].line, caught.value.findings[0].code) == (3, "not-utf-8")


@pytest.mark.shared
def test_the_facts_are_read_whole(shared: Path) -> None:
    path = shared / "facts" / "case-studies.csv"
    document = read_table(SourceFile(str(path), path.name, path.read_bytes(), "0"))
    assert len(document.records) == 15
    assert texts(document.records[0])["keywords"] == [
        "Research culture",
        "Training",
        "Professional development",
        "Career management",
        "Diverse careers",
        "Postdocs",
        "Industry",
        "Alumni",
    ]
