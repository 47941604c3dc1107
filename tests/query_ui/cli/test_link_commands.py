"""The link commands as a person with a spreadsheet uses them."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.cli.main import main
from query_ui.reconciliation.matching.scoring import compute_score
from query_ui.reconciliation.table_input import InputTable, parse_input_table
from tests.conftest import PROJECT
from tests.loader.release.registers.samples import as_csv

MESSY = (
    "Institution,ROR\n"
    "Univ. of Durham,\n"
    '"King\'s College, London",\n'
    "KCL,\n"
    "York University,https://ror.org/04m01e293\n"
    ",\n"
    "York University,\n"
    "Arts &amp; Crafts,\n"
    "Univеrsity of Hull,\n"  # with a Cyrillic letter
    "Universty of Leicester,\n"
)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def out(shipped: tuple[Settings, BuildResult]) -> Path:
    return shipped[0].out


def link_names(out: Path, table: str) -> None:
    """A mapping set m.sssom.tsv for the names of a table."""
    Path("mine.csv").write_text(table, "utf-8")
    base = ("link", "organisations", "mine.csv", "--column", "Name", "--out", out)
    assert run(*base, "--output", "m.sssom.tsv").exit_code == 0


def rows_of(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def test_a_messy_table_becomes_a_mapping_set_and_a_joined_table(in_folder: Path, out: Path) -> None:
    Path("mine.csv").write_text(MESSY, "utf-8")
    result = run(
        *("link", "organisations", "mine.csv", "--column", "institution", "--identifiers", "ROR"),
        *("--output", "mine.sssom.tsv", "--joined", "joined.csv", "--out", out),
    )
    assert result.exit_code == 0, result.output
    assert "exact      5" in result.output
    rows = rows_of(Path("mine.sssom.tsv"))
    by_cell = {
        row["subject_label"]: (row["predicate_id"], row["object_id"].rpartition("/")[2])
        for row in reversed(rows)
    }
    assert by_cell == {
        "Univ. of Durham": ("skos:exactMatch", "durham-university"),
        "King's College, London": ("skos:exactMatch", "kings-college-london"),
        "KCL": ("skos:closeMatch", "kings-college-london"),
        "York University": ("skos:exactMatch", "university-of-york"),
        "Arts &amp; Crafts": ("skos:exactMatch", "sssom:NoTermFound"),
        "Univеrsity of Hull": ("skos:exactMatch", "university-of-hull"),
        "Universty of Leicester": ("skos:exactMatch", "university-of-leicester"),
    }
    for row in rows:
        if row["other"]:
            pairs = (part.split("=") for part in row["other"].split("; "))
            total = compute_score((name, float(value)) for name, value in pairs)
            assert float(row["confidence"]) == pytest.approx(total / 100, abs=0.001)
    joined = list(csv.reader(io.StringIO(Path("joined.csv").read_text("utf-8"), newline="")))
    assert len(joined) == 10
    assert joined[0][6:] == ["ror", "ukprn", "wikidata", "case-studies"]
    assert joined[4][6:8] == ["https://ror.org/04m01e293", "10007167"]
    assert joined[4][9] == "2"
    assert [row[3] for row in joined[1:]] == [
        *("Durham University", "King's College London", "", "University of York", ""),
        *("", "", "University of Hull", "University of Leicester"),
    ]


def test_the_country_of_all_rows_may_be_called_uk(in_folder: Path, out: Path) -> None:
    Path("m.csv").write_text("Name\nYork University\n", "utf-8")
    base = ("link", "organisations", "m.csv", "--column", "Name", "--joined", "j.csv", "--out", out)
    assert "exact      1" in run(*base, "--country", "uk").output
    assert "exact      0" in run(*base, "--country", "Canada").output
    refused = run(*base, "--country", "Nowhereland")
    assert refused.exit_code == 2
    assert "neither a country that is known nor a column of m.csv" in refused.output


def test_the_country_of_each_row_may_be_in_a_column(in_folder: Path, out: Path) -> None:
    Path("m.csv").write_text("Name,Land\nYork University,UK\nUniversity of Hull,CA\n", "utf-8")
    base = ("link", "organisations", "m.csv", "--column", "Name", "--joined", "j.csv", "--out", out)
    assert "exact      1" in run(*base, "--country", "Land").output
    joined = list(csv.reader(io.StringIO(Path("j.csv").read_text("utf-8"))))
    assert [row[3] for row in joined[1:]] == ["University of York", ""]


ASHBY, BROME, CELLS, OFFICE = (
    f"https://ror.org/0aaaa{digits}" for digits in ("0159", "0256", "0353", "0450")
)
REGISTER = (
    ("University of Ashby", ASHBY, "education", "Ashby", f"child: {CELLS}"),
    ("Brome University", BROME, "education", "Brome", ""),
    ("Institute of Cell Mechanics", CELLS, "facility", "Ashby", f"parent: {ASHBY}"),
    ("Tidal Survey Office", OFFICE, "government", "Brome", ""),
)
"""Invented organisations: name, identifier, type, town and relations."""


@pytest.fixture
def register(in_folder: Path) -> Path:
    """``REGISTER`` in the form of ROR's CSV dump, schema v2."""
    path, place = in_folder / "ror.csv", "locations.geonames_details"
    headers = ("names.types.ror_display", "id", "types", f"{place}.name", "relationships")
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow((*headers, "status", f"{place}.country_code"))
        rows.writerows((*each, "active", "GB") for each in REGISTER)
    return path


