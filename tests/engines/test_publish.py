"""Publication to a real engine: filled, interrupted, and changed while readers read."""

import threading
from collections import Counter

import pytest

from loader.errors import EndpointError
from loader.release.release_folder import Release
from loader.settings import Settings
from query_ui.engine import open_engine, release_publisher
from query_ui.engine.protocol import Engine
from query_ui.engine.remote import RemoteEngine
from query_ui.engine.update_client import UpdateClient
from tests.engines.programs import EngineProcess
from tests.engines.publishing import publish

WHOLE = """SELECT ?release (COUNT(*) AS ?statements) WHERE {
  { SELECT ?release WHERE { ?release <http://purl.org/dc/terms/isVersionOf> ?dataset } }
  GRAPH ?graph { ?subject ?property ?value }
} GROUP BY ?release"""


def read_whole(engine: Engine) -> set[tuple[str, int]]:
    """Return the releases that an engine names with the number of statements it then has."""
    return {(row[0].value, int(row[1].value)) for row in engine.query(WHOLE).rows}  # type: ignore[union-attr]


def count(release: Release) -> tuple[str, int]:
    """Return what a complete release reads as."""
    lines = release.graph.read_bytes().splitlines()
    return f"urn:sha256:{release.name}", len(lines) + 2  # its name and when it was published


def test_readers_see_the_old_release_or_the_new_one(
    empty: EngineProcess,
    two_releases: tuple[Settings, list[Release]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings, (old, new) = two_releases
    monkeypatch.chdir(settings.root)
    monkeypatch.setattr(release_publisher, "BATCH_STATEMENTS", 500)
    interrupt_filling(settings, empty, old)
    reader = open_engine(settings, empty.query_address)
    assert read_whole(reader) == set(), "an engine that is not complete names a release"
    assert "one update" not in publish(settings, empty, old)
    assert read_whole(reader) == {count(old)}

    seen: Counter[frozenset[tuple[str, int]]] = Counter()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen[frozenset(read_whole(reader))] += 1

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for release in (new, old, new):
            assert "The difference was made in one update." in publish(settings, empty, release)
    finally:
        done.set()
        thread.join()
    assert {*seen} <= {frozenset({count(old)}), frozenset({count(new)})}
    assert seen.total() >= 5
    assert read_whole(reader) == {count(new)}
    assert "holds this release already" in publish(settings, empty, new)
    monkeypatch.setattr(release_publisher, "WHOLE_STATEMENTS", 0)
    for release in (old, new):
        assert "The files of both releases were compared." in publish(settings, empty, release)
        assert read_whole(reader) == {count(release)}
    reader.close()


def interrupt_filling(settings: Settings, engine: EngineProcess, release: Release) -> None:
    """Begin to publish and break off after some batches."""
    send, sent = UpdateClient.send, []

    def break_off(self: UpdateClient, update: str) -> None:
        sent.append(update)
        if len(sent) == 3:
            raise EndpointError("broke off")
        send(self, update)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(UpdateClient, "send", break_off)
        with pytest.raises(EndpointError, match="broke off"):
            publish(settings, engine, release)
    direct = RemoteEngine(engine.query_address, {})
    assert direct.query("ASK { ?s ?p ?o }").boolean
    direct.close()


def test_an_address_that_refuses_updates_is_reported(
    server: EngineProcess,
    two_releases: tuple[Settings, list[Release]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings, (old, _) = two_releases
    monkeypatch.chdir(settings.root)
    with pytest.raises(EndpointError, match=r"answered 40\d"):
        publish(settings, server, old)
