"""Fixtures that every test may use, and the rule that CI skips nothing."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from loader.release.build import BuildResult, build
from loader.settings import Settings

PROJECT = Path(__file__).parents[1]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing that a test needs may be missing, a skipped test is a failed one."""
    report = yield
    if (
        report.skipped
        and os.environ.get("CONCORDAT_KG_NO_SKIPS")
        and not hasattr(report, "wasxfail")
    ):
        report.outcome = "failed"
        report.longrepr = f"skipped where it should run: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def project() -> Path:
    """The checkout."""
    return PROJECT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of source documents and public test data, beside the project."""
    folder = PROJECT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the source documents are not beside this checkout (../shared)")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no chromium on this machine (on Debian: apt-get install chromium)")
    return found


def copy_tiny(target: Path) -> Path:
    """A copy of the miniature project, with the real classes, shapes, checks and page queries."""
    shutil.copytree(PROJECT / "tests" / "tiny", target)
    for name in ("catalogue.yaml", "concordat.ttl", "dataset.ttl", "prefixes.ttl", "shapes.ttl"):
        shutil.copy(PROJECT / "ontology" / name, target / "ontology" / name)
    for name in ("checks", "describing", "facets", "index", "links", "pages"):
        shutil.copytree(PROJECT / "sparql" / name, target / "sparql" / name)
    return target


@pytest.fixture
def tiny(tmp_path: Path) -> Settings:
    """The miniature project, in a folder of the test's own, not built yet."""
    root = copy_tiny(tmp_path / "tiny")
    return Settings(root=root, data=(root / "data",), out=tmp_path / "build")


@pytest.fixture(scope="session")
def tiny_built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, BuildResult]:
    """The miniature project as a release that no test may change."""
    folder = tmp_path_factory.mktemp("tiny-built")
    root = copy_tiny(folder / "tiny")
    settings = Settings(root=root, data=(root / "data",), out=folder / "build")
    return settings, build(settings, quiet)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, BuildResult]:
    """The project's own data as a release that no test may change."""
    out = tmp_path_factory.mktemp("shipped") / "build"
    settings = Settings(root=PROJECT, data=(PROJECT / "data",), out=out)
    return settings, build(settings, quiet)


@pytest.fixture
def in_folder(tmp_path: Path) -> Iterator[Path]:
    """Run the test inside an empty folder, and come back."""
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)


def quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""
