"""Backup under a running server and restore into an empty folder, as they are typed."""

import http.client
import json
import threading
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner, Result

from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.cli.main import main
from tests.torture.server import run_server

PATHS = (
    "/case-studies",
    "/concepts/keywords.csv",
    "/search?q=hours",
    "/sparql?query=SELECT+(COUNT(*)+AS+?n)+%7B+?s+?p+?o+%7D",
    "/health/ready",
)
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def ask(port: int, path: str, form: str = "") -> tuple[int, str, bytes]:
    """The status, the header Location and the body, in which the port of the server is PORT."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    if form:
        connection.request("POST", path, form, FORM)
    else:
        connection.request("GET", path)
    response = connection.getresponse()
    body = response.read().replace(f"127.0.0.1:{port}".encode(), b"127.0.0.1:PORT")
    found = response.status, response.headers.get("Location", ""), body
    connection.close()
    return found


class Poster(threading.Thread):
    """Makes short addresses without pause; ``paths`` has the query of each that it was given."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port
        self.paths: dict[str, str] = {}
        self.stop = threading.Event()
        self.faults: list[object] = []

    def run(self) -> None:
        while not self.stop.is_set():
            query = f"SELECT * {{ ?s ?p {len(self.paths)} }}"
            status, _, body = ask(self.port, "/q", urlencode({"query": query}))
            if status == 201:
                self.paths[json.loads(body)["path"]] = query
            else:
                self.faults.append((status, body))


def test_a_backup_under_load_is_the_same_site_again(
    tiny_built: tuple[Settings, BuildResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, restored = tmp_path / "backup.tar.gz", tmp_path / "restored"
    monkeypatch.chdir(tiny_built[0].root)
    assert run("build", "--out", str(tmp_path / "build"), "--unproved").exit_code == 0
    with run_server(tmp_path / "build") as server:
        poster = Poster(server.port)
        poster.start()
        while len(poster.paths) < 20 and not poster.faults:
            poster.stop.wait(0.05)
        before = dict(poster.paths)
        result = run("backup", str(archive), "--out", str(tmp_path / "build"))
        during = len(poster.paths)
        poster.stop.set()
        poster.join()
        answers = [ask(server.port, path) for path in PATHS]
    assert (result.exit_code, result.stderr, poster.faults) == (0, "", [])
    assert during > len(before), "nothing was posted meanwhile"
    kept = int(result.stdout.split(", ")[2].split()[0])
    assert len(before) <= kept <= during + 1

    done = run("restore", str(archive), "--out", str(restored))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == result.stdout.replace(str(archive), str(restored))
    with run_server(restored) as server:
        assert [ask(server.port, path) for path in PATHS] == answers
        for path, query in before.items():
            status, location, _ = ask(server.port, path)
            assert (status, location) == (303, f"/sparql?{urlencode({'query': query})}")
    assert len(list((restored / "permalinks").iterdir())) == kept


def test_a_damaged_release_is_named_and_a_broken_archive_refused(
    tiny_built: tuple[Settings, BuildResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_built[0].root)
    assert run("build", "--out", str(tmp_path / "build"), "--unproved").exit_code == 0
    name = (tmp_path / "build" / "current").read_text().strip()
    (tmp_path / "build" / "releases" / name / "graph.nq").unlink()
    result = run("backup", str(tmp_path / "b.tar.gz"), "--out", str(tmp_path / "build"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "there is no sound release" in result.stderr
    (tmp_path / "b.tar.gz").write_bytes(b"nothing")
    result = run("restore", str(tmp_path / "b.tar.gz"), "--out", str(tmp_path / "new"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "b.tar.gz is damaged, and nothing was changed" in result.stderr
