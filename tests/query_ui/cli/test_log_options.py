"""The log of a server as it runs: every line is an entry, and none has a value of a user."""

import http.client
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.query_ui.releases import CROSS_PRODUCT, publish

START = "from query_ui.cli.main import main; main()"
SECRET = "Jane-Roe"
FORM = "application/x-www-form-urlencoded"


def ask(port: int, method: str, path: str, body: str = "") -> tuple[int, str, Any]:
    """The status, the identifier of the request, and the body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"User-Agent": SECRET, "Cookie": SECRET, "X-Request-ID": f"{SECRET}-0001"}
    connection.request(method, path, body or None, headers | {"Content-Type": FORM})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    is_json = response.headers.get_content_subtype().endswith("json")
    return (
        response.status,
        response.headers["X-Request-ID"],
        json.loads(content) if is_json else content,
    )


def serve(out: Path, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", START, "serve", "--port", "0", "--out", str(out), *options]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def read_port(process: "subprocess.Popen[str]") -> int:
    assert process.stderr
    found = re.search(r":(\d+) ", process.stderr.readline())
    assert found
    return int(found[1])


def test_each_request_is_an_entry_under_its_identifier(tmp_path: Path) -> None:
    options = ("--log-level", "info", "--log-format", "json", "--timeout", "0.3")
    with serve(publish(tmp_path / "build"), *options) as process:
        port = read_port(process)
        asked = [
            ("GET", "/sparql", 200, ask(port, "GET", f"/sparql?query=ASK%7B%7D&x={SECRET}")),
            ("POST", "/sparql", 504, ask(port, "POST", "/sparql", to_form(CROSS_PRODUCT))),
            ("POST", "/sparql", 400, ask(port, "POST", "/sparql", to_form("SELECT"))),
            ("GET", "(none)", 404, ask(port, "GET", f"/no/{SECRET}")),
            ("GET", "/health/live", 200, ask(port, "GET", "/health/live")),
        ]
        process.terminate()
        assert process.stderr
        text = process.stderr.read()
        assert process.wait(60) == 0
    assert SECRET not in text
    entries = {entry["request_id"]: entry for entry in map(json.loads, text.splitlines())}
    assert len(entries) == len(asked)
    for method, route, status, (answered, request_id, body) in asked:
        assert answered == status
        entry = entries[request_id]
        assert (entry["method"], entry["route"], entry["status"]) == (method, route, status)
        if status >= 500:
            assert body["request_id"] == request_id
    stopped = next(entry for entry in entries.values() if entry["status"] == 504)
    assert 300 <= stopped["milliseconds"] < 60_000


def to_form(query: str) -> str:
    return urlencode({"query": f"{query} # {SECRET}"})


def test_a_server_is_silent_by_default(tmp_path: Path) -> None:
    with serve(publish(tmp_path / "build")) as process:
        port = read_port(process)
        assert ask(port, "GET", "/sparql?query=SELECT")[0] == 400
        process.terminate()
        assert process.stderr and process.stderr.read() == ""


def test_what_is_wrong_with_the_release_is_an_entry_without_a_request(tmp_path: Path) -> None:
    out = publish(tmp_path / "build")
    (out / "releases" / "r1" / "report.json").write_text('{"format": 1}')  # and no manifest
    with serve(out, "--log-format", "json") as process:
        port = None
        lines = []
        assert process.stderr
        for line in process.stderr:
            if line.startswith("Serving at"):
                port = int(line.split()[2].rpartition(":")[2])
                break
            lines.append(json.loads(line))
        assert port and ask(port, "GET", "/health/ready")[0] == 503
        process.terminate()
    assert lines[0]["message"] == "The release r1 is damaged: manifest.json is missing"
    assert (lines[0]["level"], lines[0]["request_id"]) == ("error", None)
