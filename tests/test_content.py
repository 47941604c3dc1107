"""The published tables against the shared facts: nothing lost, nothing added, trust as stated."""

import csv
import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import PROJECT

DATA = PROJECT / "data"
LEVELS = {
    "none": "None reported",
    "participation numbers": "Take-up figures",
    "participant feedback": "Participant feedback",
    "before-after": "Before and after",
    "independent evaluation": "Independent evaluation",
    "control group": "Control group",
}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def facts(shared: Path) -> Path:
    return shared / "facts"


@pytest.mark.shared
def test_every_practice_of_the_facts_is_published_once(facts: Path) -> None:
    ours = {row["id"]: row for row in read(DATA / "practices" / "practices.csv")}
    theirs = read(facts / "practices" / "practices.csv")
    assert len(theirs) == 291 and {row["id"] for row in theirs} <= set(ours)
    assert len(ours) == 318
    for row in theirs:
        mine = ours[row["id"]]
        assert mine["money_or_scale"] == row["money_or_scale"] or mine["second_reading"] in (
            "Read again, corrected",
            "Read again, in part",
        )
        assert (
            mine["evidence_level"] == LEVELS[row["evidence_level"]]
            or "corrected" in mine["second_reading"]
        )


@pytest.mark.shared
@pytest.mark.parametrize("table", ["practices/practices.csv", "plans/actions.csv"])
def test_no_row_links_to_a_mirror_or_a_document_sharing_site(facts: Path, table: str) -> None:
    weak = {
        row["host"].removeprefix("www.")
        for row in read(facts / "practices" / "hosts.csv")
        if row["kind_of_host"] in ("mirror or test server", "document-sharing site")
    }
    assert len(weak) > 20
    for row in read(DATA / table):
        hosts = {
            (urlsplit(address).hostname or "").removeprefix("www.")
            for address in row["source"].split(" | ")
        }
        assert not hosts & weak, row["id"]


@pytest.mark.shared
def test_a_practice_that_was_not_read_again_is_of_low_trust() -> None:
    rows = read(DATA / "practices" / "practices.csv")
    unread = [r for r in rows if r["second_reading"] in ("Not read again", "Page not found again")]
    assert unread and all(row["low_trust"] == "row" for row in unread)
    undated = [r for r in rows if r["status"] == "Running" and not r["status_date"]]
    assert all({"row", "status"} & {*row["low_trust"].split(" | ")} for row in undated)


@pytest.mark.shared
def test_every_event_of_the_facts_is_published_with_its_date(facts: Path) -> None:
    theirs = read(facts / "registers" / "awards-and-signatures.csv")
    ours = read(DATA / "registers" / "register-events.csv")
    assert len(theirs) == len(ours) == 308
    assert Counter(row["date"] for row in ours) == Counter(row["date"] for row in theirs)
    assert sum(bool(row["date"]) for row in ours) == 256


@pytest.mark.shared
@pytest.mark.parametrize(
    ("theirs", "ours", "count"),
    [
        ("practices/actions.csv", "plans/actions.csv", 149),
        ("registers/frameworks.csv", "frameworks/framework-elements.csv", 159),
        ("registers/reporting-duties.csv", "registers/reporting-duties.csv", 11),
        ("registers/ref2029-pce-pilot.csv", "registers/participations.csv", 40),
        ("registers/ref2021-environment.csv", "statistics/environment-profiles.csv", 157),
    ],
)
def test_every_row_of_the_facts_is_a_row_of_ours(
    facts: Path, theirs: str, ours: str, count: int
) -> None:
    assert len(read(facts / theirs)) == len(read(DATA / ours)) == count


@pytest.mark.shared
def test_the_relations_of_the_crosswalk_keep_their_basis(facts: Path) -> None:
    theirs = Counter(row["basis"] for row in read(facts / "registers" / "crosswalk.csv"))
    lines = (DATA / "links" / "framework-crosswalk.sssom.tsv").read_text("utf-8").splitlines()
    table = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    relations = read(DATA / "frameworks" / "framework-relations.csv")
    ours = Counter(row["basis"] for row in [*table, *relations])
    assert ours == theirs == Counter({"own reading": 122, "printed in source": 28})


@pytest.mark.shared
def test_the_environment_profiles_are_the_computed_ones(facts: Path) -> None:
    theirs = sorted(
        (float(r["fte"]), float(r["env_4star_pct"]), float(r["env_mean_computed"]))
        for r in read(facts / "registers" / "ref2021-environment.csv")
    )
    ours = sorted(
        (float(r["fte"]), float(r["four_star"]), float(r["mean"]))
        for r in read(DATA / "statistics" / "environment-profiles.csv")
    )
    assert ours == theirs


def test_every_institution_of_the_education_list_is_here_once() -> None:
    rows = read(DATA / "organisations.csv") + read(DATA / "providers.csv")
    for column in ("name", "ror", "ukprn", "hesa", "isni", "grid", "wikidata", "crossref_funder"):
        values = [row[column].casefold() for row in rows if row[column]]
        assert len(values) == len(set(values)), column
    assert len(rows) > 650


def test_no_table_speaks_of_how_the_files_were_kept() -> None:
    words = re.compile(r"stored cop|\bindex id\b|(?<![\w./])/\w+/|\.csv\b", re.IGNORECASE)
    assert words.search("read from /home/someone/page.html")
    for path in DATA.rglob("*.csv"):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            assert not words.search(line), f"{path.name}:{number}"
