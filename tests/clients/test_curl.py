"""curl, as in the guides."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.questions import ENDLESS, GRAPH, LABELS, OBLIGATIONS, PRINCIPLES, WRONG


@pytest.fixture(scope="module")
def curl() -> str:
    """The path of the program."""
    found = shutil.which("curl")
    if found is None:
        pytest.skip("no curl on this machine (on Debian: apt-get install curl)")
    return found


def said(curl: str, *arguments: str, code: int = 0) -> str:
    """What it prints, where it ends as it should."""
    ran = subprocess.run(
        [curl, "--silent", "--show-error", "--max-time", "60", *arguments],
        capture_output=True,
    )
    assert ran.returncode == code, ran.stderr.decode()
    return ran.stdout.decode()


def test_by_address_and_by_form(curl: str, endpoint: str) -> None:
    asked = ("--data-urlencode", f"query={OBLIGATIONS}", endpoint)
    for way in ((), ("--get",)):
        rows = json.loads(said(curl, *way, *asked))["results"]["bindings"]
        assert rows[0]["n"]["value"] == "59"
    assert said(curl, "-H", "Accept: text/csv", *asked) == "n\r\n59\r\n"


def test_a_file_is_sent_as_it_is(curl: str, endpoint: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.rq"
    path.write_text(PRINCIPLES, encoding="utf-8")
    sent = ("--data-binary", f"@{path}", "-H", "Content-Type: application/sparql-query")
    tsv = said(curl, *sent, "-H", "Accept: text/tab-separated-values", endpoint)
    assert [line.split("\t")[1] for line in tsv.splitlines()] == [
        "?label",
        *(f'"{label}"@en' for label in LABELS),
    ]


def test_the_method_query(curl: str, endpoint: str) -> None:
    sent = ("--data-raw", GRAPH, "-H", "Content-Type: application/sparql-query")
    lines = said(curl, "-X", "QUERY", *sent, "-H", "Accept: application/n-triples", endpoint)
    assert len(lines.splitlines()) == len(LABELS)
    assert all(f'"{label}"@en .' in lines for label in LABELS)


def test_compressed_answers_are_unpacked(curl: str, site: str) -> None:
    plain = said(curl, f"{site}/queries/obligations.csv")
    assert said(curl, "--compressed", f"{site}/queries/obligations.csv") == plain
    assert len(plain) > 1024


def test_faults_end_with_a_fault(curl: str, endpoint: str) -> None:
    wrong = ("--fail", "--get", "--data-urlencode", f"query={WRONG}", endpoint)
    assert said(curl, *wrong, code=22) == ""
    kept = said(curl, "--fail-with-body", *wrong[1:], "-H", "Accept: text/plain", code=22)
    assert "line 1" in kept
    stopped = ("--data-urlencode", f"query={ENDLESS}", "--data-urlencode", "timeout=0.3")
    assert said(curl, "--fail", "--get", *stopped, endpoint, code=22) == ""
