"""The guide to linking prints what the commands print, and its addresses answer."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.cli.main import main

PROJECT = Path(__file__).parents[1]
GUIDE = (PROJECT / "docs" / "guides" / "linking.md").read_text("utf-8")


def commands() -> list[tuple[str, str]]:
    """Each command that the guide shows with its output, in order."""
    blocks = re.findall(r"```console\n\$ (.*?)\n(.*?)```", GUIDE, re.DOTALL)
    assert len(blocks) >= 4
    return blocks


def test_the_guide_prints_what_the_commands_print(
    shipped: tuple[Settings, BuildResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other in one folder, as a reader types them."""
    for name in ("data", "docs", "ontology", "sparql"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    (tmp_path / "build").symlink_to(shipped[0].out)
    monkeypatch.chdir(tmp_path)
    for command, output in commands():
        said, _, asked = command.rpartition(" | ")
        typed = re.findall(r'"([^"]*)"', said)
        words = asked.removeprefix("concordat-kg ").split()
        result = CliRunner().invoke(main, words, input="".join(typed))
        assert (result.exit_code, result.output) == (0, output), command


@pytest.mark.parametrize("path", sorted(set(re.findall(r"http://127\.0\.0\.1:8000(/\w+)>", GUIDE))))
def test_the_addresses_of_the_guide_answer(path: str, shipped_app: Flask) -> None:
    client = shipped_app.test_client()
    assert client.get(path, headers={"Accept": "text/html"}).status_code == 200


def test_the_guide_names_every_saved_query_of_the_sector() -> None:
    for path in (PROJECT / "sparql" / "queries").glob("*.rq"):
        if "tags: [joining, sector]" in path.read_text("utf-8"):
            assert f"`{path.stem}`" in GUIDE
