"""A site over the small graph, with two saved queries of its own."""

import json
import logging
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect, sync_playwright

from loader.release.build import build
from loader.release.release_folder import current_release
from loader.release.release_manifest import build_manifest, write_manifest
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.server import PAGE_THREADS
from tests.conftest import Built, copy_tiny, quiet
from tests.query_ui.http.servers import running_server
from tests.query_ui.log_lines import Lines
from tests.query_ui.site.small import Element, parsed, small_release, small_store

PROJECT = Path(__file__).parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

BY_KEYWORD = """#+ title: Case studies by keyword
#+ summary: The case studies that carry a keyword.
#+ tags: [browse]
#+ contract: {columns: [study, title], min_rows: 1, max_ms: 500}
PREFIX concept: <https://w3id.org/concordat-kg/concept/keywords/>
PREFIX ckg: <https://w3id.org/concordat-kg/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT DISTINCT ?study ?title WHERE {
  VALUES ?keyword { concept:training }  #+ label: Keyword; choices: keywords
  VALUES ?most { 10 }  #+ label: At most
  ?study a ckg:CaseStudy ; dcterms:subject ?keyword ; dcterms:title ?title .
}
"""
MEMBERS = """#+ title: Who belongs
#+ summary: The statements about a consortium.
#+ tags: [browse]
#+ contract: {columns: [subject, predicate, object], min_rows: 1, max_ms: 500}
PREFIX organisation: <https://w3id.org/concordat-kg/id/organisation/>
CONSTRUCT { ?consortium ?property ?value } WHERE {
  VALUES ?consortium { organisation:n8 }  #+ label: Consortium; required: yes
  ?consortium ?property ?value .
}
"""


def build_tiny_site(folder: Path, tables: Mapping[str, str]) -> FlaskClient:
    """The site over the miniature project with more files in ``data/``, by name.

    ``{org}`` in a file is the name of the first organisation.
    """
    root = copy_tiny(folder / "tiny")
    organisations = (root / "data" / "organisations.csv").read_text("utf-8").splitlines()
    first = organisations[1].split(",")[0].strip('"')
    for name, text in tables.items():
        (root / "data" / name).parent.mkdir(exist_ok=True)
        (root / "data" / name).write_text(text.replace("{org}", first), "utf-8")
    settings = Settings(root=root, data=(root / "data",), out=folder / "build")
    build(settings, quiet, unproved=True)
    return create_app(settings, open_engine(settings)).test_client()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A project with the real page queries, two saved queries, and a small release."""
    root = tmp_path_factory.mktemp("small")
    (root / "sparql" / "queries").mkdir(parents=True)
    (root / "sparql" / "pages").symlink_to(PROJECT / "sparql" / "pages")
    for name in ("doctor", "facets", "index"):
        (root / "sparql" / name).symlink_to(PROJECT / "sparql" / name)
    (root / "ontology").symlink_to(PROJECT / "ontology")
    (root / "sparql" / "queries" / "by-keyword.rq").write_text(BY_KEYWORD, encoding="utf-8")
    (root / "sparql" / "queries" / "members.rq").write_text(MEMBERS, encoding="utf-8")
    return Settings(root=root, out=small_release(root / "build"))


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    """The site."""
    return create_app(settings, open_engine(settings))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who asks the site."""
    return app.test_client()


@pytest.fixture
def page(client: FlaskClient) -> Callable[[str], Element]:
    """The elements of a page as a browser gets it; the page has to be there."""

    def get(path: str) -> Element:
        response = client.get(path, headers={"Accept": BROWSER})
        assert (response.status_code, response.mimetype) == (200, "text/html"), response.text
        return parsed(response.text)

    return get


@pytest.fixture(scope="session")
def two_releases(
    tiny_built: Built, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, str, str]:
    """A project with two releases that tests only read; the older and the current one.

    In the current one "Quiet hours" has another title, and the initiative "Fair desks" is gone.
    The older one says that it was built on 5 January 2026.
    """
    folder = tmp_path_factory.mktemp("two") / "project"
    shutil.copytree(tiny_built[0].root, folder / "tiny")
    shutil.copytree(tiny_built[0].out, folder / "build")
    (folder / "tiny" / "sparql" / "doctor").symlink_to(PROJECT / "sparql" / "doctor")
    settings = Settings(folder / "tiny", (folder / "tiny" / "data",), folder / "build")
    old = current_release(settings.out)
    backdate_release(old.folder, "2026-01-05T09:00:00Z")
    data = folder / "tiny" / "data"
    study = data / "case-studies" / "quiet-hours.md"
    text = study.read_text("utf-8").replace("title: Quiet hours", "title: Silent hours")
    study.write_text(text.replace("  describes: [fair-desks]\n", ""), "utf-8")
    (data / "initiatives" / "fair-desks.md").unlink()
    new = build(settings, quiet, unproved=True).release
    return settings, old.name, new.name


def backdate_release(folder: Path, built: str) -> None:
    """Let a release say that it was built at another time."""
    report = json.loads((folder / "report.json").read_text("utf-8"))
    (folder / "report.json").write_text(json.dumps(report | {"built": built}), "utf-8")
    write_manifest(folder, build_manifest(folder))


@pytest.fixture(scope="session")
def kept_app(two_releases: tuple[Settings, str, str]) -> Iterator[Flask]:
    """The site over a project with two releases."""
    engine = open_engine(two_releases[0])
    yield create_app(two_releases[0], engine)
    engine.close()


@pytest.fixture
def kept_client(kept_app: Flask) -> FlaskClient:
    """Somebody who asks the site over two releases."""
    return kept_app.test_client()


@pytest.fixture
def own_releases(
    two_releases: tuple[Settings, str, str], tmp_path: Path
) -> tuple[Settings, str, str]:
    """The same two releases in a build folder of the test's own, with saved queries to change."""
    settings, old, new = two_releases
    shutil.copytree(settings.out, tmp_path / "build")
    shutil.copytree(settings.root, tmp_path / "project", symlinks=True)
    return Settings(tmp_path / "project", (), tmp_path / "build"), old, new


@contextmanager
def answering(site: Flask) -> Iterator[str]:
    """The site over HTTP on a free port of this machine: its address.

    The server is that of ``serve``. werkzeug's leaves the file of a response open where a browser
    leaves the page while it is sent.
    """
    with running_server(site, PAGE_THREADS) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    """Where the site over the small graph answers."""
    with answering(app) as found:
        yield found


@pytest.fixture(scope="session")
def shipped_address(shipped_app: Flask) -> Iterator[str]:
    """Where the site over the shipped data answers."""
    with answering(shipped_app) as found:
        yield found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser, which has time: a busy machine is no fault of a page."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        expect.set_options(timeout=20_000)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def store() -> pyoxigraph.Store:
    """The graph that the site shows."""
    return small_store()


@pytest.fixture
def lines() -> Iterator[Lines]:
    """The lines of the log from info on."""
    handler, logger = Lines(), logging.getLogger("concordat_kg")
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)
