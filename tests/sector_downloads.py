"""Downloads of the sector in their real shape, with as many rows as wanted; all values invented."""

import csv
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from tests.conftest import PROJECT

SEED = 16


def list_ukprns() -> list[str]:
    """Return the UKPRNs that the graph has."""
    found = []
    for name in ("organisations.csv", "providers.csv"):
        with (PROJECT / "data" / name).open(encoding="utf-8") as file:
            found += [row["ukprn"] for row in csv.DictReader(file) if row.get("ukprn")]
    return found


def find_ukprn(ukprns: list[str], number: int) -> str:
    """Return a UKPRN that the graph has, or one that it has not."""
    return ukprns[number] if number < len(ukprns) else f"{19_000_000 + number}"


def list_rors() -> list[str]:
    """Return the ROR identifiers that the graph has."""
    found = []
    for name in ("organisations.csv", "providers.csv"):
        with (PROJECT / "data" / name).open(encoding="utf-8") as file:
            found += [row["ror"] for row in csv.DictReader(file) if row.get("ror")]
    return found


def write_csv(path: Path, header: list[str], rows: Iterator[list[Any]]) -> None:
    """Write a table with a byte order mark, as the sector does."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


REF_HEADER = [
    *("Institution code (UKPRN)", "Institution name", "Institution sort order", "Main panel"),
    *("Unit of assessment number", "Unit of assessment name", "Multiple submission letter"),
    *("Multiple submission name", "Joint submission", "Profile", "FTE of submitted staff"),
    *("Total FTE of submitted staff for joint submission", "% of eligible staff submitted"),
    *("4*", "3*", "2*", "1*", "Unclassified"),
]


def write_ref(folder: Path, rows: int) -> Path:
    """Write the results of the REF as a workbook: six rows of titles, four profiles a unit."""
    ukprns, path = list_ukprns(), folder / "ref-2021-results.xlsx"
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet")
    for _ in range(6):
        sheet.append(["2021 Research Excellence Framework Results"])
    sheet.append(REF_HEADER)
    for number in range(rows):
        unit, profile = divmod(number, 4)
        which, letter = divmod(unit // 34, len(ukprns))
        sheet.append(
            [
                *(int(ukprns[letter]), f"University {letter}", letter, "A", unit % 34 + 1),
                *(f"Unit {unit % 34 + 1}", f"S{which}", None, None),
                ("Overall", "Outputs", "Impact", "Environment")[profile],
                *(12.5, None, 90, "-" if number % 50 == 0 else number % 100, 20, 30, 0, 0),
            ]
        )
    book.save(path)
    return path


def write_hesa_finance(folder: Path, rows: int) -> Path:
    """Write HESA's finance data in their long form, below a preamble of 20 lines."""
    ukprns, path = list_ukprns(), folder / "hesa-finance-long.csv"
    header = [
        *("UKPRN", "HE Provider", "Country of HE provider", "Region of HE provider"),
        *("Academic year", "Financial year end", "Category marker", "Category", "Value(£000s)"),
        "Year End Month",
    ]

    def build_rows() -> Iterator[list[Any]]:
        for number in range(rows):
            place, month = divmod(number, 2)
            year, who = divmod(place, len(ukprns))
            yield [
                *(ukprns[who], f"University {who}", "England", "North East"),
                *(f"{1800 + year}/{(1801 + year) % 100:02}", f"31/07/{1801 + year}", "Income"),
                *("Research grants and contracts", number, ("All", "07, July")[month]),
            ]

    write_csv(path, header, build_rows())
    text = path.read_text("utf-8-sig")
    path.write_text("\ufeff" + "Title,HE finance\n" * 20 + text, "utf-8")
    return path


def write_hesa_providers(folder: Path, rows: int) -> Path:
    """Write HESA's list of providers, most of them without a record here.

    HESA's numbers have four digits, so those of rows after the first 10,000 are no valid ones.
    """
    ukprns, path = list_ukprns(), folder / "hesa-provider-list.csv"
    header = ["INSTID", "UKPRN", "ProviderName", "CountryCode", "CategoryName", "FE_Provider"]
    write_csv(
        path,
        [*header, "Rescinded"],
        (
            [
                f"{n:04}",
                ukprns[n] if n < len(ukprns) else f"1{n:07}",
                f"Provider {n}",
                "E",
                "",
                "",
                0,
            ]
            for n in range(rows)
        ),
    )
    return path