def test_several_organisations_of_an_affiliation_are_in_both_files(
    register: Path, out: Path
) -> None:
    Path("m.csv").write_text(
        'Where\n"Institute of Cell Mechanics, University of Ashby and Brome University, UK"\n'
        "Tidal Survey Office\nNowhere\n",
        "utf-8",
    )
    base = (
        *("link", "organisations", "m.csv", "--column", "Where", "--affiliations", "--out", out),
        *("--registry", register, "--joined", "j.csv", "--output", "m.sssom.tsv"),
    )
    assert "exact      1" in run(*base).output
    assert "exact      2" in run(*base, "--country", "GB").output
    joined = list(csv.reader(io.StringIO(Path("j.csv").read_text("utf-8"))))
    assert joined[0][-3:] == ["related_id", "related_name", "relation"]
    assert [row[2] for row in joined[1:]] == [
        *("University of Ashby|Brome University", "Tidal Survey Office", ""),
    ]
    assert joined[1][5] == f"{ASHBY}|{BROME}"
    assert joined[1][-2:] == [
        *("Institute of Cell Mechanics", f"part of {ASHBY}"),
    ]
    assert joined[2][-3:] == ["", "", ""]
    found = [
        (row["predicate_id"], row["object_label"], row["comment"])
        for row in rows_of(Path("m.sssom.tsv"))
        if row["subject_label"].startswith("Institute")
    ]
    assert found == [
        ("skos:narrowMatch", "University of Ashby", "rows 1; one of 2 organisations in the text"),
        ("skos:narrowMatch", "Brome University", "rows 1; one of 2 organisations in the text"),
        (
            *("skos:narrowMatch", "Institute of Cell Mechanics"),
            f"rows 1; part of {ASHBY}",
        ),
    ]
    Path("data").mkdir()
    accepted = run("link", "organisations", "--accept", "m.sssom.tsv")
    assert "accepted   5" in accepted.output, accepted.output


def test_a_column_of_british_affiliations_lends_its_country_to_bare_names(
    register: Path, out: Path
) -> None:
    cells = [f'"Department {n}, University of Ashby, Ashby, UK"' for n in range(12)]
    base = (
        *("link", "organisations", "m.csv", "--column", "Where", "--affiliations", "--out", out),
        *("--registry", register, "--joined", "j.csv"),
    )
    Path("m.csv").write_text("\n".join(["Where", *cells, "Tidal Survey Office"]), "utf-8")
    assert "exact      13" in run(*base).output
    cells = [cell.replace("UK", "France") for cell in cells]
    Path("m.csv").write_text("\n".join(["Where", *cells, "Tidal Survey Office"]), "utf-8")
    assert "exact      0" in run(*base).output


