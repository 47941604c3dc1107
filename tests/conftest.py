"""Fixtures that every test may use, and the rule that CI skips nothing."""

import gc
import os
import pickle
import shutil
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import jinja2
import pytest
from filelock import FileLock
from flask import Flask
from flask.templating import Environment

from loader.release.build import BuildResult, build
from loader.release.release_folder import Release, current_release
from loader.release.release_manifest import find_damage
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine

PROJECT = Path(__file__).parents[1]

SLOW_FIXTURES = {
    "shipped",
    "tiny",
    "tiny_built",
    "seeds",
    "chromium",
    "curl",
    "node",
    "openrefine",
    "rscript",
    "soffice",
    "strace",
}
"""What takes long to make, such as a release of documents, or is a program that a machine may lack.

Their tests are slow.
"""

SLOW_FILES = (
    "tests/clients/",
    "tests/loader/readers/test_dataset_descriptor.py",
    "tests/loader/readers/test_workbook.py",
    "tests/loader/release/test_backup.py",
    "tests/loader/release/test_build.py",
    "tests/loader/release/test_bulk_load.py",
    "tests/loader/release/name_index/test_name_process.py",
    "tests/loader/release/test_disk_space.py",
    "tests/loader/release/test_document_cache.py",
    "tests/loader/release/test_document_check.py",
    "tests/loader/release/test_incremental_graph.py",
    "tests/loader/release/test_index_build.py",
    "tests/loader/release/test_kept_releases.py",
    "tests/loader/release/test_release_diff.py",
    "tests/loader/test_sector_samples.py",
    "tests/loader/validation/test_shacl.py",
    "tests/loader/validation/test_skos_conditions.py",
    "tests/query_ui/assistants/test_mcp_endpoint.py",
    "tests/query_ui/cli/test_adopt_command.py",
    "tests/query_ui/cli/test_backup_commands.py",
    "tests/query_ui/cli/test_diff_command.py",
    "tests/query_ui/cli/test_log_options.py",
    "tests/query_ui/cli/test_main.py",
    "tests/query_ui/cli/test_mcp_command.py",
    "tests/query_ui/cli/test_progress_bar.py",
    "tests/query_ui/endpoint/protocol/test_conformance.py",
    "tests/query_ui/endpoint/protocol/test_hostile.py",
    "tests/query_ui/endpoint/protocol/test_kept_release.py",
    "tests/query_ui/endpoint/test_metrics.py",
    "tests/query_ui/endpoint/test_openapi.py",
    "tests/query_ui/endpoint/test_openapi_client.py",
    "tests/query_ui/engine/test_release_download.py",
    "tests/query_ui/engine/test_service_snapshots.py",
    "tests/query_ui/engine/test_worker_engine.py",
    "tests/query_ui/engine/test_worker_main.py",
    "tests/query_ui/graph/test_query_layout.py",
    "tests/query_ui/http/test_connection.py",
    "tests/query_ui/http/test_request_input.py",
    "tests/query_ui/http/test_request_limits.py",
    "tests/query_ui/http/test_task_gate.py",
    "tests/query_ui/http/test_wsgi_bridge.py",
    "tests/query_ui/isolation/",
    "tests/query_ui/reconciliation/matching/test_affiliation.py",
    "tests/query_ui/reconciliation/matching/test_affiliation_choice.py",
    "tests/query_ui/site/test_address_citations.py",
    "tests/query_ui/site/test_changes.py",
    "tests/query_ui/site/test_crawl.py",
    "tests/query_ui/site/test_hostile_content.py",
    "tests/query_ui/site/test_kept_pages.py",
    "tests/query_ui/site/test_notebooks.py",
    "tests/query_ui/site/test_record_pages.py",
    "tests/query_ui/site/test_sitemap.py",
    "tests/query_ui/site/test_trust_badges.py",
    "tests/query_ui/static_edition/test_edition_writer.py",
    "tests/query_ui/test_damaged_release.py",
    "tests/query_ui/test_page_processes.py",
    "tests/query_ui/test_pinned_release.py",
    "tests/query_ui/test_proxy.py",
    "tests/query_ui/test_release_change.py",
    "tests/query_ui/test_response_reuse.py",
    "tests/query_ui/test_server.py",
    "tests/query_ui/test_torture.py",
    "tests/test_contracts.py",
    "tests/test_growth.py",
    "tests/test_questions.py",
    "tests/test_systemd_unit.py",
    "tests/test_wheel.py",
)
"""Files whose tests make releases of their own, start programs, wait for limits or ask much.

``make test-quick`` does not even read them.
"""

# A deadline for each example would fail on a busy machine. ``make test-long`` tries many.
# CI repeats the same examples, so that a commit that passed passes again.
REPEATABLE = bool(os.environ.get("CI"))
for _name, _examples in (("few", 15), ("many", 500), ("torture", 2000)):
    hypothesis.settings.register_profile(
        _name, max_examples=_examples, deadline=None, derandomize=REPEATABLE
    )
hypothesis.settings.load_profile("few")