GTR_UUID = "0B1A2C3D-0000-4000-8000-{:012}"


def write_gtr_projects(folder: Path, rows: int) -> Path:
    """Write the table of projects of Gateway to Research, names of persons included."""
    path = folder / "gtr-projects.csv"
    header = (
        "FundingOrgName,ProjectReference,LeadROName,Department,ProjectCategory,PISurname,"
        "PIFirstName,PIOtherNames,PI ORCID iD,StudentSurname,StudentFirstName,StudentOtherNames,"
        "Student ORCID iD,Title,StartDate,EndDate,AwardPounds,ExpenditurePounds,Region,Status,"
        "GTRProjectUrl,ProjectId,FundingOrgId,LeadROId,PIId"
    ).split(",")
    uuid = GTR_UUID
    write_csv(
        path,
        header,
        (
            [
                *("EPSRC", f"EP/X{n}/1", f"University {n % 200}", "School", "Research Grant"),
                *("Quillfeather", "Given", "", "", "", "", "", "", f"Project {n}", "01/10/2022"),
                *("30/09/2025", n, 0, "North East", "Active", f"https://gtr.ukri.org/p?ref={n}"),
                *(uuid.format(n), uuid.format(1), uuid.format(n % 200), ""),
            ]
            for n in range(rows)
        ),
    )
    return path


def build_ror_record(number: int, iri: str) -> dict[str, Any]:
    """Return a record of ROR's schema v2."""
    return {
        "admin": {"created": {"date": "2018-11-14", "schema_version": "1.0"}},
        "domains": [f"u{number}.example"],
        "established": 1900 + number % 100,
        "external_ids": [{"type": "wikidata", "all": [f"Q{number}"], "preferred": f"Q{number}"}],
        "id": iri,
        "links": [{"type": "website", "value": f"https://u{number}.example"}],
        "locations": [
            {
                "geonames_id": number,
                "geonames_details": {"name": f"Town {number}", "country_code": "GB"}
                | {"country_subdivision_name": "England", "lat": 51.5, "lng": -0.1},
            }
        ],
        "names": [
            {"lang": "en", "types": ["ror_display", "label"], "value": f"University {number}"},
            {"lang": "cy", "types": ["label"], "value": f"Prifysgol {number}"},
            {"lang": None, "types": ["acronym"], "value": f"U{number}"},
        ],
        "relationships": [],
        "status": "active",
        "types": ["education"],
    }


def list_ror_iris(rows: int) -> list[str]:
    """Return as many ROR identifiers: those that the graph has, then others with check digits."""
    known = list(dict.fromkeys(list_rors()))[:rows]
    letters, drawn = "0123456789abcdefghjkmnpqrstvwxyz", random.Random(SEED)
    made: dict[str, None] = dict.fromkeys(known)
    while len(made) < rows:
        body = drawn.randrange(32**6)
        digits = "".join(letters[body >> shift & 31] for shift in range(25, -1, -5))
        made[f"https://ror.org/0{digits}{98 - body * 100 % 97:02}"] = None
    return list(made)


def write_ror(folder: Path, rows: int) -> Path:
    """Write a dump of ROR in its archive."""
    path = folder / "v2.0-2026-11-28-ror-data.zip"
    records = [build_ror_record(n, iri) for n, iri in enumerate(list_ror_iris(rows))]
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("v2.0-ror-data_schema_v2.json", json.dumps(records, indent=1))
    return path


def write_ror_json(folder: Path, rows: int) -> Path:
    """Write a dump of ROR as JSON."""
    path = folder / "v2.0-2026-11-28-ror-data.json"
    records = [build_ror_record(n, iri) for n, iri in enumerate(list_ror_iris(rows))]
    path.write_text(json.dumps(records, indent=1), "utf-8")
    return path


def write_ror_csv(folder: Path, rows: int) -> Path:
    """Write a dump of ROR as CSV, with the columns that its descriptor reads."""
    path = folder / "v2.0-2026-11-28-ror-data.csv"
    header = [
        *("id", "names.types.ror_display", "names.types.alias", "external_ids.type.isni.all"),
        *("external_ids.type.wikidata.preferred", "external_ids.type.grid.preferred"),
        *("locations.geonames_details.name", "locations.geonames_details.country_code", "status"),
    ]
    write_csv(
        path,
        header,
        (
            [
                *(iri, f"University {n}", f"no_lang_code: U{n};cy: Prifysgol {n}", "", f"Q{n + 1}"),
                *("", f"Town {n}", "GB", "active"),
            ]
            for n, iri in enumerate(list_ror_iris(rows))
        ),
    )
    return path


