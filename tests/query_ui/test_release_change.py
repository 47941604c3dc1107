"""An endpoint that changes its release between two queries of one request mixes nothing."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine_of_release
from query_ui.engine.held_release import LocalRelease
from query_ui.engine.remote import RemoteEngine
from query_ui.graph.kept_values import KeptValues
from query_ui.graph.page_queries import GraphContext
from tests.query_ui.changing_endpoint import ChangingEndpoint, run_changing_endpoint
from tests.query_ui.conftest import BROWSER

Releases = tuple[Settings, str, str]
TITLES = "/sparql?query=SELECT+?o+{?s+<http://purl.org/dc/terms/title>+?o}+ORDER+BY+?o"
PATHS = ("/case-studies/quiet-hours", TITLES)
POSITIONS = (1, 2, 9)


@pytest.fixture
def endpoint(two_releases: Releases) -> Iterator[ChangingEndpoint]:
    """An endpoint that holds the older of two releases."""
    settings, old, new = two_releases
    with run_changing_endpoint(settings.out, old, new) as state:
        yield state


def open_site(releases: Releases, endpoint: ChangingEndpoint, follow: bool) -> Iterator[Flask]:
    """The site on the endpoint, with the files of the release that it holds now."""
    settings = releases[0]
    local = LocalRelease(settings.out, endpoint.name)
    engine = open_engine_of_release(settings, endpoint.address, local, follow)
    yield create_app(settings, engine)
    engine.close()


@pytest.fixture
def follower(two_releases: Releases, endpoint: ChangingEndpoint) -> Iterator[FlaskClient]:
    """Somebody who asks a site that follows the endpoint."""
    for app in open_site(two_releases, endpoint, follow=True):
        yield app.test_client()


def read(client: FlaskClient, path: str) -> tuple[int, str]:
    """Return the status and the text of a response."""
    accept = "text/csv" if path == TITLES else BROWSER
    response = client.get(path, headers={"Accept": accept}, buffered=True)
    return response.status_code, response.text


def test_a_page_is_of_one_release_wherever_the_endpoint_changes(
    follower: FlaskClient, endpoint: ChangingEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each page sends all its queries each time.
    monkeypatch.setattr(KeptValues, "get_many", lambda kept, release, keys: {})
    monkeypatch.setattr(GraphContext, "get_or_compute", lambda graph, name, compute: compute(graph))
    whole: dict[str, set[tuple[int, str]]] = {path: set() for path in PATHS}
    for _ in range(2):
        for path in PATHS:
            whole[path].add(read(follower, path))
        endpoint.switch()
        read(follower, TITLES)  # the site follows with the first answer that it cannot confirm
    assert all(len(pages) == 2 for pages in whole.values())
    for path in PATHS:
        changed = 0
        for after in POSITIONS:
            read(follower, TITLES)  # the site knows of the last change
            endpoint.switch_after = endpoint.queries + after
            assert read(follower, path) in whole[path], f"{path}: mixed after {after} queries"
            changed += endpoint.queries >= endpoint.switch_after
        assert changed >= 2, f"{path}: the endpoint did not change meanwhile"


def test_a_site_that_does_not_follow_asks_to_try_again(
    two_releases: Releases, endpoint: ChangingEndpoint
) -> None:
    for app in open_site(two_releases, endpoint, follow=False):
        client = app.test_client()
        assert read(client, PATHS[0])[0] == 200
        endpoint.switch_after = endpoint.queries + 1
        response = client.get(PATHS[0], headers={"Accept": "application/json"}, buffered=True)
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "1"
        assert "changed to another release during this request" in response.text
        assert "the local files are of" in read(client, PATHS[0])[1]


def test_a_request_that_changes_something_is_not_made_twice(
    follower: FlaskClient, endpoint: ChangingEndpoint
) -> None:
    form = {"table": "name\nNorthgate University\n", "column": "name"}
    endpoint.switch_after = endpoint.queries + 1
    refused = follower.post("/link", data=form, buffered=True)
    statuses = {refused.status_code}
    endpoint.switch_after = endpoint.queries + 1
    query = {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"}
    repeated = follower.post("/sparql", data=query, buffered=True)
    assert repeated.status_code == 200
    assert statuses <= {200, 503}


def test_users_queries_in_processes_are_confirmed_too(
    two_releases: Releases, endpoint: ChangingEndpoint
) -> None:
    settings = two_releases[0]
    engine = open_engine_of_release(
        settings, endpoint.address, LocalRelease(settings.out, endpoint.name), follow=True
    )
    assert isinstance(engine, RemoteEngine)
    users = engine.isolate()
    try:
        client = create_app(settings, engine, users).test_client()
        before = read(client, TITLES)
        endpoint.switch_after = endpoint.queries + 1
        after = read(client, TITLES)
        assert (before[0], after[0]) == (200, 200)
        assert before != after and after == read(client, TITLES)
    finally:
        users.close()
        engine.close()