class CompiledTemplates(jinja2.BytecodeCache):
    """Templates as Jinja compiled them, kept in memory for all applications of a run.

    Hundreds of tests create an application of their own, and each would compile its templates.
    https://jinja.palletsprojects.com/en/stable/api/#bytecode-cache
    """

    def __init__(self) -> None:
        self._code_by_key: dict[str, bytes] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Fill a bucket; Jinja compares the checksum of the source."""
        if bucket.key in self._code_by_key:
            bucket.bytecode_from_string(self._code_by_key[bucket.key])

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Keep what is in a bucket."""
        self._code_by_key[bucket.key] = bucket.bytecode_to_string()


COMPILED_TEMPLATES = CompiledTemplates()


class TemplateEnvironment(Environment):
    """The environment of Flask, with the templates that were compiled before."""

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, bytecode_cache=COMPILED_TEMPLATES, **options)


Flask.jinja_environment = TemplateEnvironment  # type: ignore[assignment]


# Collecting tests makes millions of objects, and nearly all of them stay.
gc.disable()


def pytest_collection_finish() -> None:
    """Take the collected tests out of the sight of the garbage collector: they stay to the end.

    There are thousands, and each full collection would look at all of them. The collector begins
    as rarely as in a build: with Python's thresholds it takes a tenth of the time of the tests.
    """
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out, unread, the files of which ``-m`` wants no test: some of them import much."""
    wanted = config.option.markexpr.split(" and ")
    folders = [*(SLOW_FILES if "not slow" in wanted else ())]
    folders += ["tests/engines/"] if "not engines" in wanted else []
    name = collection_path.relative_to(PROJECT).as_posix()
    return True if f"{name}/".startswith(tuple(folders)) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow by what it needs and where it stands."""
    for item in items:
        needed = set(getattr(item, "fixturenames", ()))
        if needed & SLOW_FIXTURES or item.nodeid.startswith(SLOW_FILES):
            item.add_marker(pytest.mark.slow)


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
    """A copy of the miniature project, with the real ontology and page queries, its own tags."""
    shutil.copytree(PROJECT / "tests" / "tiny", target)
    own = {"keywords.ttl", "beneficiaries.ttl", "stakeholders.ttl", "principles.ttl"}
    shutil.copytree(
        PROJECT / "ontology",
        target / "ontology",
        ignore=shutil.ignore_patterns(*own),
        dirs_exist_ok=True,
    )
    for name in ("checks", "describing", "facets", "index", "links", "pages", "updates"):
        shutil.copytree(PROJECT / "sparql" / name, target / "sparql" / name)
    return target


def link_project(root: Path, queries: Iterable[str] = ()) -> Path:
    """The real ontology and SPARQL in a folder, with those saved queries alone."""
    (root / "sparql" / "queries").mkdir(parents=True)
    names = [f"sparql/queries/{query}.rq" for query in queries]
    folders = [f"sparql/{path.name}" for path in (PROJECT / "sparql").iterdir()]
    for name in ["ontology", *(f for f in folders if f != "sparql/queries"), *names]:
        (root / name).symlink_to(PROJECT / name)
    return root


@pytest.fixture
def tiny(tmp_path: Path) -> Settings:
    """The miniature project, in a folder of the test's own, not built yet."""
    root = copy_tiny(tmp_path / "tiny")
    return Settings(root=root, data=(root / "data",), out=tmp_path / "build")


Built = tuple[Settings, BuildResult]


def build_to_read(
    factory: pytest.TempPathFactory, name: str, prepare: Callable[[Path], Settings]
) -> Iterator[Built]:
    """Build a release that tests only read, or take that of the other processes of the run.

    ``prepare`` gives the settings over a new folder. Fail where a test has changed the release.
    https://pytest-xdist.readthedocs.io/en/stable/how-to.html
    """
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    kept = folder / "outcome"
    with FileLock(folder.with_suffix(".lock")):
        if not kept.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            settings = prepare(folder)
            kept.write_bytes(pickle.dumps((settings, build(settings, quiet))))
    settings, found = pickle.loads(kept.read_bytes())
    yield settings, found
    damage = [*find_damage(found.release.folder, full=True)]
    assert damage == [], "a test has changed a release that tests only read"
    assert current_release(settings.out) == found.release, "a test has published over it"


@pytest.fixture(scope="session")
def tiny_built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The miniature project as a release that no test may change."""

    def prepare(folder: Path) -> Settings:
        root = copy_tiny(folder / "tiny")
        return Settings(root, (root / "data",), folder / "build")

    yield from build_to_read(tmp_path_factory, "tiny-built", prepare)


@pytest.fixture
def tiny_release(tiny: Settings, tiny_built: Built) -> Release:
    """The release of the miniature project in the test's own build folder, to be changed."""
    shutil.copytree(tiny_built[0].out, tiny.out)
    return current_release(tiny.out)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The project's own data as a release that no test may change."""

    def prepare(folder: Path) -> Settings:
        return Settings(PROJECT, (PROJECT / "data",), folder / "build")

    yield from build_to_read(tmp_path_factory, "shipped", prepare)


@pytest.fixture(scope="session")
def shipped_app(shipped: Built) -> Iterator[Flask]:
    """The site over the project's own data, whose state no test may change."""
    engine = open_engine(shipped[0])
    yield create_app(shipped[0], engine)
    engine.close()


@pytest.fixture
def in_folder(tmp_path: Path) -> Iterator[Path]:
    """Run the test inside an empty folder, and come back."""
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)


def quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""
