"""Sector downloads as people have them: headers, forms of values, archives, rows left out."""

import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from loader.document import Document
from loader.errors import DataError, Severity
from loader.readers.dataset_descriptor import read_sector_dataset
from loader.readers.dataset_descriptor.value_forms import (
    multiply,
    rewrite_academic_year,
    rewrite_date,
)
from loader.readers.source import load_source

HEAD = (
    'title = "T"\npublisher = "P"\nlicence = "L"\nsource = "S"\nretrieved = 2026-11-28\n'
    'key = "UKPRN"\n'
)
COLUMN = '[[column]]\nname = "Name"\npropertyUrl = "dcterms:title"\n'


def read(folder: Path, descriptor: str, files: dict[str, bytes | str]) -> Document:
    """Read a descriptor, with what is beside it."""
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)
    path = folder / "d.toml"
    path.write_text(HEAD + descriptor, "utf-8")
    return read_sector_dataset(load_source(path, "sector/d.toml", 10_000_000))


def list_values(document: Document, name: str = "string dcterms:title") -> list[str]:
    return [field.text for record in document.records for field in record.all(name)]


def count(document: Document) -> list[int]:
    """How many rows there are, how many are filtered out, and how many are without a key."""
    about = {field.name: field.text for field in document.about}
    return [int(about[name]) for name in ("rows", "filtered_out", "without_key")]


@pytest.mark.parametrize("header", ["Name", "NAME", " name ", "The  Name", "Provider’s name"])
def test_a_header_is_found_by_its_other_names_whatever_the_case(
    tmp_path: Path, header: str
) -> None:
    titles = 'titles = ["The name", "Provider\'s Name"]\n'
    document = read(
        tmp_path, f'file = "d.csv"\n{COLUMN}{titles}', {"d.csv": f"ukprn,{header}\n1,York\n"}
    )
    assert list_values(document) == ["York"]


def test_an_other_name_serves_the_key_and_the_join_too(tmp_path: Path) -> None:
    text = 'file = "d.csv"\n[[join]]\ncolumn = "UKPRN"\nscheme = "ukprn"\n' + COLUMN
    text += '[[column]]\nname = "UKPRN"\ntitles = ["Provider UKPRN"]\n'
    document = read(tmp_path, text, {"d.csv": "Provider UKPRN,Name\n10007713,York\n"})
    assert list_values(document, "join ukprn") == ["10007713"]
    assert document.records[0].slug == "d-10007713"


def test_a_header_that_is_nowhere_is_told_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, f'file = "d.csv"\n{COLUMN}', {"d.csv": "UKPRN,Title\n1,York\n"})
    message = str(caught.value)
    assert "has no column Name; its columns are “UKPRN”, “Title”" in message
    assert 'titles = ["…"]' in message


def test_cells_that_say_nothing_are_left_out(tmp_path: Path) -> None:
    text = f'file = "d.csv"\nnull = ["-", "N/A", ".."]\n{COLUMN}'
    document = read(tmp_path, text, {"d.csv": "UKPRN,Name\n1,-\n2,N/A\n3,..\n4,York\n"})
    assert list_values(document) == ["York"]
    assert len(document.records) == 4


def test_rows_are_filtered_by_several_columns_and_skipped_without_a_key(tmp_path: Path) -> None:
    text = f'file = "d.csv"\nonly = {{ Kind = "a", Year = ["1", "2"] }}\n{COLUMN}'
    rows = "UKPRN,Name,Kind,Year\n1,York,a,1\n2,Hull,a,3\n3,Bath,b,1\n,Total,a,2\n4,Kent,a,2\n"
    document = read(tmp_path, text, {"d.csv": rows})
    assert list_values(document) == ["York", "Kent"]
    assert count(document) == [5, 2, 1]


@pytest.mark.parametrize("end", ["Source: us\n", "\n\nNotes\n1. A note\n"])
def test_remarks_below_the_table_are_no_rows_that_are_cut(tmp_path: Path, end: str) -> None:
    document = read(tmp_path, f'file = "d.csv"\n{COLUMN}', {"d.csv": f"Name,UKPRN\nYork,1\n{end}"})
    assert list_values(document) == ["York"]


def test_a_row_that_is_cut_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is it cut"):
        read(tmp_path, f'file = "d.csv"\n{COLUMN}', {"d.csv": "Name,UKPRN\nYork,1\nHul"})


def test_a_number_has_a_factor_and_a_unit(tmp_path: Path) -> None:
    text = 'file = "d.csv"\n[[column]]\nname = "£000s"\npropertyUrl = "ckg:researchIncome"\n'
    text += 'datatype = "decimal"\nfactor = 1000\nunit = "GBP"\n'
    document = read(tmp_path, text, {"d.csv": 'UKPRN,£000s\n1,"1,234.5"\n2,\n3,none\n'})
    assert list_values(document, "decimal ckg:researchIncome") == ["1234500.0", "none"]
    unit = "string sdmx-attribute:unitMeasure"
    assert [record.text(unit) for record in document.records] == ["GBP", "", "GBP"]


@given(st.decimals(-(10**12), 10**12, places=3), st.sampled_from([1, 100, 1000, 0.01]))
def test_a_factor_is_exact(number: Decimal, factor: float) -> None:
    wanted = Decimal(str(factor))
    assert Decimal(multiply(f"{number:,}", wanted)) == number * wanted


