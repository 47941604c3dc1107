"""A site over the small graph that serves two registries of organisations that do not exist."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.reconciliation.registries.registry_service import open_registries
from tests.loader.release.registers.samples import records

PROVIDERS = """INSTID,UKPRN,ProviderName,CountryCode,Rescinded
0001,10007799,Abbots Ness University,W,0
0002,10000001,Ness College,E,0
0003,10000002,Old Ness College,N,1
"""


@pytest.fixture(scope="module")
def registry_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ROR dump and a list of providers."""
    folder = tmp_path_factory.mktemp("registries")
    (folder / "dump.json").write_text(json.dumps(records()), "utf-8")
    (folder / "hesa.csv").write_text(PROVIDERS, "utf-8")
    return folder


@pytest.fixture(scope="module")
def site(settings: Settings, registry_folder: Path) -> Iterator[Flask]:
    """The site with both registries."""
    files = [("ror", registry_folder / "dump.json"), ("hesa", registry_folder / "hesa.csv")]
    registries = open_registries(files, registry_folder)
    yield create_app(settings, open_engine(settings), registries=registries)
    for registry in registries.values():
        registry.name_index.close()


@pytest.fixture
def visitor(site: Flask) -> FlaskClient:
    """Somebody who asks the site with registries."""
    return site.test_client()
