"""A client that is generated from /openapi.json gets true answers from the server."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from loader.settings import Settings
from tests.query_ui.endpoint.protocol.conftest import serving

PACKAGE = "generated_graph_client"


@pytest.fixture(scope="module")
def client(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client in a package of its own, for a server that runs as long as the tests."""
    if not find_spec("openapi_python_client"):
        pytest.skip("openapi-python-client is not installed (make .venv/dev)")
    folder = tmp_path_factory.mktemp("client")
    with serving(settings) as port, pytest.MonkeyPatch.context() as patch:
        address = f"http://127.0.0.1:{port}"
        generate_client(f"{address}/openapi.json", folder)
        patch.syspath_prepend(folder)
        with importlib.import_module(PACKAGE).Client(address) as found:
            yield found


def generate_client(address: str, folder: Path) -> None:
    """Generate the package from the description at an address."""
    config = folder / "config.yaml"
    config.write_text("post_hooks: []\n", encoding="utf-8")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    options = ["--url", address, "--config", str(config), "--output-path", str(folder / PACKAGE)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def load_operation(name: str) -> Any:
    """Import the module of an operation: ``queries.get_queries_page``."""
    return importlib.import_module(f"{PACKAGE}.api.{name}")


def test_client_reads_the_saved_queries_into_its_models(client: Any) -> None:
    answer = load_operation("queries.get_queries_listed_as_json").sync(client=client)
    assert type(answer).__name__ == "SavedQueries"
    assert (answer.total, answer.truncated) == (2, False)
    assert [query.name for query in answer.items] == ["by-keyword", "members"]
    assert answer.items[0].parameters[0].label == "Keyword"


def test_client_downloads_a_list_by_the_values_in_its_path(client: Any) -> None:
    download = load_operation("downloads.get_downloads_listed")
    name, form = download.GetDownloadsListedName, download.GetDownloadsListedForm
    answer = download.sync(name.CASE_STUDIES, form.JSON, client=client, size=1)
    assert type(answer).__name__ == "List"
    assert len(answer.items) == 1 < answer.total


def test_client_asks_a_saved_query_with_a_value_and_sees_problems(client: Any) -> None:
    ask = load_operation("saved_queries.ask_by_keyword")
    answer = ask.sync_detailed(client=client, most=[3], format_="csv")
    assert answer.status_code == 200
    assert answer.parsed.splitlines()[0] == "study,title"
    assert len(answer.parsed.splitlines()) > 1
    refused = ask.sync_detailed(client=client, timeout=0.01)
    assert (refused.status_code, refused.parsed.status) == (400, 400)
    assert "from 0.1 on" in refused.parsed.detail


def test_client_runs_sparql(client: Any) -> None:
    sparql = load_operation("sparql.get_sparql_page")
    answer = sparql.sync_detailed(client=client, query="ASK {}", format_="csv")
    assert (answer.status_code, answer.content.strip()) == (200, b"true")
