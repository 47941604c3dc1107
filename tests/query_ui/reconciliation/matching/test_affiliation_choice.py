"""Affiliations with several organisations: each is found, with its relation to the others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from loader.release.name_index import write_name_index
from query_ui.graph.name_index import NameIndex
from query_ui.reconciliation.matching.affiliation import infer_country, match_affiliation
from tests.query_ui.reconciliation.matching.conftest import organisation

LABORATORY = ("facility",)
COLLEGES = "north south east west middle"
REGISTER = [
    organisation("ashby", "University of Ashby", place="Ashby", children="cells"),
    organisation("brome", "Brome University", place="Brome"),
    organisation("trust", "Ashby Hospitals NHS Trust", place="Ashby", types=("healthcare",)),
    organisation(
        *("infirmary", "Royal Ashby Infirmary"), place="Ashby", parent="trust", types=LABORATORY
    ),
    organisation(
        *("cells", "Institute of Cell Mechanics"),
        place="Ashby",
        parent="ashby",
        types=LABORATORY,
    ),
    organisation(
        *("motors", "Motor Protein Group Laboratory"),
        place="Ashby",
        parent="cells",
        types=LABORATORY,
    ),
    organisation("federal", "University of Carrow", place="Carrow", children=COLLEGES),
    *(
        organisation(slug, f"{slug.title()} Gate College", place="Carrow", parent="federal")
        for slug in COLLEGES.split()
    ),
    organisation("carrow", "Carrow United", place="Brome", types=("company",)),
    organisation("ferndale", "Ferndale", place="Brome", types=("company",)),
    organisation("orm", "University of St Orm", place="St Orm"),
    organisation("office", "Tidal Survey Office", place="Brome", types=("government",)),
    organisation("ashby-company", "Ashby", place="Brome", types=("company",)),
    organisation("mary-a", "St Agnes Hospital", place="Ashby", types=("healthcare",)),
    organisation("mary-b", "St Agnes Hospital", place="Brome", types=("healthcare",)),
]


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NameIndex]:
    path: Path = tmp_path_factory.mktemp("choice") / "names.sqlite"
    write_name_index(path, REGISTER, {})
    found = NameIndex(path)
    yield found
    found.close()


def slug(iri: str) -> str:
    return iri.rsplit("/", 1)[1]


def sure(gazetteer: NameIndex, text: str, country: str = "") -> list[str]:
    found = match_affiliation(gazetteer, text, country=country)
    return [slug(m.entity.iri) for m in found if m.sure]


def related(gazetteer: NameIndex, text: str) -> list[tuple[str, str, str]]:
    found = match_affiliation(gazetteer, text)
    return [
        (slug(m.entity.iri), m.relation.kind, slug(m.relation.iri)) for m in found if m.relation
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("University of Ashby and Brome University, UK", ["ashby", "brome"]),
        ("Brome University, University of Ashby, Ashby, UK", ["brome", "ashby"]),
        ("University of Ashby and Ashby Hospitals NHS Trust, Ashby, UK", ["ashby", "trust"]),
        ("Ashby Hospitals NHS Trust & University of Ashby, Ashby, UK", ["ashby", "trust"]),
        ("1 University of Ashby, Ashby, UK. 2 Brome University, Brome, UK.", ["ashby", "brome"]),
        ("(1) Univ. of Ashby, UK; (2) Brome Univ., UK; (3) MIT, USA", ["ashby", "brome"]),
        ("University of Ashby; Brome University, Brome, UK", ["ashby", "brome"]),
        ("University of Ashby, USA and Brome University, Brome, UK", ["brome"]),
        ("University of Ashby / Tidal Survey Office, Brome, UK", ["ashby", "office"]),
        ("University of Ashby, Ashby, UK; University of Ashby, Ashby, UK", ["ashby"]),
        ("Univ Ashby, Dept Law, Ashby, England; Ashby University, UK", ["ashby"]),
        ("St Agnes Hospital and University of Carrow, UK", ["federal"]),
        ("St Agnes Hospital, Brome; University of Ashby, UK", ["mary-b", "ashby"]),
        ("School of Law, University of Ashby and Hospital, Ashby, UK", ["ashby"]),
        ("Universities of Ashby and Brome, UK", ["ashby", "brome"]),
        ("Universities of Ashby, Brome and Carrow, UK", ["ashby", "brome", "federal"]),
        ("Ferndale plc, Brome, UK", ["ferndale"]),
        ("Ferndale UK, Brome", ["ferndale"]),
        ("University of St. Orm, St. Orm, UK", ["orm"]),
    ],
)
def test_every_organisation_is_found(gazetteer: NameIndex, text: str, expected: list[str]) -> None:
    assert sure(gazetteer, text) == expected


@pytest.mark.parametrize(
    ("text", "organisations", "relations"),
    [
        (
            "Institute of Cell Mechanics, University of Ashby, Ashby, UK",
            ["ashby"],
            [("cells", "part", "ashby")],
        ),
        (
            "Motor Protein Group Laboratory, University of Ashby, Ashby, UK",
            ["ashby"],
            [("motors", "part", "ashby")],
        ),
        (
            "Royal Ashby Infirmary, Ashby Hospitals NHS Trust and University of Ashby, Ashby, UK",
            ["ashby", "trust"],
            [("infirmary", "part", "trust")],
        ),
        (
            "North Gate College, University of Carrow, Carrow, UK",
            ["north"],
            [("federal", "whole", "north")],
        ),
        ("Institute of Cell Mechanics, Ashby, UK", ["cells"], []),
        ("University of Carrow, Carrow, UK", ["federal"], []),
    ],
)
def test_an_institute_and_its_host_are_told_with_their_relation(
    gazetteer: NameIndex,
    text: str,
    organisations: list[str],
    relations: list[tuple[str, str, str]],
) -> None:
    assert sure(gazetteer, text) == organisations
    assert related(gazetteer, text) == relations


@pytest.mark.parametrize(
    "text",
    [
        "Ashby, Brome and Carrow, UK",
        "Ashby, Brome",
        "Ashby and Brome; United Kingdom",
        "Ashby",
        "Ashby, UK",
        "Ashby United Kingdom",
    ],
)
def test_a_list_of_towns_is_no_organisation(gazetteer: NameIndex, text: str) -> None:
    assert match_affiliation(gazetteer, text) == []


def test_a_town_beside_an_organisation_is_no_second_one(gazetteer: NameIndex) -> None:
    assert sure(gazetteer, "Brome University, Ashby, UK") == ["brome"]


def test_the_country_ends_the_name_before_it(gazetteer: NameIndex) -> None:
    assert sure(gazetteer, "Brome University Carrow United Kingdom") == ["brome"]
    assert sure(gazetteer, "Carrow United, Brome, UK") == ["carrow"]


def test_a_bare_name_is_sure_where_its_country_is_known(gazetteer: NameIndex) -> None:
    assert sure(gazetteer, "Tidal Survey Office") == []
    assert sure(gazetteer, "Tidal Survey Office", "GB") == ["office"]
    assert sure(gazetteer, "Tidal Survey Office", "FR") == []
    assert sure(gazetteer, "Ashby University", "GB") == ["ashby"]
    # The address itself has the last word, and namesakes remain so.
    assert sure(gazetteer, "Tidal Survey Office, Lyon, France", "GB") == []
    assert sure(gazetteer, "St Agnes Hospital", "GB") == []


def test_the_only_country_of_a_string_is_that_of_all_its_affiliations(
    gazetteer: NameIndex,
) -> None:
    text = "Dept of Maps, Tidal Survey Office; Dept of Law, University of Ashby, Ashby, {}"
    assert sure(gazetteer, text.format("UK")) == ["office", "ashby"]
    assert sure(gazetteer, text.format("Canada")) == []


@pytest.mark.parametrize(
    ("british", "foreign", "expected"), [(20, 0, "GB"), (19, 1, "GB"), (15, 5, ""), (9, 0, "")]
)
def test_the_country_of_a_column_is_that_of_nearly_all_its_addresses(
    british: int, foreign: int, expected: str
) -> None:
    cells = [f"Department {n}, Ashby, UK" for n in range(british)]
    cells += [f"Department {n}, Lyon, France" for n in range(foreign)]
    assert infer_country([*cells, "Tidal Survey Office"]) == expected


def test_all_sure_organisations_are_returned_whatever_the_limit(gazetteer: NameIndex) -> None:
    text = "; ".join(f"{each.title()} Gate College, Carrow, UK" for each in COLLEGES.split())
    found = match_affiliation(gazetteer, text, limit=2)
    assert [slug(m.entity.iri) for m in found if m.sure] == COLLEGES.split()


def test_a_very_long_string_is_matched_in_time(gazetteer: NameIndex) -> None:
    text = "University of Ashby and Brome University, " * 400 + "UK"
    assert sure(gazetteer, text) == ["ashby", "brome"]
    towns = " ".join(f"Ashby{number}" for number in range(9_000))
    assert sure(gazetteer, f"{towns}, University of Ashby, UK") == ["ashby"]
