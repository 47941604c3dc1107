"""The guides to commands and to adding a case study print what the commands print."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from loader.readers import read_document
from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.cli.main import main
from tests.conftest import PROJECT

GUIDES = PROJECT / "docs" / "guides"
ADDING = (GUIDES / "adding.md").read_text("utf-8")
(STUDY,) = re.findall(r"^```markdown\n(.*?)^```", ADDING, re.DOTALL | re.MULTILINE)


def list_sessions(name: str) -> list[tuple[list[str], str]]:
    """Each command of a guide, as words after ``concordat-kg``, with the output under it."""
    text = (GUIDES / name).read_text("utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    parts = [part for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    pairs = [part.partition("\n")[::2] for part in parts]
    return [(shlex.split(command)[1:], output) for command, output in pairs]


@pytest.mark.slow
def test_the_case_study_of_the_guide_is_in_order_and_a_misspelt_name_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (good, _), (bad, _), *rest = sessions = list_sessions("adding.md")
    assert good == bad == ["check", "mentoring-circle.md"]
    monkeypatch.chdir(tmp_path)
    for (words, output), institution in zip(sessions, ("University", "Univ"), strict=False):
        text = STUDY.replace("University of York", f"{institution} of York")
        Path("mentoring-circle.md").write_text(text, "utf-8")
        done = CliRunner().invoke(main, words)
        assert (done.exit_code, done.output) == (0, output)
    assert [words for words, _ in rest] == [["build"], ["serve"]]


def test_the_address_of_the_guide_is_that_of_its_case_study(tmp_path: Path) -> None:
    for name in ("mentoring-circle.md", "other.md"):
        (tmp_path / name).write_text(STUDY, "utf-8")
        (record,) = read_document(tmp_path / name, f"case-studies/{name}", 10_000).records
        assert f"`/case-studies/{record.slug}`" in ADDING


@pytest.mark.slow
def test_the_guide_to_commands_prints_what_they_print(
    shipped: tuple[Settings, BuildResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    same = set()
    for words, output in list_sessions("commands.md"):
        if words[0] != "query":
            main.commands[words[0]].make_context(words[0], words[1:])
            continue
        done = CliRunner().invoke(main, [*words, "--out", str(shipped[0].out)])
        assert (done.exit_code == 0) == (not output.startswith("Error")), done.output
        if output:
            assert done.output == output
        else:
            same.add(done.output)
    assert len(same) == 1 and "Mentoring Scheme" in same.pop()
