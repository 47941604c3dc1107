"""A remote engine that is stopped, slowed and restarted, while clients ask the site on it."""

import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from loader.release.release_folder import Release
from loader.settings import Settings
from query_ui.cli.exporting import export_release
from tests.engines.programs import PREPARE, EngineProcess, running
from tests.torture.server import run_server

QUERY = "SELECT ?class (COUNT(?s) AS ?n) { ?s a ?class } GROUP BY ?class ORDER BY ?class"
SPARQL = "/sparql?" + urllib.parse.urlencode({"query": QUERY})
PATHS = (SPARQL, "/organisations.csv", "/queries/organisations.json")
FAILURES = (502, 503, 504)
LOST = 0
"""In the place of a status: the connection ended without a response."""
CLIENTS = 4
RECOVERY_SECONDS = 40


@dataclass
class Answers:
    """What came from the site: how often each status, and what was wrong."""

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def fetch(port: int, path: str) -> tuple[int, bytes]:
    """Return the status and body of a response."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Accept": "text/csv, application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
    except OSError as error:
        return LOST, str(error).encode()


@contextmanager
def asking(port: int, expected: dict[str, bytes]) -> Iterator[Answers]:
    """Ask the site from several threads during a ``with`` block, and compare every answer."""
    answers, done = Answers(), threading.Event()

    def ask(number: int) -> None:
        turn = number
        while not done.is_set():
            path, turn = PATHS[turn % len(PATHS)], turn + 1
            status, body = fetch(port, path)
            answers.statuses[status] += 1
            if status == 200 and body != expected[path]:
                answers.wrong.append(f"{path} {body[:200]!r}")
            elif status in FAILURES and not json.loads(body).get("detail"):
                answers.wrong.append(f"{path} {status} without a reason")
            elif status not in (200, *FAILURES):
                answers.wrong.append(f"{path} {status} {body[:200]!r}")
            time.sleep(0.02)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        done.set()
        for thread in threads:
            thread.join()


def wait_until_well(port: int, path: str = SPARQL) -> bytes:
    """Wait until the site answers a request again, and return what it answers."""
    limit = time.monotonic() + RECOVERY_SECONDS
    while True:
        status, body = fetch(port, path)
        if status == 200:
            return body
        assert time.monotonic() < limit, f"the site does not recover: {status} {body!r}"
        time.sleep(0.2)


def pause_engine(engine: EngineProcess) -> None:
    """Let the engine answer nothing for longer than a query may take."""
    engine.pause()
    time.sleep(5)
    engine.resume()


def slow_engine(engine: EngineProcess) -> None:
    """Let the engine run for a tenth of the time."""
    for _ in range(20):
        engine.pause()
        time.sleep(0.18)
        engine.resume()
        time.sleep(0.02)


def restart_engine(engine: EngineProcess) -> None:
    """Kill the engine in the middle of its answers, and start it after some seconds."""
    engine.stop()
    time.sleep(3)
    engine.start()


FAULTS: Sequence[Callable[[EngineProcess], None]] = (pause_engine, slow_engine, restart_engine)


@dataclass(frozen=True)
class FaultOutcome:
    """What clients got while an engine failed, and how long the site then took to recover."""

    fault: str
    answers: Answers
    recovery_seconds: float

    def __str__(self) -> str:
        counts = ", ".join(
            f"{n:,} × {status}" for status, n in sorted(self.answers.statuses.items())
        )
        return (
            f"{'BAD' if self.answers.wrong else 'ok '} {self.fault}: {counts}; "
            f"{len(self.answers.wrong)} wrong, lost or without a reason; "
            f"well again {self.recovery_seconds:.1f} s afterwards"
        )


def run_faults(
    name: str, settings: Settings, release: Release, folder: Path
) -> Iterator[FaultOutcome]:
    """Serve a release from the engine ``name``, and yield what came of each fault.

    ``folder`` is for the data of the engine. Every complete answer is compared with the one before
    the fault.
    """
    data = folder / "release.nq"
    export_release(data, release, "", settings.ontology, has_release_statement=True)
    options = ("--release", str(settings.out), "--timeout", "2", "--response-cache", "0")
    with running(PREPARE[name](folder, data)) as engine:
        with run_server(settings.out, "--endpoint", engine.query_address, *options) as site:
            bodies = {path: wait_until_well(site.port, path) for path in PATHS}
            for fail in FAULTS:
                with asking(site.port, bodies) as answers:
                    fail(engine)
                    begun = time.monotonic()
                    wait_until_well(site.port)
                    recovery = time.monotonic() - begun
                yield FaultOutcome(fail.__name__.replace("_", " "), answers, recovery)
