"""Registers in every form they come in, and what is said of those that are broken."""

import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from loader.errors import UsageError
from loader.release.name_index import EntityName, NamedEntity, NameKind
from loader.release.registers import read_register
from tests.loader.release.registers.samples import ABBOTS, OLD, as_csv, flat, records


def read(tmp_path: Path, name: str, text: str) -> list[NamedEntity]:
    (tmp_path / name).write_text(text, "utf-8")
    return list(read_register(tmp_path / name))


def names(entity: NamedEntity) -> set[tuple[str, NameKind]]:
    return {(name.text, name.kind) for name in entity.names}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dump_schema_v2.json", json.dumps(records(), indent=1)),
        ("dump_schema_v2.csv", as_csv()),
        ("flat.jsonl", flat()),
        ("lines.jsonl", "".join(json.dumps(record) + "\n" for record in records())),
    ],
)
def test_each_form_of_ror_says_the_same(tmp_path: Path, name: str, text: str) -> None:
    first, second = read(tmp_path, name, text)
    assert (first.iri, first.label, first.country, first.place) == (
        *(ABBOTS, "Abbots Ness University"),
        *("GB", "Abbots Ness"),
    )
    assert names(first) == {
        ("Abbots Ness University", NameKind.LABEL),
        ("Prifysgol Abbots", NameKind.LABEL),
        ("University of Abbots Ness", NameKind.ALTERNATIVE),
        ("ANU", NameKind.ACRONYM),
    }
    assert EntityName("Prifysgol Abbots", NameKind.LABEL, "cy") in first.names
    assert first.types == ("education", "funder")
    assert first.identifiers["ror"] == (ABBOTS,)
    assert first.identifiers["isni"] == ("https://isni.org/isni/0000000104627212",)
    assert first.identifiers["homepage"] == ("abbotsness.example",)
    assert first.relations == {"child": (OLD,)}
    assert (second.status, second.relations) == ("withdrawn", {"successor": (ABBOTS,)})


def test_the_subdivision_of_ror_is_the_nation_in_the_united_kingdom(tmp_path: Path) -> None:
    abroad = records()
    place = abroad[0]["locations"][0]["geonames_details"]
    place |= {"country_code": "CA", "country_subdivision_name": "Ontario"}
    for name, text, attributes in [
        ("dump.json", json.dumps(records()), {"nation": "Wales"}),
        ("dump.csv", as_csv(), {"nation": "Wales"}),
        ("abroad.json", json.dumps(abroad), {"region": "Ontario"}),
    ]:
        first, second = read(tmp_path, name, text)
        assert (first.attributes, second.attributes) == (attributes, {}), name


def test_nation_and_region_of_a_provider_are_read(tmp_path: Path) -> None:
    listed = "UKPRN,ProviderName,CountryCode\n10000001,Ness College,W\n10000002,Abbots,\n"
    first, second = read(tmp_path, "list.csv", listed)
    assert (first.attributes, second.attributes) == ({"nation": "Wales"}, {})
    finance = "UKPRN,HE Provider,Country of HE provider,Region of HE provider\n"
    (first,) = read(tmp_path, "f.csv", f"{finance}10000001,Ness,England,North East\n")
    assert first.attributes == {"nation": "England", "region": "North East"}


def test_json_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "dump.json").write_bytes(json.dumps(records()).encode("utf-8-sig"))
    assert len(list(read_register(tmp_path / "dump.json"))) == 2


def test_a_zip_is_read_for_its_json_of_schema_v2(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "dump.zip", "w") as archive:
        archive.writestr("v1-ror-data.json", "[]")
        archive.writestr("v1-ror-data_schema_v2.csv", "broken")
        archive.writestr("v1-ror-data_schema_v2.json", json.dumps(records()))
    assert len(list(read_register(tmp_path / "dump.zip"))) == 2


