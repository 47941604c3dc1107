"""The command ``releases`` as it is typed."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loader.release.cited_releases import record_citation
from query_ui.cli.main import main
from tests.loader.release.test_release_manifest import make


@pytest.fixture
def names(tmp_path: Path) -> list[str]:
    """Three releases, the newest first."""
    reports = [f'{{"format": 1, "built": "2026-01-0{day}T00:00:00Z"}}' for day in (1, 2, 3)]
    return [make(tmp_path, text, f"<a:s> <a:p> {text!r}").name for text in reports][::-1]


def run(out: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["releases", *arguments, "--out", str(out)])


def test_list_names_each_release_with_its_state(tmp_path: Path, names: list[str]) -> None:
    run(tmp_path, "pin", names[2][:8])
    lines = run(tmp_path, "list").output.splitlines()[-3:]
    assert [line.split()[0] for line in lines] == [name[:12] for name in names]
    assert "2026-01-03 00:00" in lines[0] and "2.0 MB" in lines[0]
    assert [line.rstrip().endswith(("current", "pinned")) for line in lines] == [True, False, True]


def test_show_says_what_a_release_holds(tmp_path: Path, names: list[str]) -> None:
    output = run(tmp_path, "show", names[1][:10]).output
    assert f"release    {names[1]}\n" in output
    assert "built      2026-01-02 00:00:00 UTC" in output
    assert "format     1, 5 files, 2.0 MB" in output


def test_verify_names_the_damage_and_fails(tmp_path: Path, names: list[str]) -> None:
    assert run(tmp_path, "verify").exit_code == 0
    (tmp_path / "releases" / names[1] / "search.sqlite").unlink()
    result = run(tmp_path, "verify")
    assert result.exit_code == 1
    assert f"{names[0][:12]}  sound\n{names[1][:12]}  search.sqlite is missing\n" in result.output
    assert "`concordat-kg build` makes a damaged release" in result.output


def test_use_switches_back_and_refuses_a_damaged_release(tmp_path: Path, names: list[str]) -> None:
    assert run(tmp_path, "use", "previous").exit_code == 0
    assert (tmp_path / "current").read_text() == f"{names[1]}\n"
    (tmp_path / "releases" / names[2] / "graph.nq").unlink()
    result = run(tmp_path, "use", names[2])
    assert result.exit_code == 1
    assert "is damaged: graph.nq is missing" in result.output
    assert (tmp_path / "current").read_text() == f"{names[1]}\n"


def test_prune_keeps_two_and_those_that_are_pinned(tmp_path: Path, names: list[str]) -> None:
    run(tmp_path, "pin", names[2])
    assert "0 removed" in run(tmp_path, "prune", "--keep", "2").output
    run(tmp_path, "pin", names[2], "--off")
    assert f"removed {names[2][:12]}" in run(tmp_path, "prune", "--keep", "2").output
    assert len(list((tmp_path / "releases").iterdir())) == 2


def test_prune_keeps_those_that_are_cited_unless_told(tmp_path: Path, names: list[str]) -> None:
    record_citation(tmp_path, names[2])
    assert "cited" in run(tmp_path, "list").output
    assert "0 removed" in run(tmp_path, "prune", "--keep", "2").output
    assert (
        f"removed {names[2][:12]}" in run(tmp_path, "prune", "--keep", "2", "--cited", "0").output
    )