def test_a_set_is_accepted_into_a_data_folder_that_is_here(in_folder: Path, out: Path) -> None:
    link_names(out, "Name\nUniversity of Durham\n")
    told = run("link", "organisations", "--accept", "m.sssom.tsv")
    assert told.exit_code == 2 and "There is no folder “data” here" in told.output
    assert not (PROJECT / "data" / "links" / "m.sssom.tsv").exists()


def test_accepting_a_set_again_says_what_it_replaces(in_folder: Path, out: Path) -> None:
    Path("data").mkdir()
    link_names(out, "Name\nUniversity of Durham\nUniversity of Hull\n")
    assert "replaced" not in run("link", "organisations", "--accept", "m.sssom.tsv").output
    link_names(out, "Name\nUniversity of Leeds\n")
    result = run("link", "organisations", "--accept", "m.sssom.tsv")
    assert "replaced   2 rows that were there under this name" in result.output


def test_candidates_stand_in_the_order_of_confidence(in_folder: Path, out: Path) -> None:
    Path("mine.csv").write_text("Name\nUniversity of Leeds and York\n", "utf-8")
    run("link", "organisations", "mine.csv", "--column", "Name", "--output", "o.tsv", "--out", out)
    rows = rows_of(Path("o.tsv"))
    assert {row["predicate_id"] for row in rows} == {"skos:closeMatch"}
    assert len(rows) > 1
    scores = [float(row["confidence"]) for row in rows]
    assert scores == sorted(scores, reverse=True)


def test_a_workbook_is_matched_with_a_register_of_ones_own(in_folder: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("Name", "Founded"), ("Abbots Ness Univ.", 1992), ("Ness Institute", None)):
        sheet.append(row)
    book.save("mine.xlsx")
    Path("ror.csv").write_text(as_csv(), "utf-8")
    arguments = ("link", "organisations", "mine.xlsx", "--column", "Name", "--registry", "ror.csv")
    for _ in range(2):
        result = run(*arguments, "--output", "o.sssom.tsv", "--joined", "j.csv")
        assert result.exit_code == 0, result.output
    assert [(r["object_id"], r["other"]) for r in rows_of(Path("o.sssom.tsv"))] == [
        ("ror:01kj2bm70", "exact_label=1"),
        ("ror:01kj2bm70", "former_name=1"),
    ]
    assert "1992" in Path("j.csv").read_text("utf-8")
    assert len(list(Path("build/registers").glob("*.sqlite"))) == 1


def test_affiliations_are_taken_apart(in_folder: Path, out: Path) -> None:
    text = 'A\n"Dept of X, University of York, York YO10 5DD, UK"\n"University of York, Canada"\n'
    Path("a.csv").write_text(text, "utf-8")
    base = ("link", "organisations", "a.csv", "--column", "A", "--affiliations", "--out", out)
    assert "exact      1" in run(*base, "--output", "o.sssom.tsv").output


def test_reviewed_decisions_are_accepted_and_loaded(in_folder: Path, out: Path) -> None:
    Path("data").mkdir()
    link_names(out, "Name\nKCL\nUniversity of Durham\nNowhere\n")
    text = Path("m.sssom.tsv").read_text("utf-8")
    Path("m.sssom.tsv").write_text(text.replace("skos:closeMatch", "skos:exactMatch"), "utf-8")
    result = run("link", "organisations", "--accept", "m.sssom.tsv")
    assert result.exit_code == 0, result.output
    assert "rows       3" in result.output and "accepted   3" in result.output
    assert len(rows_of(Path("data/links/m.sssom.tsv"))) == 3


def test_undecided_candidates_are_left_and_counted(in_folder: Path, out: Path) -> None:
    link_names(out, "Name\nKCL\nUniversity of Durham\n")
    Path("data").mkdir()
    result = run("link", "organisations", "--accept", "m.sssom.tsv")
    assert "accepted   1" in result.output and "left       1" in result.output
    assert [r["subject_label"] for r in rows_of(Path("data/links/m.sssom.tsv"))] == [
        "University of Durham"
    ]


