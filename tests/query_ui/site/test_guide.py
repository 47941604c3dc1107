"""The guide to the service: every address that it tells of answers as it says."""

import json
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.reconciliation.registries.registry_service import open_registries
from tests.conftest import PROJECT, Built
from tests.loader.release.registers.samples import ABBOTS, records

GUIDE = (PROJECT / "docs/guides/service.md").read_text("utf-8")
ADDRESSES = re.findall(r"^\| `(/\S+)` \|", GUIDE, re.MULTILINE)


@pytest.fixture(scope="module")
def client(shipped: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Somebody who asks the site over the project's own data, which serves a registry too."""
    folder = tmp_path_factory.mktemp("registry")
    text = json.dumps(records()).replace(ABBOTS, "https://ror.org/05mzfcs16")
    (folder / "dump.json").write_text(text, "utf-8")
    registries = open_registries([("ror", folder / "dump.json")], folder)
    engine = open_engine(shipped[0])
    yield create_app(shipped[0], engine, registries=registries).test_client()
    engine.close()
    registries["ror"].name_index.close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_of_the_tables_answer(client: FlaskClient, address: str) -> None:
    with client.get(address) as answer:
        if answer.status_code == 303:
            assert address.startswith("/lookup") and "05mzfcs16" in answer.headers["Location"]
            return
        assert answer.status_code == 200
        assert len(answer.data) > 100


def test_there_are_addresses_in_both_tables() -> None:
    assert len(ADDRESSES) >= 9


@pytest.mark.parametrize("suffix", re.findall(r"`(\.[a-z. ]+)`", GUIDE)[0].split())
def test_rows_can_be_had_by_suffix(client: FlaskClient, suffix: str) -> None:
    assert client.get(f"/queries/obligations{suffix}").status_code == 200


@pytest.mark.parametrize("suffix", re.findall(r"`(\.[a-z. ]+)`", GUIDE)[1].split())
def test_graphs_can_be_had_by_suffix(client: FlaskClient, suffix: str) -> None:
    assert client.get(f"/queries/case-study-neighbourhood{suffix}").status_code == 200


def test_options_that_it_tells_of(client: FlaskClient) -> None:
    labelled = client.get("/queries/obligations.csv?labels=on").text.splitlines()
    assert labelled[0].startswith("obligation,obligationLabel,")
    second = client.get("/queries/obligations.json?page=2&size=50")
    assert (second.json["total"], second.json["truncated"]) == (59, True)  # type: ignore[index]
    assert (second.headers["X-Total-Count"], second.headers["X-Truncated"]) == ("59", "true")
    for graph in ("void", "queries"):
        assert f"graph/{graph}`" in GUIDE
        asked = f"ASK {{ GRAPH <https://w3id.org/concordat-kg/graph/{graph}> {{ ?s ?p ?o }} }}"
        assert client.get("/sparql", query_string={"query": asked}).json["boolean"] is True  # type: ignore[index]
