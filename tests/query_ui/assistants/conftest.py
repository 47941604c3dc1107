"""The site with the saved queries that tools use, over the small graph."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.engine.protocol import QueryLimits
from tests.conftest import PROJECT
from tests.query_ui.http.servers import running_server

QUERIES = ("statements-and-their-sources", "due-in-period", "compare-institutions")


@pytest.fixture(scope="session")
def assistant_settings(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The small project with the saved queries of the tools, and its release."""
    root = Path(tmp_path_factory.mktemp("assistants")) / "root"
    shutil.copytree(settings.root / "sparql" / "queries", root / "sparql" / "queries")
    for name in QUERIES:
        shutil.copy(PROJECT / "sparql" / "queries" / f"{name}.rq", root / "sparql" / "queries")
    for name in ("pages", "doctor", "facets", "index"):
        (root / "sparql" / name).symlink_to(PROJECT / "sparql" / name)
    (root / "ontology").symlink_to(PROJECT / "ontology")
    return Settings(root=root, out=settings.out)


@pytest.fixture(scope="module")
def assistant_app(assistant_settings: Settings) -> Iterator[Flask]:
    """The site, whose queries run in workers that stop after two seconds."""
    engine = open_engine(assistant_settings)
    visitors = engine.isolate(QueryLimits(seconds=2))
    yield create_app(assistant_settings, engine, visitors)
    visitors.close()
    engine.close()


@pytest.fixture(scope="module")
def assistant_address(assistant_app: Flask) -> Iterator[str]:
    """Where the site answers over HTTP."""
    with running_server(assistant_app.wsgi_app, threads=4) as port:
        yield f"http://127.0.0.1:{port}"
