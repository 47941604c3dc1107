"""Virtuoso 7 gives wrong values with status 200, so no site is served from it."""

import shutil
from pathlib import Path

import pytest

from loader.errors import EndpointError
from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.engine import open_engine_of_release
from query_ui.engine.held_release import find_local_release
from query_ui.engine.remote import RemoteEngine
from tests.engines.programs import load_virtuoso, prepare_virtuoso, running


def test_virtuoso_is_refused_with_its_wrong_values(
    release_file: Path,
    shipped: tuple[Settings, BuildResult],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder, settings = tmp_path_factory.mktemp("virtuoso"), shipped[0]
    with running(prepare_virtuoso(folder)) as engine:
        load_virtuoso(engine, release_file)
        direct = RemoteEngine(engine.query_address, {})
        try:
            held = direct.query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
            assert int(held.rows[0][0].value) > 89_000  # type: ignore[union-attr]
            with pytest.raises(EndpointError, match='"P?\\w+" is no duration'):
                direct.query(
                    "SELECT ?o { ?s <https://w3id.org/concordat-kg/ontology#dueAfter> ?o }"
                )
        finally:
            direct.close()
        local = find_local_release(settings.out)
        with pytest.raises(EndpointError, match='quotientOfIntegers is "2".* and should be "2.5"'):
            open_engine_of_release(settings, engine.query_address, local)
    shutil.rmtree(folder)
