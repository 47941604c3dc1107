"""A wheel of the project works alone: it builds, asks and serves the shipped data."""

import os
import re
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.conftest import PROJECT, Built

PATIENT = 300


@dataclass(frozen=True)
class Installed:
    """The wheel, the command installed from it, and an empty folder to work in."""

    wheel: Path
    site: Path
    folder: Path

    @property
    def command(self) -> list[str]:
        return [sys.executable, str(self.site / "bin" / "concordat-kg")]

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which the installed modules come before those of the project."""
        return os.environ | {"PYTHONPATH": str(self.site)}

    def run(self, *arguments: str) -> str:
        """Standard output of the command in the folder."""
        done = subprocess.run(
            [*self.command, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENT,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(shipped: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel built and installed without a network, and a folder with the release alone."""
    top = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(top)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = top.glob("*.whl")
    site, folder = top / "site", top / "empty"
    folder.mkdir()
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*command, "--target", str(site), str(wheel)], check=True)
    shutil.copytree(shipped[0].out, folder / "build")
    return Installed(wheel, site, folder)


def test_all_that_is_not_code_is_in_the_wheel(installed: Installed) -> None:
    names = set(zipfile.ZipFile(installed.wheel).namelist())
    for source, target in (
        ("query_ui/templates", "query_ui/templates"),
        ("query_ui/static", "query_ui/static"),
        ("sparql", "loader/content/sparql"),
        ("ontology", "loader/content/ontology"),
        ("data/case-studies", "loader/content/data/case-studies"),
    ):
        files = [path for path in (PROJECT / source).rglob("*") if path.is_file()]
        assert files
        for path in files:
            name = f"{target}/{path.relative_to(PROJECT / source).as_posix()}"
            assert name in names, name


def test_the_modules_are_those_of_the_wheel(installed: Installed) -> None:
    code = "import loader, query_ui; print(loader.__file__, query_ui.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=installed.folder,
        env=installed.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(path.startswith(str(installed.site)) for path in done.stdout.split())


@pytest.mark.long
def test_it_builds_the_same_release_in_an_empty_folder(
    installed: Installed, shipped: Built, tmp_path: Path
) -> None:
    replace(installed, folder=tmp_path).run("build", "--quiet")
    current = (tmp_path / "build" / "current").read_text("utf-8").strip()
    assert current == shipped[1].release.name
    assert [path.name for path in tmp_path.iterdir()] == ["build"]


def test_it_answers(installed: Installed) -> None:
    rows = installed.run(
        "query", "case-studies-by-keyword", "-p", "keyword=Mentoring", "--format", "csv"
    )
    assert "Network of Women+ Professors' Mentoring Scheme" in rows
    assert [path.name for path in installed.folder.iterdir()] == ["build"]


@pytest.fixture(scope="module")
def address(installed: Installed) -> Iterator[str]:
    """The address of the site, served from the empty folder."""
    with subprocess.Popen(
        [*installed.command, "serve", "--port", "0"],
        cwd=installed.folder,
        env=installed.environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        line = process.stderr.readline()
        found = re.fullmatch(r"Serving at (http://127\.0\.0\.1:\d+) – press Ctrl-C to stop\n", line)
        assert found, line + process.stderr.read()
        yield found[1]
        process.terminate()


def fetch(address: str) -> str:
    request = urllib.request.Request(address, headers={"Accept": "text/html, text/css"})
    with urllib.request.urlopen(request, timeout=PATIENT) as response:
        assert response.status == 200
        return str(response.read().decode("utf-8", "replace"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "<title>"),
        ("/case-studies/fellowship-fortnight", "Fellowship Fortnight"),
        ("/queries/case-studies-by-keyword?keyword=Mentoring", "Mentoring Scheme"),
        ("/static/site.css", "--"),
        ("/sparql", "<form"),
    ],
)
def test_it_serves_pages_and_styles(path: str, text: str, address: str) -> None:
    assert text in fetch(f"{address}{path}")


def test_the_typeface_is_served_where_it_is_bundled(address: str) -> None:
    css = fetch(f"{address}/static/site.css")
    fonts = re.findall(r"url\(\"(/[^\"]+\.woff2)", css)
    assert bool(fonts) == any((PROJECT / "query_ui" / "static" / "bundle").glob("*.woff2"))
    for path in fonts:
        assert fetch(f"{address}{path}").startswith("wOF2")
