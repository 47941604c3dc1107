"""SERVICE answered from copies in the release, and refused where there is none."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from werkzeug.test import Client

from loader.errors import QueryRefused
from loader.release.build import build
from loader.settings import BASE, Settings
from query_ui.app import create_app
from query_ui.cli.main import main
from query_ui.engine import open_engine
from query_ui.engine.service_snapshots import ServiceSnapshot, substitute_snapshots
from tests.conftest import copy_tiny, quiet

ENDPOINT = "https://sector.example/sparql"
COPY = ServiceSnapshot(ENDPOINT, f"{BASE}graph/sector-own", "2026-11-26", "Own")
KNOWN = {ENDPOINT: COPY}
CALL = f"SELECT * WHERE {{ ?a ?b ?c SERVICE <{ENDPOINT}> {{ ?x ?y ?z }} }}"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (CALL, f"SELECT * WHERE {{ ?a ?b ?c GRAPH <{COPY.graph}> {{ ?x ?y ?z }} }}"),
        (
            "PREFIX s: <https://sector.example/>\nASK { service silent s:sparql { ?x ?y ?z } }",
            f"PREFIX s: <https://sector.example/>\nASK {{ GRAPH <{COPY.graph}> {{ ?x ?y ?z }} }}",
        ),
    ],
)
def test_the_copy_takes_the_place_of_the_endpoint(query: str, expected: str) -> None:
    local = substitute_snapshots(query, KNOWN)
    assert (local.text, local.snapshots) == (expected, (COPY,))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <https://other.example/sparql> { ?x ?y ?z } }",
        "SELECT * { SERVICE ?any { ?x ?y ?z } }",
        f'SELECT * {{ ?x ?y "SERVICE <{ENDPOINT}> {{" }} # SERVICE <{ENDPOINT}>',
        f"SELECT * {{ ?service ?y <{ENDPOINT}> }}",
        "SELECT * { SERVICE",
        'SELECT * { SERVICE "unclosed',
    ],
)
def test_everything_else_is_left_for_the_guard(query: str) -> None:
    assert substitute_snapshots(query, KNOWN).text == query


@pytest.mark.parametrize("restricted", [True, False])
def test_a_dataset_without_the_copy_is_refused(restricted: bool) -> None:
    query = CALL if restricted else CALL.replace("WHERE", f"FROM <{COPY.graph}> WHERE")
    with pytest.raises(QueryRefused, match="does not see that copy"):
        substitute_snapshots(query, KNOWN, restricted)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A project whose release holds a copy of an endpoint."""
    root = copy_tiny(tmp_path_factory.mktemp("federation") / "tiny")
    folder: Path = root / "data" / "sector"
    folder.mkdir()
    (folder / "own.toml").write_text(
        f'title = "Own"\npublisher = "Us"\nlicence = "https://x.example/"\nsource = "{ENDPOINT}"\n'
        f'endpoint = "{ENDPOINT}"\nfile = "own.ttl"\nkey = "x"\nretrieved = 2026-11-26\n',
        "utf-8",
    )
    (folder / "own.ttl").write_text("<https://x.example/a> <https://x.example/b> 7 .\n", "utf-8")
    settings = Settings(root=root, data=(root / "data",), out=root / "build")
    build(settings, quiet, unproved=True)
    return settings


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[Client]:
    """Somebody who asks the site over it."""
    engine = open_engine(settings)
    visitors = engine.isolate()
    yield Client(create_app(settings, engine, visitors))
    visitors.close()


def ask(client: Client, query: str, accept: str) -> Any:
    return client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})


def test_an_answer_says_in_a_header_that_it_is_from_a_copy(client: Client) -> None:
    query = f"SELECT ?z {{ SERVICE <{ENDPOINT}> {{ <https://x.example/a> ?y ?z }} }}"
    answer = ask(client, query, "application/sparql-results+json")
    assert answer.status_code == 200, answer.text
    (row,) = json.loads(answer.text)["results"]["bindings"]
    assert row["z"]["value"] == "7"
    assert answer.headers["X-Answered-From-Snapshot"] == COPY.header_value
    plain = ask(client, "ASK {}", "application/sparql-results+json")
    assert "X-Answered-From-Snapshot" not in plain.headers


def test_the_page_says_so_too(client: Client) -> None:
    query = f"SELECT ?z {{ SERVICE <{ENDPOINT}> {{ <https://x.example/a> ?y ?z }} }}"
    text = " ".join(ask(client, query, "text/html").text.split())
    assert "come from a copy in this release" in text and "taken on 2026-11-26" in text


def test_other_endpoints_stay_refused(client: Client) -> None:
    query = "SELECT * { SERVICE <https://other.example/sparql> { ?x ?y ?z } }"
    answer = ask(client, query, "application/json")
    assert answer.status_code == 403
    both = f"SELECT * {{ SERVICE <{ENDPOINT}> {{ ?x ?y ?z }} {query.partition('{')[2]}"
    assert ask(client, both, "application/json").status_code == 403


def test_the_command_line_says_so_on_standard_error(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(settings.root)
    query = f"SELECT ?z {{ SERVICE <{ENDPOINT}> {{ <https://x.example/a> ?y ?z }} }}"
    arguments = ["query", "-", "--format", "csv", "--out", str(settings.out)]
    result = CliRunner().invoke(main, arguments, input=query)
    assert (result.exit_code, result.stdout.split()) == (0, ["z", "7"])
    assert COPY.header_value in result.stderr
    other = CliRunner().invoke(main, arguments, input=query.replace("sector", "other"))
    assert other.exit_code == 1 and "SERVICE is not allowed" in other.stderr
