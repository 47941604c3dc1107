"""The server process: how it begins, and how it ends."""

import signal
import socket
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.bench.client import Client
from tests.query_ui.releases import CROSS_PRODUCT, publish
from tests.torture.server import run_server

PATIENT_SECONDS = 120
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")


def ask(port: int, path: str) -> int:
    """The status of the response to a GET."""
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENT_SECONDS) as response:
            return int(response.status)
    except HTTPError as error:
        with error:
            return error.code


class Question(threading.Thread):
    """A GET in a thread: its status, or the error that ended it."""

    def __init__(self, port: int, path: str) -> None:
        super().__init__()
        self.port, self.path = port, path
        self.outcome: int | OSError | None = None
        self.start()

    def run(self) -> None:
        try:
            self.outcome = ask(self.port, self.path)
        except OSError as error:
            self.outcome = error


def wait_until_running(port: int) -> None:
    """Return once a query is at work."""
    until = time.monotonic() + PATIENT_SECONDS
    while time.monotonic() < until:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENT_SECONDS) as response:
            if b"\nconcordat_kg_queries_in_progress 1.0\n" in response.read():
                return
        time.sleep(0.05)
    raise AssertionError("no query began")


def endless(seconds: float) -> str:
    """The address of a query that is stopped after some seconds."""
    return f"/sparql?{urlencode({'query': CROSS_PRODUCT, 'timeout': seconds, 'format': 'json'})}"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["term", "ctrl-c"])
def test_it_ends_at_once_when_nothing_runs(number: signal.Signals, tmp_path: Path) -> None:
    with run_server(publish(tmp_path / "build")) as server:
        assert ask(server.port, "/") == 200
        # The client of ``make bench`` writes its own requests, and their host has to be allowed.
        with closing(Client(server.port, "/sparql")) as client:
            assert client.ask(client.request("ASK {}"))[0] == 200
        server.process.send_signal(number)
        assert server.process.wait(PATIENT_SECONDS) == 0


def test_what_runs_gets_its_response_and_nothing_new_begins(tmp_path: Path) -> None:
    with run_server(publish(tmp_path / "build"), "--grace", "60") as server:
        question = Question(server.port, endless(3))
        wait_until_running(server.port)
        server.process.send_signal(signal.SIGTERM)
        until = time.monotonic() + PATIENT_SECONDS
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
            except OSError:
                break
        assert question.is_alive(), "the query ended before new connections were refused"
        question.join(PATIENT_SECONDS)
        assert question.outcome == 504
        assert server.process.wait(PATIENT_SECONDS) == 0


def test_what_does_not_end_within_the_grace_is_stopped(tmp_path: Path) -> None:
    with run_server(publish(tmp_path / "build"), "--grace", "0.5", "--timeout", "600") as server:
        question = Question(server.port, endless(600))
        wait_until_running(server.port)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENT_SECONDS) == 0
        question.join(PATIENT_SECONDS)
        assert question.outcome == 503