def test_decisions_that_contradict_each_other_are_refused(in_folder: Path, out: Path) -> None:
    link_names(out, "Name\nUniversity of Leeds and York\n")
    text = Path("m.sssom.tsv").read_text("utf-8")
    Path("m.sssom.tsv").write_text(text.replace("skos:closeMatch", "skos:exactMatch"), "utf-8")
    Path("data").mkdir()
    result = run("link", "organisations", "--accept", "m.sssom.tsv")
    assert result.exit_code == 1
    assert "at most one of these holds" in result.output
    assert not Path("data/links").exists()


def test_the_release_and_a_clean_set_have_no_contradiction(in_folder: Path, out: Path) -> None:
    result = run("link", "audit", "--out", out)
    assert (result.exit_code, result.output) == (0, "no contradiction\n")


def test_a_withdrawn_record_is_found_with_a_register(in_folder: Path, out: Path) -> None:
    Path("ror.csv").write_text(as_csv(), "utf-8")
    result = run("link", "audit", "--registry", "ror.csv", "--out", out)
    assert result.exit_code == 1
    # The small register says that it withdrew a record which the release links to.
    assert (
        "024mrxd33 was withdrawn by its register; link to https://ror.org/01kj2bm70"
        in result.output
    )


def test_tags_are_suggested_with_the_words_that_say_so(in_folder: Path, out: Path) -> None:
    Path("a.txt").write_text("A mentoring scheme for early career researchers in industry.")
    result = run("link", "concepts", "--text", "a.txt", "--out", out)
    assert result.exit_code == 0, result.output
    assert "Industry" in result.output and "mentoring" in result.output


def test_labels_are_matched_with_a_scheme(in_folder: Path, out: Path) -> None:
    Path("t.csv").write_text("Tag\nwell-being\nmentoring\nmanagers of researchers\n", "utf-8")
    base = ("link", "concepts", "t.csv", "--column", "Tag", "--output", "t.sssom.tsv", "--out", out)
    assert "exact      3" in run(*base).output
    assert "exact      1" in run(*base, "--scheme", "stakeholders").output


def test_identifiers_with_slips_are_told_and_match_nothing(in_folder: Path, out: Path) -> None:
    Path("m.csv").write_text(
        "Name,Id\nUniversity of York,https://ror.org/04m01e294\nUniversity of Leeds,x/1\n", "utf-8"
    )
    base = ("link", "organisations", "m.csv", "--column", "Name", "--identifiers", "Id")
    result = run(*base, "--output", "o.sssom.tsv", "--out", out)
    assert "row 1: https://ror.org/04m01e294 in Id fails the check digits of ROR" in result.output
    assert "row 2: “x/1” in Id is no identifier that is known" in result.output
    assert "exact      1" in result.output