@given(st.dates(), st.sampled_from(["dd/MM/yyyy", "d/M/yyyy", "yyyy-MM-dd", "d.M.yyyy"]))
def test_a_date_of_a_format_is_read_back(day: "object", date_format: str) -> None:
    year, month, date = str(day).split("-")
    text = date_format.replace("yyyy", year)
    text = text.replace("MM", month).replace("M", str(int(month)))
    text = text.replace("dd", date).replace("d", str(int(date)))
    assert rewrite_date(text, date_format) == str(day)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2020/21", "2020/21"),
        ("2020-21", "2020/21"),
        ("2020–21", "2020/21"),
        ("2020/2021", "2020/21"),
        ("1999/00", "1999/00"),
        ("2020/22", "2020/22"),
        ("2020", "2020"),
    ],
)
def test_an_academic_year_has_one_form(text: str, year: str) -> None:
    assert rewrite_academic_year(text) == year


def test_the_sheet_with_the_columns_is_found_and_may_be_named(tmp_path: Path) -> None:
    book = Workbook()
    for title, name in (("Notes", ""), ("One", "York"), ("Two", "Hull")):
        sheet = book.create_sheet(title)
        sheet.append(["Preamble"])
        if name:
            sheet.append(["UKPRN", "Name"])
            sheet.append([1, name])
    stream = io.BytesIO()
    book.save(stream)
    files: dict[str, bytes | str] = {"d.xlsx": stream.getvalue()}
    assert list_values(read(tmp_path, f'file = "d.xlsx"\n{COLUMN}', files)) == ["York"]
    named = f'file = "d.xlsx"\nsheet = "two"\n{COLUMN}'
    assert list_values(read(tmp_path, named, files)) == ["Hull"]
    with pytest.raises(DataError, match="has no sheet “Three”; its sheets are “Sheet”, “Notes”"):
        read(tmp_path, f'file = "d.xlsx"\nsheet = "Three"\n{COLUMN}', files)


def zip_files(files: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


def test_the_newest_dump_in_an_archive_is_read(tmp_path: Path) -> None:
    records = json.dumps([{"UKPRN": 1, "Name": "York"}])
    data = zip_files(
        {"v1-data.json": "[]", "v1-data_schema_v2.csv": "x", "v1-data_schema_v2.json": records}
    )
    document = read(tmp_path, f'file = "*data*.zip"\n{COLUMN}', {"v1-data.zip": data})
    assert list_values(document) == ["York"]
    assert document.path.endswith("v1-data.zip")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK no archive", "the archive cannot be opened"),
        (zip_files({"a.pdf": ""}), "the archive has no .json, .jsonl, .csv"),
    ],
)
def test_a_broken_archive_is_one_finding(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, f'file = "d.zip"\n{COLUMN}', {"d.zip": data})
    assert message in str(caught.value)
    assert len(caught.value.findings) == 1


def test_several_files_of_one_pattern_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"several files are called x\*.csv: x1.csv, x2.csv"):
        read(tmp_path, f'file = "x*.csv"\n{COLUMN}', {"x1.csv": "", "x2.csv": ""})


def test_a_download_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no row; is it the right file"):
        read(
            tmp_path,
            f'file = "d.json"\nrecords = "items"\n{COLUMN}',
            {"d.json": '{"results": [{"UKPRN": 1}]}'},
        )


def test_json_has_other_paths_and_records_in_an_object(tmp_path: Path) -> None:
    text = f'file = "d.json"\nrecords = "a.b"\n{COLUMN}titles = ["names.value"]\n'
    found = {"a": {"b": [{"UKPRN": 1, "names": [{"value": "York"}]}, {"UKPRN": 2, "Name": "Hull"}]}}
    assert list_values(read(tmp_path, text, {"d.json": json.dumps(found)})) == ["York", "Hull"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('datatype = "date"\nformat = "MM/yyyy"\n', "format is “MM/yyyy”"),
        ("factor = 3\n", "factor and unit belong to an integer or a decimal"),
        ('datatype = "decimal"\nfactor = "x"\n', "factor is “x”; write a number"),
        ("titles = 3\n", "titles has to be a text or a list of texts"),
        ('title = "x"\n', "“title” means nothing in a [[column]]"),
        (
            'datatype = "decimal"\nunit = "a"\n[[column]]\nname = "UKPRN"\n'
            'propertyUrl = "ckg:amount"\ndatatype = "decimal"\nunit = "b"\n',
            "all columns of a descriptor have one unit",
        ),
    ],
)
def test_a_wrong_key_is_told(tmp_path: Path, change: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, f'file = "d.csv"\n{COLUMN}{change}', {"d.csv": "UKPRN,Name\n"})
    assert message in str(caught.value)
    assert all(finding.severity is Severity.ERROR for finding in caught.value.findings)


def test_values_have_the_language_of_their_prefix(tmp_path: Path) -> None:
    text = 'file = "d.csv"\n[[column]]\nname = "Name"\npropertyUrl = "skos:altLabel"\n'
    text += 'separator = ";"\nlanguagePrefix = true\n'
    document = read(tmp_path, text, {"d.csv": "UKPRN,Name\n1,cy: Efrog; no_lang_code: Y\n"})
    name = "langString skos:altLabel"
    assert list_values(document, name) == ["cy: Efrog", "no_lang_code: Y"]


def test_a_row_is_named_by_the_template(tmp_path: Path) -> None:
    text = f'file = "d.csv"\nlabel = "{{Name}}: {{Unit}} {{Letter}}, {{Profile}}"\n{COLUMN}'
    rows = "UKPRN,Name,Unit,Letter,Profile\n1,York,Law,,Overall\n2,Hull,Art,A,\n"
    labels = list_values(read(tmp_path, text, {"d.csv": rows}), "label")
    assert labels == ["York: Law, Overall", "Hull: Art A"]
