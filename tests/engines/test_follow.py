"""A site that follows a real engine through publications, while many read: nothing is mixed."""

import json
import threading
import time
import urllib.parse
from collections import Counter
from pathlib import Path

import pytest

from loader.release.release_folder import Release
from loader.settings import Settings
from tests.engines.programs import EngineProcess
from tests.engines.publishing import publish
from tests.torture.engine_faults import fetch
from tests.torture.server import run_server

PUBLICATIONS = 20
CLIENTS = 4
QUERY = """SELECT ?s ?p ?o { ?s ?p ?o FILTER CONTAINS(STR(?o), "Northgate") }
ORDER BY STR(?s) STR(?p) STR(?o)"""
PATHS = (
    "/organisations.csv",
    "/search.json?q=northgate",
    "/sparql?" + urllib.parse.urlencode({"query": QUERY}),
    "/organisations",
)


def read_whole(port: int, name: str) -> dict[str, bytes]:
    """Return every response of the release, once the site has changed to it."""
    limit = time.monotonic() + 30
    while name.encode() not in fetch(port, "/health/ready")[1]:
        assert time.monotonic() < limit, "the site does not follow"
        time.sleep(0.1)
    return {path: fetch(port, path)[1] for path in PATHS}


def test_twenty_publications_under_load_mix_nothing(
    empty: EngineProcess,
    two_releases: tuple[Settings, list[Release]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    settings, releases = two_releases
    monkeypatch.chdir(settings.root)
    publish(settings, empty, releases[0])
    statuses: Counter[int] = Counter()
    wrong: list[str] = []
    seen: Counter[str] = Counter()
    done = threading.Event()
    options = ("--endpoint", empty.query_address, "--follow", "--response-cache", "0")
    with run_server(settings.out, *options, "--release", str(settings.out)) as site:
        whole = [read_whole(site.port, releases[0].name)]
        publish(settings, empty, releases[1])
        whole.append(read_whole(site.port, releases[1].name))
        assert [path for path in PATHS if whole[0][path] == whole[1][path]] == []

        def ask(turn: int) -> None:
            while not done.is_set():
                path, turn = PATHS[turn % len(PATHS)], turn + 1
                status, body = fetch(site.port, path)
                statuses[status] += 1
                if status == 200:
                    found = [n for n in (0, 1) if body == whole[n][path]]
                    seen[f"release {found}"] += 1
                    if not found:
                        wrong.append(f"{path} is of no release: {body[:300]!r}")
                elif status != 503 or not json.loads(body).get("detail"):
                    wrong.append(f"{path} {status} {body[:300]!r}")

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            for number in range(PUBLICATIONS):
                publish(settings, empty, releases[number % 2])
        finally:
            done.set()
            for thread in threads:
                thread.join()
    assert wrong == [], wrong[0]
    assert seen["release [0]"] > 5 and seen["release [1]"] > 5, seen
    assert statuses[503] < statuses[200] / 10, statuses
