"""The real OpenRefine, from a messy table to one with columns of ours: nothing is simulated."""

import csv
import io
import json
import shutil
import socket
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.reconciliation.registries.registry_service import open_registries
from tests.query_ui.conftest import answering
from tests.query_ui.reconciliation.openrefine import Refine, running

MESSY = """Institution,ROR
Univ. of Durham,
"Kings College, London",
KCL,
University of Yrok,
York University,https://ror.org/04m01e293
York University,
 the university of   LEEDS ,
"Newcastle University, Australia",
,nothing
Nowhere College,
"""


@pytest.fixture(scope="module")
def openrefine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Refine]:
    """OpenRefine, where it is installed: its start takes longer than a test."""
    if shutil.which("openrefine") is None:
        pytest.skip("no openrefine on this machine (on Debian: apt-get install openrefine)")
    with running(tmp_path_factory.mktemp("refine"), free_port()) as refine:
        yield refine


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_messy_table_leaves_with_our_columns(shipped_address: str, openrefine: Refine) -> None:
    """Project, reconcile with the ROR column as evidence, extend with two columns, export."""
    service = f"{shipped_address}/reconcile"
    ror = {"column": "ROR", "propertyName": "ROR", "propertyID": "ror"}
    openrefine.create(MESSY)
    details = [ror | {"property": {"id": "ror", "name": "ROR"}}]
    openrefine.reconcile("Institution", service, details, "organisation")
    openrefine.extend("Institution", service, ["ukprn", "case-studies"], 1)
    table = list(csv.reader(io.StringIO(openrefine.export())))
    assert table[0] == ["Institution", "UKPRN", "How many case studies", "ROR"]
    assert [row[:3] for row in table[1:]] == [
        ["Durham University", "10007143", "0"],
        ["King's College London", "10003645", "0"],
        ["KCL", "", ""],
        ["University of Yrok", "", ""],
        ["University of York", "10007167", "2"],
        ["York University", "", ""],
        ["University of Leeds", "10007795", "0"],
        ["Newcastle University, Australia", "", ""],
        ["", "", ""],
        ["Nowhere College", "", ""],
    ]


@contextmanager
def serving(settings: Settings, registry: Path, folder: Path) -> Iterator[str]:
    """The site over HTTP with a registry of the name ``list``: the address of its service."""
    registries = open_registries([("list", registry)], folder)
    site = create_app(settings, open_engine(settings), registries=registries)
    with answering(site) as address:
        yield f"{address}/reconcile/list"
    registries["list"].name_index.close()


def match_and_extend(
    refine: Refine, service: str, names: Sequence[str], properties: Sequence[str]
) -> list[list[str]]:
    """The rows of a project with one column after it is matched and has more columns."""
    with urllib.request.urlopen(service) as response:
        manifest = json.load(response)
    stream = io.StringIO()
    csv.writer(stream).writerows([["Organisation"], *([name] for name in names)])
    refine.create(stream.getvalue(), manifest["identifierSpace"])
    refine.reconcile("Organisation", service, [], manifest["defaultTypes"][0]["id"])
    refine.extend("Organisation", service, properties, 1)
    return list(csv.reader(io.StringIO(refine.export())))


def test_a_column_is_matched_with_a_registry(
    settings: Settings, openrefine: Refine, tmp_path: Path
) -> None:
    (tmp_path / "hesa.csv").write_text(
        "INSTID,UKPRN,ProviderName,CountryCode,Rescinded\n0001,10000001,Ness College,W,0\n"
        "0002,10000002,University of Abbots Ness,E,0\n0003,10000003,Old Arts College,S,1\n",
        "utf-8",
    )
    names = ["Ness College", "Univ. of Abbots Ness", "Old Arts College", "Nowhere College"]
    wanted = ["ukprn", "hesa", "nation", "status", "successor"]
    with serving(settings, tmp_path / "hesa.csv", tmp_path) as service:
        table = match_and_extend(openrefine, service, names, wanted)
    assert table == [
        ["Organisation", "UKPRN", "HESA", "Nation", "Status", "Successor"],
        ["Ness College", "10000001", "0001", "Wales", "active", ""],
        ["University of Abbots Ness", "10000002", "0002", "England", "active", ""],
        ["Old Arts College", "10000003", "0003", "Scotland", "inactive", ""],
        ["Nowhere College", "", "", "", "", ""],
    ]


def list_gold(datasets: Path) -> Mapping[str, str]:
    """Names of 200 organisations of the United Kingdom with their ROR ids.

    Those of the list of names come first, then names other than acronyms of records of ROR.
    """
    with (datasets / "uk-names.csv").open(encoding="utf-8", newline="") as stream:
        gold = {row["name"]: row["ror"] for row in csv.DictReader(stream)}
    lines = (datasets / "ror-gb.jsonl").read_text("utf-8").splitlines()
    records = [one for one in map(json.loads, lines) if one["status"] == "active"]
    for record in records[::15]:
        names = [text for text, kinds, _ in record["names"] if "acronym" not in kinds]
        if names and len(gold) < 200:
            gold.setdefault(names[0], record["id"])
    return gold


def test_200_organisations_are_matched_with_ror(
    settings: Settings, openrefine: Refine, shared: Path, tmp_path: Path
) -> None:
    gold = list_gold(shared / "datasets")
    assert len(gold) == 200
    wanted = ["ror", "isni", "fundref", "status"]
    with serving(settings, shared / "datasets" / "ror-gb.jsonl", tmp_path) as service:
        header, *rows = match_and_extend(openrefine, service, list(gold), wanted)
    assert header == ["Organisation", "ROR", "ISNI", "Funder id", "Status"]
    found = [row[1] for row in rows if row[0]]
    assert len(found) == 200
    pairs = list(zip(found, gold.values(), strict=True))
    assert [pair for pair in pairs if pair[0] and pair[0] != pair[1]] == []
    assert sum(bool(ror) for ror, _ in pairs) >= 190
    assert {row[4] for row in rows if row[1]} <= {"active", "inactive", "withdrawn"}
    assert sum(row[2].startswith("https://isni.org/isni/") for row in rows) > 150
    assert sum(row[3].isdigit() for row in rows) > 90
