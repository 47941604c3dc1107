"""The front end: its unit tests, its parcel list, and the texts that it gives to Python."""

import contextlib
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import PROJECT
from tests.query_ui.http.servers import running_server

QUERY = 'SELECT ?text ?back {\n  VALUES (?text ?back) { ("""say "hi" """ "a\\\\b") }\n}'
GIVING = """
import { snippets } from "./query_ui/frontend/snippets.js";
const [endpoint, kind, query] = process.argv.slice(1);
process.stdout.write(JSON.stringify(Object.fromEntries(snippets(endpoint, kind, { query }))));
"""


@pytest.fixture(scope="module")
def node() -> str:
    """The path of Node, with the packages of the front end installed."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("no node on this machine (on Debian: apt-get install nodejs npm)")
    if not (PROJECT / "node_modules" / "d3-force").is_dir():
        pytest.skip("the packages of the front end are not installed (npm ci)")
    return found


@pytest.fixture(scope="module")
def endpoint(app: Flask) -> Iterator[str]:
    with running_server(app) as port:
        yield f"http://127.0.0.1:{port}/sparql"


def test_unit_tests(node: str) -> None:
    files = sorted((PROJECT / "tests" / "query_ui" / "frontend").glob("*.test.js"))
    assert len(files) >= 7
    ran = subprocess.run(
        [node, "--test", *map(str, files)], cwd=PROJECT, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stdout[-4000:]
    assert "# fail 0" in ran.stdout or "ℹ fail 0" in ran.stdout


def snippets(node: str, endpoint: str, kind: str, query: str) -> dict[str, str]:
    given = subprocess.run(
        [node, "--input-type=module", "-e", GIVING, endpoint, kind, query],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found = json.loads(given.stdout)
    assert isinstance(found, dict)
    return found


def run(text: str) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(text, "snippet", "exec"), {})
    return said.getvalue()


@pytest.mark.parametrize("tool", ["Python, SPARQLWrapper", "Python, pandas"])
def test_python_gets_the_rows_that_the_page_shows(node: str, endpoint: str, tool: str) -> None:
    said = run(snippets(node, endpoint, "bindings", QUERY)[tool])
    assert 'say "hi"' in said
    assert "a\\b" in said.replace("\\\\", "\\")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_python_gets_booleans_and_graphs(node: str, endpoint: str) -> None:
    tool = "Python, SPARQLWrapper"
    assert run(snippets(node, endpoint, "boolean", "ASK {}")[tool]) == "True\n"
    graph = "CONSTRUCT { <x:s> <x:p> <x:o> } {}"
    assert ":s :p :o ." in run(snippets(node, endpoint, "graph", graph)[tool])


def test_curl_gets_the_rows(node: str, endpoint: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl on this machine (on Debian: apt-get install curl)")
    script = snippets(node, endpoint, "bindings", QUERY)["curl"]
    said = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=30)
    assert said.stdout == 'text,back\n"say ""hi"" ",a\\b\n', said.stderr


def test_packages_are_pinned_and_the_lock_names_no_registry() -> None:
    package = json.loads((PROJECT / "package.json").read_text("utf-8"))
    lock = json.loads((PROJECT / "package-lock.json").read_text("utf-8"))
    wanted = package["dependencies"] | package["devDependencies"]
    assert all(version[0].isdigit() for version in wanted.values()), wanted
    for name, version in wanted.items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert all(entry.get("integrity") for name, entry in lock["packages"].items() if name)


def test_sources_are_small_and_say_what_they_are_for() -> None:
    files = sorted(Path(PROJECT / "query_ui" / "frontend").glob("*.js"))
    assert len(files) > 20
    for file in files:
        lines = file.read_text("utf-8").splitlines()
        assert lines[0].startswith("// "), file.name
        assert len(lines) <= 200, file.name
