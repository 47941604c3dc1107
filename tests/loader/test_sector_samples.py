"""Downloads of the sector in a data folder of their own, read by the shipped descriptors."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import QuerySolutions, Store

from loader.document import Document
from loader.errors import Finding
from loader.mapping import MappedDocument, invalid_values, map_document_parts
from loader.mapping.join_report import JOIN_CODE
from loader.mapping.provenance import graph_of
from loader.namespaces import CKG, RDF, SKOS, thing
from loader.release import bulk_load, nquads_sorter, staging, staging_graph
from loader.release.build import build, check
from loader.release.bulk_load import load_run
from loader.release.nquads_sorter import Run
from loader.settings import Settings
from loader.validation.source_locator import SourceLocator
from tests.conftest import PROJECT, quiet
from tests.sector_downloads import WRITERS, list_ukprns

JOINS = {
    "gtr-projects.csv": "2 rows: 0 kept, 0 joined",
    "hesa-finance-long.csv": "24 rows: 12 kept, 12 filtered out, 12 joined to 12 entities.",
    "hesa-provider-list.csv": "11 rows: 11 kept, 8 joined to 8 entities.",
    "ofs-register.xlsx": "2 rows: 2 kept, 1 joined to 1 entity.",
    "ref-2021-results.xlsx": "7 rows: 7 kept, 7 joined to 3 entities.",
}
"""What is said of each sample, by its name."""


def list_joins(findings: list[Finding]) -> dict[str, str]:
    return {Path(f.path).name: f.message for f in findings if f.code == JOIN_CODE}


@pytest.mark.shared
@pytest.mark.long
def test_each_sample_builds_with_proofs_and_is_checked_alike(shared: Path, tmp_path: Path) -> None:
    downloads = tmp_path / "mine" / "sector"
    downloads.mkdir(parents=True)
    for name in JOINS:
        shutil.copy(shared / "cases" / "sector-samples" / name, downloads)
    folders = (PROJECT / "data", tmp_path / "mine")
    outcome = build(Settings(PROJECT, folders, tmp_path / "build"), quiet)
    assert outcome.keeps_contracts
    told = list_joins(list(outcome.findings))
    assert told.keys() == JOINS.keys()
    for name, beginning in JOINS.items():
        assert told[name].startswith(beginning), told[name]
    checked = check(Settings(PROJECT, (PROJECT / "data",)), quiet, [tmp_path / "mine"])
    mine = [f for f in outcome.findings if f.path.startswith(str(tmp_path / "mine"))]
    assert sorted(checked) == sorted(mine)


def test_a_download_that_no_descriptor_reads_is_told(tiny: Settings) -> None:
    folder = tiny.data[0] / "sector"
    folder.mkdir()
    (folder / "strange.csv").write_text("a,b\n1,2\n", "utf-8")
    (finding,) = [f for f in build(tiny, quiet, unproved=True).findings if "sector" in f.code]
    assert (finding.path, finding.code) == (str(folder / "strange.csv"), "sector-unread")


def test_a_download_that_cannot_be_read_is_told_once(shipped_descriptors: Settings) -> None:
    download = shipped_descriptors.data[1] / "sector" / "openalex-institutions.json"
    download.write_text('{"results": 5}', "utf-8")
    found = [f for f in check(shipped_descriptors, quiet) if f.path == str(download)]
    assert [finding.code for finding in found] == ["sector-download"]


@pytest.fixture
def shipped_descriptors(tiny: Settings) -> Settings:
    """The miniature project with the shipped descriptors, and a folder of downloads beside it."""
    shutil.copytree(PROJECT / "data" / "sector", tiny.data[0] / "sector")
    downloads = tiny.root / "mine"
    (downloads / "sector").mkdir(parents=True)
    return Settings(tiny.root, (*tiny.data, downloads), tiny.out)


def test_personal_names_are_not_taken_over(shipped_descriptors: Settings) -> None:
    WRITERS["gtr-projects"](shipped_descriptors.data[1] / "sector", 20)
    descriptor = shipped_descriptors.data[0] / "sector" / "gtr-projects.toml"
    text = descriptor.read_text("utf-8").replace('keep = "joined"', 'keep = "all"')
    descriptor.write_text(text, "utf-8")
    release = build(shipped_descriptors, quiet, unproved=True).release
    written = (release.folder / "graph.nq").read_text("utf-8")
    assert "Project 19" in written
    assert "Quillfeather" not in written
    files = [path for path in release.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if b"Quillfeather" in path.read_bytes()]


def test_a_row_of_the_ref_has_at_most_twelve_statements(shipped_descriptors: Settings) -> None:
    quads = []
    for rows in (200, 400):
        WRITERS["ref-2021"](shipped_descriptors.data[1] / "sector", rows)
        outcome = build(shipped_descriptors, quiet, unproved=True)
        quads.append(outcome.quads)
    assert 6 < (quads[1] - quads[0]) / 200 <= 12


def test_each_statement_of_a_row_leads_to_its_line(shipped_descriptors: Settings) -> None:
    WRITERS["hesa-finance"](shipped_descriptors.data[1] / "sector", 4)
    release = build(shipped_descriptors, quiet, unproved=True).release
    store = Store.read_only(str(release.folder / "store"))
    query = (PROJECT / "sparql" / "queries" / "statements-and-their-sources.rq").read_text("utf-8")
    record = next(store.quads_for_pattern(None, CKG.researchIncome, None, None)).subject
    download = shipped_descriptors.data[1] / "sector" / "hesa-finance-long.csv"
    lines = download.read_text("utf-8-sig")
    found = store.query(query.replace("study:development-activity-guidance", str(record)))
    assert isinstance(found, QuerySolutions)
    said = {str(row["property"].value): row for row in found}
    row = said[CKG.academicYear.value]
    line = lines.splitlines()[int(row["firstLine"].value) - 1]
    assert row["value"].value in line and row["lastLine"].value == row["firstLine"].value
    assert row["file"].value == "sector/hesa-finance-long.csv"
    assert row["rule"].value and row["origin"].value == "source"


def test_a_dataset_is_the_same_whole_and_in_parts(
    shipped_descriptors: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    WRITERS["hesa-provider-list"](shipped_descriptors.data[1] / "sector", 11)
    whole = build(shipped_descriptors, quiet, unproved=True)
    monkeypatch.setattr(staging, "RECORDS_PER_PART", 3)
    parts = build(shipped_descriptors, quiet, unproved=True, fresh=True)
    assert parts.quads == whole.quads
    assert list_joins(list(parts.findings)) == list_joins(list(whole.findings))


def test_a_folder_with_a_descriptor_of_its_own_reads_its_download_by_that(
    shipped_descriptors: Settings,
) -> None:
    folder = shipped_descriptors.data[1] / "sector"
    WRITERS["hesa-provider-list"](folder, 3)
    text = (shipped_descriptors.data[0] / "sector" / "hesa-provider-list.toml").read_text("utf-8")
    (folder / "hesa-provider-list.toml").write_text(
        text.replace("HESA: list", "Mine: list"), "utf-8"
    )
    release = build(shipped_descriptors, quiet, unproved=True).release
    written = (release.folder / "graph.nq").read_text("utf-8")
    assert "Mine: list of providers" in written and "HESA: list of providers" not in written


def test_the_income_of_the_latest_year_counts(shipped_descriptors: Settings) -> None:
    header = (
        "UKPRN,HE Provider,Country of HE provider,Region of HE provider,Academic year,"
        "Financial year end,Category marker,Category,Value(£000s),Year End Month\n"
    )
    row = "10000001,N,England,North,{},31/07/2021,Income,Research grants and contracts,{},All\n"
    rows = [row.format("2020/21", "20,000").replace("20,000", '"20,000"'), row.format("2019/20", 5)]
    download = shipped_descriptors.data[1] / "sector" / "hesa-finance-long.csv"
    download.write_text(header + "".join(rows), "utf-8")
    release = build(shipped_descriptors, quiet, unproved=True).release
    store = Store.read_only(str(release.folder / "store"))
    query = PROJECT / "sparql" / "queries" / "case-studies-by-research-income.rq"
    found = store.query(query.read_text("utf-8"))
    assert isinstance(found, QuerySolutions)
    assert [row["band"].value for row in found] == ["10 to 100 million"]


def test_an_identifier_leads_to_the_first_row_that_states_it(
    shipped_descriptors: Settings,
) -> None:
    WRITERS["ref-2021"](shipped_descriptors.data[1] / "sector", 8)
    WRITERS["hesa-provider-list"](shipped_descriptors.data[1] / "sector", 8)
    release = build(shipped_descriptors, quiet, unproved=True).release
    store = Store.read_only(str(release.folder / "store"))
    key = thing("stated-identifier", f"ukprn-{list_ukprns()[0]}")
    query = (PROJECT / "sparql" / "queries" / "statements-and-their-sources.rq").read_text("utf-8")
    found = store.query(query.replace("study:development-activity-guidance", str(key)))
    assert isinstance(found, QuerySolutions)
    told = {(row["property"].value, row["file"].value, row["firstLine"].value) for row in found}
    rows = {"sector/ref-2021-results.xlsx": "8", "sector/hesa-provider-list.csv": "2"}
    properties = (RDF.type.value, SKOS.notation.value, CKG.register.value)
    assert told == {(prop, file, line) for prop in properties for file, line in rows.items()}
    paths = {graph_of(f"sector/{name}").value: name for name in ("ref-2021", "hesa-provider-list")}
    assert SourceLocator(store, paths).locate(key.value) == ("hesa-provider-list", 2)


def test_identifiers_of_a_row_take_four_statements_each(shipped_descriptors: Settings) -> None:
    quads = []
    for rows in (400, 600):
        WRITERS["hesa-provider-list"](shipped_descriptors.data[1] / "sector", rows)
        quads.append(build(shipped_descriptors, quiet, unproved=True).quads)
    # The record: five statements, the title and two identifiers; none of these joins.
    assert (quads[1] - quads[0]) / 200 <= 16


def test_a_large_dataset_is_loaded_while_it_is_mapped(
    shipped_descriptors: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    WRITERS["hesa-provider-list"](shipped_descriptors.data[1] / "sector", 60)
    monkeypatch.setattr(staging, "RECORDS_PER_PART", 10)
    monkeypatch.setattr(nquads_sorter, "RUN", 100)
    begun: list[int] = []
    loaded: list[Run] = []

    def map_and_count(document: Document, *rest: Any) -> Iterator[MappedDocument]:
        for part in map_document_parts(document, *rest):
            if document.reader == "sector":
                begun.append(len(loaded))
            yield part

    def load_and_count(store: Store, run: Run) -> None:
        loaded.append(run)
        load_run(store, run)

    monkeypatch.setattr(staging, "map_document_parts", map_and_count)
    monkeypatch.setattr(bulk_load, "load_run", load_and_count)
    build(shipped_descriptors, quiet, unproved=True)
    assert len(begun) == 6 and begun[0] < begun[3] < begun[5]


def write_invalid_numbers(folder: Path, rows: int) -> None:
    """Write a list of providers whose HESA numbers are all invalid."""
    header = "INSTID,UKPRN,ProviderName,CountryCode,CategoryName,FE_Provider,Rescinded\n"
    lines = "".join(f"A{n},1{n:07},Provider {n},E,,,0\n" for n in range(rows))
    (folder / "hesa-provider-list.csv").write_text(header + lines, "utf-8")


def test_an_invalid_column_is_one_finding_and_no_text_is_lost(
    shipped_descriptors: Settings,
) -> None:
    write_invalid_numbers(shipped_descriptors.data[1] / "sector", 200)
    found = build(shipped_descriptors, quiet, unproved=True)
    (finding,) = (one for one in found.findings if one.code == "sector-identifier")
    assert finding.line == 2
    assert finding.message.startswith(
        "200 values are not valid as HESA: their form or check digits are wrong. The first 10 are "
        "“A0” in line 2; “A1” in line 3;"
    )
    lines = found.release.graph.read_text("utf-8").splitlines()
    texts = {line.split('"')[1] for line in lines if f'<{CKG.unrecognisedText.value}> "' in line}
    assert {f"HESA: A{n}" for n in range(200)} <= texts


def test_many_issues_are_loaded_in_parts(
    shipped_descriptors: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_invalid_numbers(shipped_descriptors.data[1] / "sector", 200)
    monkeypatch.setattr(invalid_values, "MAX_FINDINGS", 200)
    whole = build(shipped_descriptors, quiet, unproved=True)
    assert sum(one.code == "sector-identifier" for one in whole.findings) == 200
    sizes: list[int] = []
    add = bulk_load.StagingStore.add

    def add_and_measure(self: bulk_load.StagingStore, runs: Iterable[Run]) -> Store:
        runs = list(runs)
        sizes.extend(run.triples.count(b"\n") for run in runs)
        return add(self, runs)

    monkeypatch.setattr(bulk_load.StagingStore, "add", add_and_measure)
    monkeypatch.setattr(staging_graph, "LINES_AT_ONCE", 100)
    monkeypatch.setattr(nquads_sorter, "RUN", 300)
    parts = build(shipped_descriptors, quiet, unproved=True, fresh=True)
    assert parts.release.name == whole.release.name
    assert len(sizes) > 5 and max(sizes) <= 400