def write_dfe_institutions(folder: Path, rows: int) -> Path:
    """Write the list of the Department for Education, with the columns that its descriptor reads.

    HESA's numbers have four digits, so rows after the first 10,000 have none.
    """
    ukprns, path = list_ukprns(), folder / "dfe-institutions.csv"
    write_csv(
        path,
        ["ukprn", "hesa", "name", "synonyms"],
        (
            [find_ukprn(ukprns, n), f"{n:04}" if n < 10_000 else "", f"Provider {n}", f"P{n}|Q{n}"]
            for n in range(rows)
        ),
    )
    return path


def write_ukprn_list(folder: Path, rows: int) -> Path:
    """Write a list of UKPRNs and names."""
    ukprns, path = list_ukprns(), folder / "ukprn-list.csv"
    found = ([find_ukprn(ukprns, n), f"Provider {n}"] for n in range(rows))
    write_csv(path, ["UKPRN", "Provider name"], found)
    return path


def write_gtr_organisations(folder: Path, rows: int) -> Path:
    """Write Gateway to Research's organisations as a table, with the columns of its descriptor."""
    path = folder / "gtr-organisations.csv"
    found = ([GTR_UUID.format(n), f"Organisation {n}", "North East"] for n in range(rows))
    write_csv(path, ["OrganisationId", "Name", "Region"], found)
    return path


def write_gtr_organisations_json(folder: Path, rows: int) -> Path:
    """Write Gateway to Research's organisations as its API answers."""
    path = folder / "gtr-organisations.json"
    found = [
        {
            "id": GTR_UUID.format(n),
            "name": f"Organisation {n}",
            "address": None,
            "website": f"https://o{n}.example",
            "typeInd": "O",
        }
        for n in range(rows)
    ]
    path.write_text(json.dumps({"organisationsBean": {"organisations": found}}), "utf-8")
    return path


def write_openalex(folder: Path, rows: int) -> Path:
    """Write what OpenAlex answers for institutions."""
    path = folder / "openalex-institutions.json"
    found = [
        {
            "id": f"https://openalex.org/I{n}",
            "ror": iri,
            "display_name": f"University {n}",
            "country_code": "GB",
            "type": "education",
            "homepage_url": f"https://u{n}.example",
            "display_name_acronyms": ["U"],
            "ids": {"openalex": f"https://openalex.org/I{n}", "ror": iri},
            "geo": {"city": "Town", "country": "United Kingdom"},
            "associated_institutions": [],
            "works_count": n,
            "cited_by_count": n,
        }
        for n, iri in enumerate(list_ror_iris(rows))
    ]
    path.write_text(json.dumps({"meta": {"count": rows}, "results": found}), "utf-8")
    return path


def write_ofs(folder: Path, rows: int) -> Path:
    """Write the Register of the Office for Students as a workbook."""
    ukprns, path = list_ukprns(), folder / "ofs-register.xlsx"
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Register")
    sheet.append(["The OfS Register"])
    sheet.append([])
    sheet.append(
        [
            *("Provider's legal name", "Provider's UKPRN", "Provider's trading name(s)"),
            *("Provider's contact address", "Provider's email address"),
            *("Provider's telephone number", "Provider's website"),
        ]
    )
    for n in range(rows):
        ukprn = find_ukprn(ukprns, n)
        names = f"Provider {n}\nP{n}" if n % 3 else "Not applicable"
        web = f"https://p{n}.example"
        sheet.append([f"Provider {n} Ltd", ukprn, names, "1 Road\nTown", "x@example.org", "0", web])
    book.save(path)
    return path


WRITERS: dict[str, Callable[[Path, int], Path]] = {
    "ref-2021": write_ref,
    "hesa-finance": write_hesa_finance,
    "hesa-provider-list": write_hesa_providers,
    "gtr-projects": write_gtr_projects,
    "gtr-organisations": write_gtr_organisations,
    "gtr-organisations-json": write_gtr_organisations_json,
    "ofs-register": write_ofs,
    "openalex": write_openalex,
    "ror": write_ror,
    "ror-json": write_ror_json,
    "ror-csv": write_ror_csv,
    "dfe-institutions": write_dfe_institutions,
    "ukprn-list": write_ukprn_list,
}
