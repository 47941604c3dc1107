"""The command ``link adopt``: records of a registry become rows that a build loads."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyoxigraph import NamedNode, QuerySolutions, Store

from loader.namespaces import SKOS
from loader.release.build import build
from loader.release.release_folder import Release
from loader.settings import Settings
from query_ui.cli.main import main
from tests.conftest import PROJECT, quiet
from tests.loader.release.registers.samples import ABBOTS, OLD, records

KIND = ("--kind", "higher education institution")


@pytest.fixture
def project(
    tiny: Settings, tiny_release: Release, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """The miniature project, built, as the working directory, with a registry beside its data."""
    monkeypatch.chdir(tiny.root)
    # An organisation of the miniature has the Wikidata item Q1.
    text = json.dumps(records()).replace('"Q1"', '"Q71"')
    Path("ror.json").write_text(text, "utf-8")
    yield tiny


def adopt(project: Settings, *arguments: str, answer: str = "") -> Result:
    command = ["link", "adopt", *arguments, "--registry", "ror.json", "--out", str(project.out)]
    return CliRunner().invoke(main, [*command, *KIND], input=answer)


def test_a_record_becomes_an_organisation_with_its_identifiers(project: Settings) -> None:
    told = adopt(project, ABBOTS, answer="y\n")
    assert told.exit_code == 0, told.output
    assert "Abbots Ness University" in told.output and "Write 1 row into" in told.output
    (row,) = csv.DictReader(Path("data/adopted.csv").read_text("utf-8").splitlines())
    assert row["ror"] == row["source"] == ABBOTS
    assert row["alt_names"] == "Prifysgol Abbots | University of Abbots Ness | ANU"
    assert row["note"].endswith(f" from ror.json, record {ABBOTS}.")
    outcome = build(project, quiet)
    assert not [f for f in outcome.findings if "adopted" in f.path]
    release = outcome.release
    store = Store.read_only(str(release.folder / "store"))
    named = store.query(
        f"SELECT ?o {{ ?o <{SKOS.prefLabel.value}> ?name ; <{SKOS.exactMatch.value}> <{ABBOTS}> "
        'FILTER (STR(?name) = "Abbots Ness University") }'
    )
    assert isinstance(named, QuerySolutions)
    assert isinstance(next(named)["o"], NamedNode)


def test_nothing_is_written_without_a_yes(project: Settings) -> None:
    assert adopt(project, ABBOTS, answer="n\n").exit_code == 1
    assert not Path("data/adopted.csv").exists()


def test_a_record_is_adopted_once(project: Settings) -> None:
    assert adopt(project, ABBOTS, "--yes").exit_code == 0
    again = adopt(project, ABBOTS, "--yes")
    assert again.exit_code == 2
    assert "has Abbots Ness University already" in again.output
    build(project, quiet)
    Path("data/adopted.csv").rename("data/moved.csv")
    known = adopt(project, ABBOTS, "--yes")
    assert known.exit_code == 2
    assert "is here already as Abbots Ness University" in known.output
    assert not Path("data/adopted.csv").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (OLD, f"is withdrawn in the registry. Its successor is {ABBOTS}."),
        ("https://ror.org/0abcdef23", "No record of the registry has the identifier"),
        ("Abbots Ness", "It has no known form"),
    ],
)
def test_what_cannot_be_adopted_is_told(project: Settings, text: str, sentence: str) -> None:
    told = adopt(project, text, "--yes")
    assert (told.exit_code, Path("data/adopted.csv").exists()) == (2, False)
    assert sentence in told.output


def test_a_table_of_something_else_is_left(project: Settings) -> None:
    Path("data/adopted.csv").write_text("title\nA study\n", "utf-8")
    told = adopt(project, ABBOTS, "--yes")
    assert told.exit_code == 2 and "name another file with --output" in told.output
    assert Path("data/adopted.csv").read_text("utf-8") == "title\nA study\n"


def test_nothing_is_written_into_the_data_that_came_with_the_program(
    project: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    text = Path("ror.json").read_text("utf-8")
    monkeypatch.chdir(tmp_path / "elsewhere")
    Path("ror.json").write_text(text, "utf-8")
    told = adopt(project, ABBOTS, "--yes")
    assert told.exit_code == 2 and "There is no folder “data” here" in told.output
    assert not (PROJECT / "data" / "adopted.csv").exists()
    assert adopt(project, ABBOTS, "--yes", "--output", "mine.csv").exit_code == 0
    assert Path("mine.csv").exists()