def test_a_list_of_providers_is_read(tmp_path: Path) -> None:
    table = (
        "name,ukprn,hesa,synonyms,suggestions,closed\n"
        "Abbots Ness University,10007799,0002,Ness University | Abbots University,ANU,\n"
        "Ness College,,0003,,,\n"
        "Old Ness,10000001,,,,2013\n"
    )
    first, second = read(tmp_path, "providers.csv", table)
    assert first.identifiers == {"ukprn": ("10007799",), "hesa": ("0002",)}
    assert names(first) == {
        ("Abbots Ness University", NameKind.LABEL),
        ("Ness University", NameKind.ALTERNATIVE),
        ("Abbots University", NameKind.ALTERNATIVE),
        ("ANU", NameKind.ACRONYM),
    }
    assert (second.label, second.status) == ("Old Ness", "inactive")


def test_a_list_is_read_however_it_was_saved(tmp_path: Path) -> None:
    lines = ["Register, an example", "", "Provider's legal name;Provider’s UKPRN;Website"]
    lines += ["Ness College;10000001;https://www.ness.example/", "Abbots;10000002;N/A", ";;"]
    text = "\r\n".join(lines)
    expected = read(tmp_path, "list.csv", text)
    assert [(e.label, e.identifiers) for e in expected] == [
        ("Ness College", {"ukprn": ("10000001",), "homepage": ("ness.example",)}),
        ("Abbots", {"ukprn": ("10000002",)}),
    ]
    for name, data in {
        "utf-16.txt": text.encode("utf-16"),
        "windows.csv": text.encode("cp1252"),
        "sep.csv": f"sep=;\n{text}".encode(),
        "tabs.tsv": text.replace(";", "\t").encode("utf-8-sig"),
        "book.xlsx": to_workbook([line.split(";") for line in lines]),
    }.items():
        (tmp_path / name).write_bytes(data)
        assert list(read_register(tmp_path / name)) == expected, name
    with ZipFile(tmp_path / "v2.zip", "w") as archive:
        archive.writestr("book.xlsx", to_workbook([line.split(";") for line in lines]))
    assert list(read_register(tmp_path / "v2.zip")) == expected


def to_workbook(rows: list[list[str]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def test_trading_names_of_a_cell_are_names_of_their_own(tmp_path: Path) -> None:
    table = (
        "INSTID,UKPRN,ProviderName,Rescinded,Provider's trading name(s)\n"
        '0001,10000001,Ness College,0,"Ness\nNess Arts"\n0002,10000002,Old,1,Not applicable\n'
    )
    first, second = read(tmp_path, "list.csv", table)
    assert {name.text for name in first.names} == {"Ness College", "Ness", "Ness Arts"}
    assert (first.status, first.identifiers["hesa"]) == ("active", ("0001",))
    assert ({name.text for name in second.names}, second.status) == ({"Old"}, "inactive")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "label", "identifiers"),
    [
        ("hesa-provider-list.csv", "The Open University", {"ukprn": "10007773", "hesa": "0001"}),
        (
            "ofs-register.xlsx",
            "University of Newcastle upon Tyne",
            {"ukprn": "10007799", "homepage": "ncl.ac.uk"},
        ),
    ],
)
def test_downloads_of_the_sector_are_registers(
    shared: Path, name: str, label: str, identifiers: dict[str, str]
) -> None:
    first, *_ = read_register(shared / "cases" / "sector-samples" / name)
    assert first.label == label
    assert first.identifiers == {scheme: (value,) for scheme, value in identifiers.items()}


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("cut.json", json.dumps(records(), indent=1)[:-300], "download the register again"),
        ("cut.json", json.dumps(records())[:-300], "broken in record 2"),
        ("text.json", "[}", "broken in record 1"),
        ("cut.csv", as_csv()[:-200], "has not all columns"),
        ("cut.jsonl", flat()[:-40], "download the register again"),
        ("v1.json", '[{"id": "x", "name": "y"}]', "schema v2"),
        ("empty.json", "[]", "holds no organisation"),
        ("other.csv", "title,place\na,b\n", "its headers are title, place"),
    ],
)
def test_a_broken_register_is_refused(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence) as caught:
        read(tmp_path, name, text)
    assert name in str(caught.value)


def test_a_register_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.json: the register cannot be opened"):
        list(read_register(tmp_path / "none.json"))
