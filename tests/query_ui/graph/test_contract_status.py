"""What is said of a query's last proof, from what the report of the release holds."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from loader.queries.contract_check import ContractCheck, hash_query_text
from loader.queries.query_files import SavedQuery, parse_saved_query
from query_ui.graph.contract_status import ContractStatusFile

NAME = "0123456789abcdef" * 4
QUERY = """#+ title: T
#+ summary: S.
#+ tags: [t]
#+ contract: {columns: [], min_rows: 1, max_ms: 100}
ASK {}
"""


@pytest.fixture
def query() -> SavedQuery:
    return parse_saved_query(QUERY, "q.rq", "q")


def write(out: Path, *proofs: dict[str, Any], built: str = "2026-11-24T02:10:33Z") -> None:
    folder = out / "releases" / NAME
    folder.mkdir(parents=True, exist_ok=True)
    content = {"built": built, "proofs": proofs} if built else {"proofs": proofs}
    (folder / "report.json").write_text(json.dumps(content), "utf-8")


def proof(**given: Any) -> dict[str, Any]:
    whole = ContractCheck("q", True, "q keeps its contract.", 15, 3.2, 2, 3, hash_query_text(QUERY))
    return asdict(whole) | given


def test_a_query_that_was_proved(tmp_path: Path, query: SavedQuery) -> None:
    write(tmp_path, proof(name="other", rows=1), proof())
    last = ContractStatusFile(tmp_path).find_status(NAME, query)
    assert last.holds
    assert last.contract_check is not None
    assert (last.release, last.built, last.contract_check.rows) == (
        NAME,
        "2026-11-24T02:10:33Z",
        15,
    )
    assert last.sentence == (
        "Tests last passed on release 0123456789ab, 2026-11-24 02:10 UTC: 15 rows in 3 ms; "
        "2 invariants and 3 examples hold."
    )


def test_a_query_that_was_published_unproved(tmp_path: Path, query: SavedQuery) -> None:
    write(tmp_path, proof(ok=False, message="q breaks its contract: it gives 0 rows."))
    last = ContractStatusFile(tmp_path).find_status(NAME, query)
    assert not last.holds
    assert last.sentence == (
        "Published without passing the tests, on release 0123456789ab, 2026-11-24 02:10 UTC: "
        "q breaks its contract: it gives 0 rows."
    )


def test_a_file_that_has_changed_since(tmp_path: Path, query: SavedQuery) -> None:
    write(tmp_path, proof(file=hash_query_text("ASK { ?s ?p ?o }")))
    last = ContractStatusFile(tmp_path).find_status(NAME, query)
    assert (last.is_changed, last.holds) == (True, False)
    assert last.sentence.endswith("hold. The file has changed since then.")


def test_what_is_not_on_record_is_not_claimed(tmp_path: Path, query: SavedQuery) -> None:
    write(tmp_path, proof(name="other"))
    last = ContractStatusFile(tmp_path).find_status(NAME, query)
    assert (last.contract_check, last.holds) == (None, False)
    assert last.sentence == ("No test is recorded for release 0123456789ab, 2026-11-24 02:10 UTC.")


@pytest.mark.parametrize("report", [None, "", "{", "\x80"])
def test_a_report_that_cannot_be_read_is_no_proof(
    tmp_path: Path, query: SavedQuery, report: str | None
) -> None:
    folder = tmp_path / "releases" / NAME
    folder.mkdir(parents=True)
    if report is not None:
        (folder / "report.json").write_bytes(report.encode("latin-1"))
    last = ContractStatusFile(tmp_path).find_status(NAME, query)
    assert last.sentence == "No test is recorded for release 0123456789ab."


def test_a_remote_endpoint_is_not_proved_here(tmp_path: Path, query: SavedQuery) -> None:
    last = ContractStatusFile(tmp_path).find_status("", query)
    assert not last.holds
    assert last.sentence.startswith("Not tested here: a remote endpoint answers")


def test_reports_of_other_versions_are_read(tmp_path: Path, query: SavedQuery) -> None:
    old = {"name": "q", "ok": True, "message": "m", "rows": 1, "ms": 2.0}
    write(tmp_path, old | {"colour": "blue"}, built="")
    last = ContractStatusFile(tmp_path).find_status(NAME, query)
    assert last.is_changed
    assert last.sentence.startswith("Tests last passed on release 0123456789ab: 1 row in 2 ms.")


def test_the_report_is_read_once_and_again_when_it_is_written_again(
    tmp_path: Path, query: SavedQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    text = Path.read_text

    def counted(path: Path, *arguments: Any) -> str:
        read.append(path)
        return text(path, *arguments)

    monkeypatch.setattr(Path, "read_text", counted)
    write(tmp_path, proof())
    proofs = ContractStatusFile(tmp_path)
    assert [proofs.find_status(NAME, query).holds for _ in range(3)] == [True, True, True]
    assert len(read) == 1
    write(tmp_path, proof(ok=False))
    os.utime(tmp_path / "releases" / NAME / "report.json", ns=(1, 1))
    assert not proofs.find_status(NAME, query).holds
    assert len(read) == 2