@pytest.mark.long
def test_a_hundred_thousand_rows_are_all_there_at_the_end(in_folder: Path, out: Path) -> None:
    names = ["University of Leeds", "Univ. of Hull", "Nowhere, or not", ""] * 25_000
    stream = io.StringIO()
    csv.writer(stream).writerows([["Name", "N"], *([name, n] for n, name in enumerate(names))])
    Path("m.csv").write_text(stream.getvalue(), "utf-8")
    base = ("link", "organisations", "m.csv", "--column", "Name", "--joined", "j.csv", "--out", out)
    assert "3 in 100,000 rows" in run(*base).output
    joined = list(csv.reader(io.StringIO(Path("j.csv").read_text("utf-8"))))
    assert len(joined) == 100_001
    assert [row[1] for row in joined[1:]] == [str(n) for n in range(100_000)]
    assert sum(row[3] == "University of Hull" for row in joined) == 25_000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("mine.csv", "--column", "Nam", "--output", "o"), "its columns are “Institution”, “ROR”"),
        (("none.csv", "--column", "Name", "--output", "o"), "cannot be read: No such file"),
        (("mine.csv", "--column", "Institution"), "--output or --joined"),
        (("empty.csv", "--column", "Name", "--output", "o"), "the table is empty"),
        (("quotes.csv", "--column", "Name", "--output", "o"), "never closed"),
        (("mine.xlsx", "--column", "Name", "--output", "o"), "no .xlsx workbook"),
        (
            ("mine.csv", "--column", "ROR", "--affiliations", "--place", "ROR", "--output", "o"),
            "says its place itself",
        ),
        (("mine.csv", "--column", "ROR", "--registry", "mine.csv", "--output", "o"), "no register"),
    ],
)
def test_bad_input_gets_a_sentence(
    in_folder: Path, out: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    Path("mine.csv").write_text(MESSY, "utf-8")
    Path("empty.csv").write_text("\n\n", "utf-8")
    Path("quotes.csv").write_text('Name\n"open\n', "utf-8")
    Path("mine.xlsx").write_bytes(b"PK\x03\x04 broken")
    result = run("link", "organisations", *arguments, "--out", out)
    # A workbook that cannot be read is a finding about a file, not a wrong argument.
    assert result.exit_code == (1 if arguments[0] == "mine.xlsx" else 2)
    assert sentence in result.output
    assert not Path("o").exists()


def test_a_table_of_windows_is_read_and_its_owner_told() -> None:
    sheet = parse_input_table("Name\nUniversité\n".encode("cp1252"), "a.csv")
    assert list(sheet.list_cells("Name")) == ["Université"]
    assert "Windows-1252" in sheet.notice


AS_PEOPLE_SAVE_IT = {
    "Unicode text": "\ufeffInstitution\tROR\nNewcastle University\t\n".encode("utf-16-le"),
    "sep=": b"sep=;\r\nInstitution;ROR\r\nNewcastle University;-\r\n",
    "preamble and total": (
        b"Providers, an example\n\nSource: invented\n\nInstitution,ROR,Grants\n"
        b'Newcastle University,N/A,"1,000"\n\nTotal,,"1,000"\nNote: rounded to five\n'
    ),
}


@pytest.mark.parametrize("kind", AS_PEOPLE_SAVE_IT)
def test_table_is_matched_however_it_was_saved(in_folder: Path, out: Path, kind: str) -> None:
    Path("mine.csv").write_bytes(AS_PEOPLE_SAVE_IT[kind])
    arguments = ("--column", "institution", "--identifiers", "ROR", "--joined", "joined.csv")
    result = run("link", "organisations", "mine.csv", *arguments, "--out", out)
    assert result.exit_code == 0, result.output
    (row,) = csv.DictReader(Path("joined.csv").read_text("utf-8").splitlines())
    assert row["Institution"] == "Newcastle University"
    assert "identifier" not in result.output
    assert ("header is line 5" in result.output) is (kind == "preamble and total")
    assert ("at the end (lines 8 to 9)" in result.output) is (kind == "preamble and total")


@pytest.mark.shared
@pytest.mark.parametrize("name", ["link-utf16le.csv", "link-sep.csv"])
def test_shared_tables_are_read(shared: Path, name: str) -> None:
    sheet = parse_input_table((shared / "cases" / "files" / name).read_bytes(), name)
    assert (sheet.headers, sheet.notice) == (("Institution", "ROR"), "")
    assert list(sheet.list_cells("Institution")) == ["Newcastle University", "University of York"]


def test_columns_choose_the_sheet_and_the_header_row() -> None:
    book = Workbook()
    book.worksheets[0].append(["About this file"])
    page = book.create_sheet("Data")
    for cells in (["Grants"], [None], ["Name", "Value"], ["Leeds", 1], [None], ["Hull", 2]):
        page.append(cells)
    data = io.BytesIO()
    book.save(data)
    sheet = parse_input_table(data.getvalue(), "a.xlsx", columns=["name"])
    assert sheet.rows == [("Leeds", "1"), ("", ""), ("Hull", "2")]
    assert sheet.notice == (
        "Of 2 sheets, “Data” was read. Its header is row 3; what is above is not read."
    )
    assert [sheet.name_row(number) for number in (1, 3)] == ["row 1 (line 4)", "row 3 (line 6)"]


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), min_size=1, max_size=8))
def test_no_row_of_a_table_is_lost(rows: list[list[str]]) -> None:
    """But for empty rows at the end, which no spreadsheet shows."""
    stream = io.StringIO()
    csv.writer(stream).writerows([["A", "B"], *rows, ["x", "y"]])
    sheet: InputTable = parse_input_table(stream.getvalue().encode("utf-8", "replace"), "a.csv")
    assert len(sheet.rows) == len(rows) + 1
