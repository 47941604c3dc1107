"""A release of the shipped data, loaded into one engine after another."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from loader.release.build import BuildResult, build
from loader.release.release_folder import Release
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.cli.exporting import export_release
from query_ui.engine import open_engine, open_engine_of_release
from query_ui.engine.held_release import find_local_release
from query_ui.engine.protocol import Engine, QueryLimits
from tests.conftest import copy_tiny, quiet
from tests.engines.programs import PREPARE, EngineProcess, running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that only ``make test-engines`` runs it."""
    for item in items:
        if "tests/engines/" in item.nodeid:
            item.add_marker(pytest.mark.engines)


@pytest.fixture(scope="session")
def release_file(
    shipped: tuple[Settings, BuildResult], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The file that the guide loads into an engine."""
    path = tmp_path_factory.mktemp("release") / "release.nq"
    export_release(path, shipped[1].release, "", shipped[0].ontology, has_release_statement=True)
    return path


@pytest.fixture(scope="session", params=PREPARE)
def server(
    request: pytest.FixtureRequest, release_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EngineProcess]:
    """An engine with the release; pytest stops one before it starts the next."""
    folder = tmp_path_factory.mktemp(request.param)
    with running(PREPARE[request.param](folder, release_file)) as engine:
        yield engine
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def remote(server: EngineProcess, shipped: tuple[Settings, BuildResult]) -> Iterator[Engine]:
    """The site's engine on that engine."""
    engine = open_engine_of_release(
        shipped[0], server.query_address, find_local_release(shipped[0].out)
    )
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def embedded(shipped: tuple[Settings, BuildResult]) -> Iterator[Engine]:
    """The engine that is right by definition."""
    engine = open_engine(shipped[0])
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def two_releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, list[Release]]:
    """Two releases of the miniature project in one build folder; the second is current."""
    folder = tmp_path_factory.mktemp("two")
    root = copy_tiny(folder / "tiny")
    settings = Settings(root, (root / "data",), folder / "build")
    first = build(settings, quiet, unproved=True).release
    path = root / "data" / "organisations.csv"
    path.write_text(
        path.read_text("utf-8").replace("Northgate University,", "Northgate College,"), "utf-8"
    )
    return settings, [first, build(settings, quiet, unproved=True).release]


@pytest.fixture(params=PREPARE)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EngineProcess]:
    """An engine without data that may be written to."""
    with running(PREPARE[request.param](tmp_path, None)) as engine:
        yield engine


def create_site(settings: Settings, engine: Engine) -> Iterator[Flask]:
    """A site whose users' queries run in processes of their own, with the usual guard."""
    users = engine.isolate(QueryLimits(light_workers=1, heavy_workers=1))
    try:
        yield create_app(settings, engine, users)
    finally:
        users.close()


@pytest.fixture(scope="session")
def remote_site(remote: Engine, shipped: tuple[Settings, BuildResult]) -> Iterator[Flask]:
    """The site on the engine under test."""
    yield from create_site(shipped[0], remote)


@pytest.fixture(scope="session")
def embedded_site(embedded: Engine, shipped: tuple[Settings, BuildResult]) -> Iterator[Flask]:
    """The site on the embedded store."""
    yield from create_site(shipped[0], embedded)
