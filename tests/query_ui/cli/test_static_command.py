"""The command ``static``: it writes the current release, and refuses what it cannot use."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from query_ui.cli.main import main
from tests.conftest import Built


@pytest.mark.slow
def test_the_current_release_is_written(
    tiny_built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tiny_built[0]
    monkeypatch.chdir(settings.root)
    site = tmp_path / "site"
    arguments = ["static", "--out", str(site), "--build", str(settings.out), "--processes", "1"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"{site} has ")
    assert "</h1>" in (site / "index.html").read_text("utf-8")


def test_a_base_path_that_is_no_path_is_refused(in_folder: Path) -> None:
    result = CliRunner().invoke(main, ["static", "--out", "site", "--base-path", "kg"])
    assert (result.exit_code, 'has to begin with one "/"' in result.output) == (2, True)
    assert not (in_folder / "site").exists()
