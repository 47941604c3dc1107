"""The endpoint over a small release, in this process and behind a real server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.engine.protocol import QueryLimits
from query_ui.http.outer_layers import get_front
from query_ui.server import PAGE_THREADS
from tests.query_ui.http.servers import running_server
from tests.query_ui.releases import EXAMPLE, publish

PROJECT = Path(__file__).parents[4]


def settings_over(folder: Path, trig: str = EXAMPLE) -> Settings:
    """A project with the real page queries, no saved query, and a release of a few statements."""
    root = folder / "root"
    (root / "sparql" / "queries").mkdir(parents=True)
    (root / "sparql" / "pages").symlink_to(PROJECT / "sparql" / "pages")
    (root / "ontology").symlink_to(PROJECT / "ontology")
    return Settings(root=root, out=publish(folder / "build", trig=trig))


@contextmanager
def serving(settings: Settings, limits: QueryLimits | None = None) -> Iterator[int]:
    """The port of a server in this process, for the length of a ``with`` block."""
    kept = limits or QueryLimits()
    engine = open_engine(settings)
    visitors = engine.isolate(kept)
    app = create_app(settings, engine, visitors)
    try:
        threads = kept.max_concurrent_queries + PAGE_THREADS
        with running_server(app, threads, get_front(app)) as port:
            yield port
    finally:
        visitors.close()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A project over the example release."""
    return settings_over(tmp_path_factory.mktemp("service"))


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    """The site with its endpoint."""
    return create_app(settings, open_engine(settings))


@pytest.fixture
def client(app: Flask) -> Client:
    """Somebody who asks it."""
    return Client(app)
