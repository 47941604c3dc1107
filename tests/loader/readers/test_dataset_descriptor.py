"""Sector datasets: the ready-made descriptors on small downloads of the real shape."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from pyoxigraph import NamedNode, Store

from loader.errors import DataError, Severity
from loader.identifiers import recognise_identifier
from loader.namespaces import CKG, DCTERMS, SCHEMA, SKOS
from loader.readers.dataset_descriptor.rows import resolve_json_path
from loader.readers.sssom import EXACT, LITERAL, SEMAPV
from loader.release.build import BuildResult, build
from loader.release.document_set import DocumentSet
from loader.settings import BASE, Settings
from query_ui.graph.name_index import NameIndex
from query_ui.reconciliation.matching.match_name import match_name
from query_ui.reconciliation.matching.scoring import MatchQuery
from query_ui.reconciliation.sssom_export import write_mapping_set
from tests.conftest import PROJECT, quiet
from tests.loader.release.registers.samples import records

NORTH = NamedNode(f"{BASE}id/organisation/northgate-university")
ROR = "https://ror.org/0abcdef23"
UKPRN = "10000001"
REF_ROW = "Northgate University: Computer Science, Overall"
UNIT = NamedNode("http://purl.org/linked-data/sdmx/2009/attribute#unitMeasure")
Files = dict[str, str | Callable[[Path], None]]


def ror() -> str:
    north, other = records()
    north |= {"id": ROR}
    north["names"][0]["value"] = "Northgate University"
    north["external_ids"] = []
    north["locations"][0]["geonames_details"]["country_subdivision_name"] = "England"
    other["locations"] = north["locations"]
    return json.dumps([north, other])


def ref(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Research Excellence Framework 2021: results"])
    sheet.append(
        [
            *("Institution code (UKPRN)", "Institution name", "Main panel"),
            *("Unit of assessment number", "Unit of assessment name"),
            *("Multiple submission letter", "Profile", "4*", "3*"),
        ]
    )
    row = [int(UKPRN), "Northgate University", "B", 11, "Computer Science", None, "Overall"]
    sheet.append([*row, 54.5, 40])
    book.save(path)


def ofs(path: Path) -> None:
    book = Workbook()
    notes = book.active
    assert notes is not None
    notes.append(["Notes"])
    sheet = book.create_sheet("Register")
    sheet.append(["The OfS Register"])
    sheet.append([])
    sheet.append(
        [
            *("Provider\u2019s legal name", "Provider's UKPRN", "Provider's trading name(s)"),
            *("Provider's telephone number", "Provider's website"),
        ]
    )
    names = "Northgate\nThe Porth"
    sheet.append(["Northgate Ltd", int(UKPRN), names, "0", "https://www.northgate.example"])
    sheet.append(["Other Ltd", "10000099", "Not applicable", "0", None])
    book.save(path)


DOWNLOADS: Files = {
    "ror-data.json": ror(),
    "hesa-providers.csv": (
        '"Title:","HE providers"\n\nUKPRN,HE provider,Region of HE provider,'
        f"Research grants and contracts\n{UKPRN},Northgate University,North East,"
        '"12,500,000"\n10000099,Elsewhere University,London,\n'
    ),
    "mission-groups.csv": f"UKPRN,Institution,Mission group\n{UKPRN},Northgate University,N3\n",
    "gtr-organisations.csv": (
        "OrganisationId,Name,Region\n"
        "2A1B2C3D-0000-4000-8000-ABCDEFABCDEF,NORTHGATE UNIVERSITY,North East\n"
        "2A1B2C3D-0000-4000-8000-ABCDEFABCD00,Unknown Ltd,London\n"
    ),
    "gtr-projects.csv": (
        "ProjectId,LeadROId,LeadROName,PISurname,PI ORCID iD,Title,StartDate,EndDate,"
        "AwardPounds,Region,GTRProjectUrl\n"
        "P1,2A1B2C3D-0000-4000-8000-ABCDEFABCDEF,NORTHGATE UNIVERSITY,Quillfeather,0000,On tea,"
        "01/10/2022,,250000.50,North East,https://gtr.ukri.org/projects?ref=P1\n"
    ),
    "gtr-organisations.json": json.dumps(
        {
            "organisationsBean": {
                "organisations": [
                    {
                        "id": "2A1B2C3D-0000-4000-8000-ABCDEFABCDEF",
                        "name": "Northgate University",
                        "address": {"city": "Northgate"},
                        "website": "http://www.northgate.example",
                        "typeInd": "RO",
                    },
                    {
                        "id": "2A1B2C3D-0000-4000-8000-ABCDEFABCD01",
                        "name": "Other",
                        "website": None,
                    },
                ]
            }
        }
    ),
    "All_Providers_2026.csv": (
        '"INSTID","UKPRN","ProviderName","CountryCode","CategoryName","FE_Provider","Rescinded"\n'
        f'"0007","{UKPRN}","Northgate University","E","England","","0"\n'
        '"0008","","Closed College","E","","","1"\n'
    ),
    "hesa-finance-long.csv": (
        "\ufeffTitle,Income\n" + "Preamble,of many lines\n" * 26 + "\n"
        "UKPRN,HE Provider,Country of HE provider,Region of HE provider,Academic year,"
        "Financial year end,Category marker,Category,Value(£000s),Year End Month\n"
        f"{UKPRN},Northgate,England,North East,2020/21,31/07/2021,Income,"
        'Research grants and contracts,"1,037",All\n'
        f"{UKPRN},Northgate,England,North East,2020/21,31/07/2021,Income,"
        'Research grants and contracts,"1,000","07, July"\n'
        f"{UKPRN},Northgate,England,North East,2020/21,31/07/2021,Income,Tuition,9,All\n"
        ",Total,,,2020/21,31/07/2021,Income,Research grants and contracts,9,All\n"
        "Source: an example\n"
    ),
    "The OfS Register 2026.xlsx": ofs,
    "v2.0-2026-ror-data_schema_v2.csv": (
        "id,names.types.ror_display,names.types.alias,external_ids.type.isni.all,"
        "external_ids.type.wikidata.preferred,external_ids.type.grid.preferred,"
        "locations.geonames_details.name,locations.geonames_details.country_code,status\n"
        f"{ROR},Northgate University,en: Northgate; cy: Y Porth; no_lang_code: NGU,,Q7,,Northgate,"
        "GB,active\n"
        "https://ror.org/024mrxd33,Elsewhere,,,,,Paris,FR,active\n"
    ),
    "dfe-institutions.csv": (
        "name,ukprn,hesa,synonyms,suggestions,groups,closed\n"
        f"Northgate University,{UKPRN},0007,Northgate | The Porth,NGU,,\n"
    ),
    "ukrlp-2026.csv": f"UK PRN,Legal Name\n{UKPRN},NORTHGATE UNIVERSITY\n",
    "openalex-institutions.json": json.dumps(
        {
            "meta": {"count": 1},
            "results": [
                {
                    "id": "https://openalex.org/I7",
                    "ror": ROR,
                    "display_name": "Northgate University",
                    "ids": {"wikidata": "https://www.wikidata.org/wiki/Q7"},
                    "geo": {"city": "Northgate"},
                    "homepage_url": None,
                }
            ],
        }
    ),
    "ref-2021-results.xlsx": ref,
    "technician-commitment.csv": "Signatory\nThe Northgate University\nNobody College\n",
    "hr-excellence.csv": "Organisation,Country\nNorthgate Univ.,UK\n",
}


def with_downloads(settings: Settings, files: Files) -> Path:
    """The ready-made descriptors and some downloads, in the data of a project."""
    folder = settings.data[0] / "sector"
    folder.mkdir()
    held = "".join(
        f"<{BASE}id/register/{slug}> a <{CKG.Register.value}> ; "
        f'<{DCTERMS.title.value}> "{slug}" .\n'
        for slug in ("technician-commitment", "hr-excellence-in-research-award")
    )
    (settings.data[0] / "held.ttl").write_text(held, "utf-8")
    for path in (PROJECT / "data" / "sector").glob("*.toml"):
        shutil.copy(path, folder)
    for name, content in files.items():
        if callable(content):
            content(folder / name)
        else:
            (folder / name).write_text(content, "utf-8")
    return folder


def review(settings: Settings, *pairs: tuple[str, str]) -> None:
    """A mapping set that says whom some names, or identifiers, mean."""
    folder = settings.data[0] / "links"
    folder.mkdir()
    rows = [
        {
            **({"subject_id": name} if "//" in name else {"subject_label": name}),
            **({} if "//" in name else {"subject_type": LITERAL}),
            "predicate_id": EXACT,
            "object_id": target,
            "mapping_justification": f"{SEMAPV}ManualMappingCuration",
        }
        for name, target in pairs
    ]
    (folder / "names.sssom.tsv").write_text(write_mapping_set({}, rows), "utf-8")


def built(settings: Settings) -> tuple[Store, BuildResult]:
    outcome = build(settings, quiet, unproved=True)
    return Store.read_only(str(outcome.release.folder / "store")), outcome


def values(store: Store, graph: str, predicate: NamedNode) -> list[str]:
    """What the records of a dataset say by a property."""
    home = NamedNode(f"{BASE}graph/sector-{graph}")
    found = store.quads_for_pattern(None, predicate, None, home)
    return sorted(quad.object.value for quad in found)  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, BuildResult]:
    """A release with every ready-made descriptor and its download."""
    from tests.conftest import copy_tiny

    root = copy_tiny(tmp_path_factory.mktemp("sector") / "tiny")
    settings = Settings(root=root, data=(root / "data",), out=root / "build")
    with_downloads(settings, DOWNLOADS)
    gtr = "https://gtr.ukri.org/organisation/2A1B2C3D-0000-4000-8000-ABCDEFABCDEF"
    review(
        settings,
        (NORTH.value, gtr),
        ("The Northgate University", NORTH.value),
        ("Northgate Univ.", ROR),
    )
    return built(settings)


@pytest.mark.parametrize(
    ("graph", "by", "predicate", "said"),
    [
        ("ror", "ror", CKG.region, ["England", "England"]),
        ("ror", "ror", CKG.registerStatus, ["active", "withdrawn"]),
        ("ror", "ror", CKG.succeededBy, ["https://ror.org/01kj2bm70"]),
        ("hesa", "ukprn", CKG.region, ["London", "North East"]),
        ("hesa", "ukprn", CKG.researchIncome, ["12500000"]),
        ("mission-groups", "ukprn", CKG.missionGroup, ["N3"]),
        ("gtr-organisations", "gtr", DCTERMS.title, ["NORTHGATE UNIVERSITY"]),
        ("gtr-projects", "gtr", CKG.amount, ["250000.5"]),
        ("openalex", "ror", DCTERMS.title, ["Northgate University"]),
        ("ref-2021", "ukprn", CKG.fourStar, ["54.5"]),
        ("ref-2021", "ukprn", CKG.unitOfAssessment, ["11"]),
        ("ref-2021", "ukprn", SKOS.prefLabel, [f"{REF_ROW}, by REF 2021: results"]),
        ("hr-excellence", "reviewed-name", DCTERMS.title, ["Northgate Univ."]),
        ("gtr-projects", "gtr", SCHEMA.startDate, ["2022-10-01"]),
        ("gtr-organisations-json", "gtr", DCTERMS.title, ["Northgate University", "Other"]),
        (
            *("hesa-provider-list", "ukprn", DCTERMS.title),
            ["Closed College", "Northgate University"],
        ),
        ("hesa-finance", "ukprn", CKG.researchIncome, ["1037000"]),
        ("hesa-finance", "ukprn", CKG.academicYear, ["2020/21"]),
        ("hesa-finance", "ukprn", UNIT, ["GBP"]),
        ("ofs-register", "ukprn", SKOS.altLabel, ["Northgate", "The Porth"]),
        ("ror-csv", "ror", SKOS.altLabel, ["NGU", "Northgate", "Y Porth"]),
        ("dfe-institutions", "ukprn", SKOS.altLabel, ["Northgate", "The Porth"]),
        ("ukprn-list", "ukprn", DCTERMS.title, ["NORTHGATE UNIVERSITY"]),
        (
            *("technician-commitment", "reviewed-name", CKG.listedIn),
            [f"{BASE}id/register/technician-commitment"] * 2,
        ),
    ],
)
def test_each_ready_made_descriptor_says_what_its_download_says(
    loaded: tuple[Store, BuildResult], graph: str, by: str, predicate: NamedNode, said: list[str]
) -> None:
    store, _ = loaded
    assert values(store, graph, predicate) == said
    assert values(store, graph, CKG.recordOf) == [NORTH.value]
    assert values(store, graph, CKG.joinedBy) == [by]


def test_there_is_a_test_for_every_descriptor() -> None:
    shipped = {path.stem for path in (PROJECT / "data" / "sector").glob("*.toml")}
    assert shipped == {
        *("ror", "hesa", "mission-groups", "gtr-organisations", "gtr-projects", "openalex"),
        *("ref-2021", "technician-commitment", "hr-excellence", "hesa-provider-list"),
        *("hesa-finance", "gtr-organisations-json", "ofs-register", "ror-csv", "ukprn-list"),
        "dfe-institutions",
    }


def test_a_dataset_has_its_terms_and_its_source(loaded: tuple[Store, BuildResult]) -> None:
    store, _ = loaded
    graph = NamedNode(f"{BASE}graph/sector-hesa")
    said = {q.predicate: q.object for q in store.quads_for_pattern(graph, None, None, None)}
    assert said[DCTERMS.publisher].value == "Higher Education Statistics Agency, part of Jisc"  # type: ignore[union-attr]
    assert said[DCTERMS.license] == NamedNode("https://creativecommons.org/licenses/by/4.0/")
    assert DCTERMS.source in said
    assert said[CKG.sourceFile].value == "sector/hesa-providers.csv"  # type: ignore[union-attr]
    assert values(store, "hesa", SKOS.prefLabel) == [
        f"Elsewhere University, by {HESA}",
        f"Northgate University, by {HESA}",
    ]


HESA = "HESA: higher education providers"
FINANCE = "income from research grants and contracts"
GTR = "Gateway to Research: organisations"


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (
            "case-studies-by-region",
            [
                ("North East", "2", "1", "Gateway to Research: organisations"),
                ("North East", "2", "1", "Gateway to Research: projects"),
                ("North East", "2", "1", HESA),
                ("North East", "2", "1", f"HESA: {FINANCE}"),
                ("England", "2", "1", "ROR: Research Organization Registry"),
            ],
        ),
        ("case-studies-by-mission-group", [("N3", "2", "1", "Mission groups")]),
        (
            "case-studies-by-research-income",
            [
                ("10 to 100 million", "2", "1", HESA),
                ("below 10 million", "2", "1", f"HESA: {FINANCE}"),
            ],
        ),
        (
            "initiatives-of-signatories",
            [
                ("hr-excellence-in-research-award", "northgate-university"),
                ("technician-commitment", "northgate-university"),
            ],
        ),
        ("holders-without-case-study", [("technician-commitment", "Nobody College", "")]),
        (
            "known-elsewhere",
            [
                (f"{GTR} (API)", "Other", "2A1B2C3D-0000-4000-8000-ABCDEFABCD01"),
                (HESA, "Elsewhere University", "10000099"),
                ("HESA: list of providers", "Closed College", "0008"),
                ("ROR: Research Organization Registry", "Ness Institute", "024mrxd33"),
                ("Technician Commitment: signatories", "Nobody College", ""),
                ("The OfS Register", "Other Ltd", "10000099"),
            ],
        ),
    ],
)
def test_saved_queries_join_the_datasets(
    loaded: tuple[Store, BuildResult], query: str, rows: list[tuple[str, ...]]
) -> None:
    store, _ = loaded
    text = (PROJECT / "sparql" / "queries" / f"{query}.rq").read_text("utf-8")
    found = [
        tuple(term.value.rpartition("/")[2] if term else "" for term in row)
        for row in store.query(text)  # type: ignore[union-attr]
    ]
    assert [row[: len(rows[0])] for row in found] == rows


def test_a_lookup_knows_what_the_datasets_give(loaded: tuple[Store, BuildResult]) -> None:
    _, outcome = loaded
    names = NameIndex(outcome.release.folder / "names.sqlite")
    for text in ("https://openalex.org/I7", "Q7", "2a1b2c3d-0000-4000-8000-abcdefabcdef"):
        known = recognise_identifier(text)
        assert known is not None
        assert [names.load_entity(n).iri for n in names.find_entity_numbers(*known)] == [
            NORTH.value
        ]
    reviewed = match_name(names, MatchQuery("The Northgate University"))[0]
    assert (reviewed.entity.iri, reviewed.sure) == (NORTH.value, True)
    names.close()


def test_a_download_without_its_day_is_told(loaded: tuple[Store, BuildResult]) -> None:
    _, outcome = loaded
    undated = [f for f in outcome.findings if f.code == "sector-undated"]
    assert len(undated) == 16
    assert "retrieved = 2026-" in undated[0].message


def test_a_name_alone_joins_nothing(tiny: Settings) -> None:
    with_downloads(tiny, {k: v for k, v in DOWNLOADS.items() if k.startswith("tech")})
    store, _ = built(tiny)
    assert values(store, "technician-commitment", CKG.recordOf) == []
    assert len(values(store, "technician-commitment", CKG.listedIn)) == 2


def test_without_a_download_nothing_is_loaded_and_nothing_told(tiny: Settings) -> None:
    with_downloads(tiny, {})
    _, outcome = built(tiny)
    assert not [f for f in outcome.findings if f.code.startswith("sector")]


def test_datasets_that_disagree_both_stay_and_a_data_issue_says_so(tiny: Settings) -> None:
    folder = with_downloads(tiny, {})
    text = (folder / "mission-groups.toml").read_text("utf-8")
    ror_join = '\n[[join]]\ncolumn = "ROR"\nscheme = "ror"\n'
    (folder / "mission-groups.toml").write_text(text + ror_join, "utf-8")
    rows = f"UKPRN,ROR,Institution,Mission group\n10000098,{ROR},Northgate University,N3\n"
    (folder / "mission-groups.csv").write_text(rows, "utf-8")
    store, outcome = built(tiny)
    (issue,) = [f for f in outcome.findings if f.code == "disagreeing-identifiers"]
    assert "10000098" in issue.message and UKPRN in issue.message
    stated = f"{BASE}id/stated-identifier/ukprn-10000098"
    assert values(store, "mission-groups", CKG.statesIdentifier) == [stated]


def test_a_link_to_a_withdrawn_record_stops_the_build(tiny: Settings) -> None:
    text = ror().replace("https://ror.org/024mrxd33", ROR, 1).replace('"active"', '"withdrawn"', 1)
    with_downloads(tiny, {"ror-data.json": text})
    with pytest.raises(DataError) as caught:
        built(tiny)
    (finding,) = [f for f in caught.value.findings if f.code == "link-withdrawn"]
    assert f"{ROR} was withdrawn by its register" in finding.message


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("hesa.toml", ('key = "UKPRN"', 'kye = "UKPRN"'), "“kye” means nothing here"),
        ("hesa.toml", ('datatype = "decimal"', 'datatype = "money"'), "datatype is “money”"),
        ("hesa.toml", ('scheme = "ukprn"', 'scheme = "vat"'), "needs a column and a scheme"),
        ("hesa.toml", ("title = ", "title "), "this is not TOML"),
        ("hesa.toml", ('publisher = "H', 'publisher = ""\n#"H'), "publisher is missing"),
        ("hesa-providers.csv", ("UKPRN,HE", "UK,HE"), "has no column UKPRN; its columns are “UK”"),
        ("hesa-providers.csv", (",London,\n", ",Lon"), "is it cut?"),
        ("openalex-institutions.json", ("]}", ""), "the JSON breaks off"),
    ],
)
def test_a_broken_descriptor_or_download_is_refused(
    tiny: Settings, name: str, change: tuple[str, str], sentence: str
) -> None:
    wanted = ("hesa-providers.csv", "openalex-institutions.json")
    folder = with_downloads(tiny, {k: v for k, v in DOWNLOADS.items() if k in wanted})
    text = (folder / name).read_text("utf-8")
    assert change[0] in text
    (folder / name).write_text(text.replace(*change), "utf-8")
    library = DocumentSet(tiny)
    with pytest.raises(DataError) as caught:
        for item in library.items:
            if item.name.startswith("sector/"):
                library.read(item)
    assert sentence in "\n".join(map(str, caught.value.findings))


def test_a_term_that_does_not_exist_and_what_cannot_be_read_stop_the_build(
    tiny: Settings,
) -> None:
    folder = with_downloads(tiny, {"hesa-providers.csv": DOWNLOADS["hesa-providers.csv"]})
    text = (folder / "hesa.toml").read_text("utf-8")
    (folder / "hesa.toml").write_text(text.replace("ckg:region", "ckg:regoin"), "utf-8")
    other = text.replace("ckg:region", "nope:region")
    (folder / "other.toml").write_text(other, "utf-8")
    (folder / "odd.toml").write_text(text.replace("title = ", "title "), "utf-8")
    with pytest.raises(DataError) as caught:
        built(tiny)
    errors = {str(f) for f in caught.value.findings if f.severity is Severity.ERROR}
    assert len(errors) == 3
    for name, sentence in (
        ("hesa-providers.csv", "maps to “ckg:regoin”"),
        ("hesa-providers.csv", "maps to “nope:region”"),
        ("odd.toml", "this is not TOML"),
    ):
        assert any(f"sector/{name}:" in error and sentence in error for error in errors), errors


def test_a_download_of_rdf_is_a_graph_of_its_own(tiny: Settings) -> None:
    folder = with_downloads(tiny, {})
    (folder / "own.toml").write_text(
        'title = "Own"\npublisher = "Us"\nlicence = "https://x.example/"\nsource = "Here"\n'
        'file = "own.ttl"\nkey = "x"\nretrieved = 2026-11-26\n',
        "utf-8",
    )
    turtle = f'<{NORTH.value}> <{CKG.region.value}> "North" .\n'
    (folder / "own.ttl").write_text(turtle, "utf-8")
    store, _ = built(tiny)
    assert values(store, "own", CKG.region) == ["North"]
    graph = NamedNode(f"{BASE}graph/sector-own")
    days = {q.object.value for q in store.quads_for_pattern(graph, CKG.retrieved, None, None)}  # type: ignore[union-attr]
    assert days == {"2026-11-26"}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a", ["x"]),
        ("b.c", [1, 2]),
        ("b[t=y].c", [2]),
        ("b[k=q].c", [1]),
        ("none.c", []),
        ("b.c.d", []),
    ],
)
def test_paths_into_json(path: str, found: list[Any]) -> None:
    value = {"a": "x", "b": [{"c": 1, "k": ["p", "q"]}, {"c": 2, "t": "y"}]}
    assert list(resolve_json_path(value, path)) == found
