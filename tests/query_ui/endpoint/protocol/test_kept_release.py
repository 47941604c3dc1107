"""Results of queries from a release that the address names."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

from loader.release.damage_marks import mark_damaged
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from tests.query_ui.endpoint.protocol.conftest import settings_over
from tests.query_ui.releases import publish_beside, switch

OLD, NEW = "a" * 64, "b" * 64
SAYS = '<https://example.org/g> {{ <https://example.org/a> <https://example.org/says> "{}" }}'
QUERY = "SELECT ?v { <https://example.org/a> <https://example.org/says> ?v }"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A project with two releases, of which NEW is the current one."""
    found = settings_over(tmp_path)
    publish_beside(found.out, OLD, SAYS.format("old"))
    publish_beside(found.out, NEW, SAYS.format("new"))
    switch(found.out, NEW)
    return found


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    engine = open_engine(settings)
    visitors = engine.isolate()
    yield Client(create_app(settings, engine, visitors))
    visitors.close()


def test_a_result_is_that_of_the_release_in_the_address(client: Client) -> None:
    fields = {"query": QUERY, "format": "csv"}
    for release, value in ((OLD, "old"), (NEW[:8], "new"), (OLD[:8], "old")):
        for ask in (
            client.get("/sparql", query_string=fields | {"release": release}, buffered=True),
            client.post("/sparql", data=fields | {"release": release}, buffered=True),
        ):
            assert ask.text == f"v\r\n{value}\r\n"
            assert ask.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    current = client.get("/sparql", query_string=fields, buffered=True)
    assert current.text == "v\r\nnew\r\n"
    assert current.headers["Cache-Control"] == "public, no-cache"


def test_it_stays_the_same_after_a_switch(client: Client, settings: Settings) -> None:
    fields = {"query": QUERY, "format": "json", "release": NEW}
    before = client.get("/sparql", query_string=fields, buffered=True)
    switch(settings.out, OLD)
    after = client.get("/sparql", query_string=fields, buffered=True)
    assert (before.data, before.headers["ETag"]) == (after.data, after.headers["ETag"])


def test_a_query_that_tells_the_time_is_not_kept(client: Client) -> None:
    fields = {"query": "SELECT (NOW() AS ?t) {}", "format": "csv", "release": OLD}
    assert client.get("/sparql", query_string=fields, buffered=True).headers["Cache-Control"] == (
        "no-store"
    )


@pytest.mark.parametrize(
    ("release", "status", "says"),
    [
        ("c" * 8, 404, "is not kept. Kept are: "),
        ("abc", 400, "8 to 64 of 0-9 and a-f"),
        ("../../etc", 400, "8 to 64 of 0-9 and a-f"),
        ("a" * 9, 410, "is damaged"),
    ],
)
def test_another_release_is_refused(
    client: Client, settings: Settings, release: str, status: int, says: str
) -> None:
    mark_damaged(settings.out, OLD, ["a test"])
    fields = {"query": QUERY, "format": "csv", "release": release}
    response = client.get("/sparql", query_string=fields, buffered=True)
    assert response.status_code == status and says in response.text


def test_several_releases_that_begin_so_are_refused(client: Client, settings: Settings) -> None:
    publish_beside(settings.out, "a" * 63 + "b", SAYS.format("other"))
    fields = {"query": QUERY, "format": "csv", "release": "a" * 8}
    response = client.get("/sparql", query_string=fields, buffered=True)
    assert response.status_code == 400 and "2 releases begin with" in response.text


def test_a_service_description_is_that_of_the_release(client: Client) -> None:
    assert client.get(f"/sparql?release={OLD}", buffered=True).status_code == 200
    assert client.get(f"/sparql?release={'c' * 8}", buffered=True).status_code == 404
