"""What the documents say: commands, folders, settings and links are those that exist."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from query_ui.cli.main import main
from query_ui.engine.protocol import QueryLimits
from tests.conftest import PROJECT

PAGES = sorted(
    path.relative_to(PROJECT)
    for path in (
        *PROJECT.glob("*.md"),
        *(PROJECT / "docs").rglob("*.md"),
        PROJECT / "data/README.md",
    )
)


def read(name: str | Path) -> str:
    return (PROJECT / name).read_text("utf-8")


def test_the_guide_names_every_command_and_no_other() -> None:
    guide = read("docs/guides/commands.md")
    told = set(re.findall(r"^\| `concordat-kg ([a-z]+)", guide, re.MULTILINE))
    assert told == set(main.commands)


def test_the_layout_names_every_folder_and_no_other() -> None:
    told = set(re.findall(r"^\| `([a-z_]+)/` \|", read("CONTRIBUTING.md"), re.MULTILINE))
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    kept = {name.split("/")[0] for name in tracked if "/" in name and not name.startswith(".")}
    assert told == kept | {"build"}


def test_every_make_target_that_is_told_of_exists() -> None:
    makefile = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    told = {name for page in PAGES for name in re.findall(r"`make ([a-z]+)`", read(page))}
    assert {"serve", "test", "bench", "lint", "setup"} <= told <= makefile


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_inside_the_project_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", read(page))
    missing = [t for t in targets if not (PROJECT / page.parent / t).exists()]
    assert missing == []


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_and_option_says_what_it_is_for(name: str) -> None:
    command = main.commands[name]
    assert command.help
    options = [param for param in command.params if isinstance(param, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_help_loads_neither_engine_nor_web() -> None:
    code = (
        "import sys; from query_ui.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(*{name.split('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"rdflib", "flask", "rich", "pyrudof", "openpyxl", "yaml"} & set(done.stderr.split())


def test_the_changelog_has_the_headings_that_contributors_are_told_of() -> None:
    headings = set(re.findall(r"^### (\w+)$", read("CHANGELOG.md"), re.MULTILINE))
    assert headings == {"Site", "Ontology", "Data", "Code"}


def test_decisions_are_numbered_without_gaps() -> None:
    names = sorted(path.name for path in (PROJECT / "docs/decisions").glob("0*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_the_guide_tells_the_limits_that_hold() -> None:
    limits, guide = QueryLimits(), read("docs/guides/querying.md")
    assert f"at most {limits.seconds:g} seconds" in guide
    assert f"at most {limits.megabytes // 1024} GB of memory" in guide
    assert f"a result of at most {limits.max_result_bytes // 2**20} MB" in guide


def test_the_guide_names_terms_that_exist() -> None:
    ontology = read("ontology/concordat.ttl")
    for page in PAGES:
        for term in re.findall(r"ckg:(\w+)", read(page)):
            assert re.search(rf"^ckg:{term} ", ontology, re.MULTILINE), f"{page}: ckg:{term}"


def test_the_figures_are_those_of_the_bench() -> None:
    table = read("docs/figures.md").split("<!-- bench -->")[1].split("<!-- /bench -->")[0]
    assert re.search(r"^Measured on \d+ cores", table.strip())
    assert len(re.findall(r"^\| .* \| .* \| .* \|$", table, re.MULTILINE)) >= 10


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "README.md", "docs/terminology.md"])
def test_names_and_paths_of_the_code_exist(document: str) -> None:
    """A rename in the code must reach the documents: "`NAME` of `path.py`", and every path."""
    text = (PROJECT / document).read_text("utf-8")
    for name, path in re.findall(r"`(\w+)` (?:of|in) `([\w/]+\.py)`", text):
        code = (PROJECT / path).read_text("utf-8")
        assert re.search(rf"^(class |def )?{name}\b", code, re.MULTILINE), f"{name} of {path}"
    for path in re.findall(r"`((?:loader|query_ui|tests|sparql|ontology|docs)/[\w./-]+)`", text):
        assert (PROJECT / path).exists(), path
