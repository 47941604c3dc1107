"""Whatever a query names, the server opens no connection and no file for it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from query_ui.engine.protocol import QueryLimits
from tests.query_ui.endpoint.protocol.conftest import serving, settings_over
from tests.query_ui.isolation.canaries import Canary, Watch
from tests.query_ui.isolation.conftest import HTML, send
from tests.query_ui.isolation.queries import DATASETS, SERVICES, UPDATES, Bait


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server over a small release."""
    limits = QueryLimits(seconds=600, light_seconds=600, max_wait_seconds=600)
    with serving(settings_over(tmp_path_factory.mktemp("isolated")), limits) as port:
        yield port


def test_the_canaries_sing(bird: Canary, bait: Bait) -> None:
    watch = Watch(bait.file)
    before = len(bird.contacts)
    parts = urlsplit(bird.address)
    assert "canary" in send(parts.port or 0, [("query", "ASK {}")])[1]
    assert len(bird.contacts) == before + 1
    assert "secret" in bait.file.read_text("utf-8")
    assert (watch.opened(), watch.opened()) == (1, 0)
    watch.close()


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.usefixtures("untouched")
def test_service_calls_nobody(port: int, bait: Bait, name: str) -> None:
    query = bait.made(SERVICES[name])
    for accept in ("*/*", HTML):
        status, body = send(port, [("query", query)], accept=accept)
        assert (status, "SERVICE is not allowed" in body) == (403, True), body
    # The doctor asks parts of a query, which need not be those that hold it.
    assert send(port, [("query", query)], "/sparql/doctor")[0] in (200, 400, 403)


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.usefixtures("untouched")
def test_a_graph_that_is_not_there_is_fetched_from_nowhere(
    port: int, bait: Bait, name: str
) -> None:
    status, body = send(port, [("query", bait.made(DATASETS[name]))], accept="text/csv, text/plain")
    assert (status, "secret" in body, len(body.splitlines()) < 2) == (200, False, True), body


@pytest.mark.parametrize("field", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.usefixtures("untouched")
def test_a_dataset_of_the_protocol_is_fetched_from_nowhere(
    port: int, bait: Bait, field: str
) -> None:
    query = "SELECT ?s ?p ?o ?g { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    for graph in (bait.url, bait.file.as_uri(), str(bait.file), "file:///etc/passwd"):
        status, body = send(port, [("query", query), (field, graph)], accept="text/csv")
        assert status in (200, 400)
        assert "secret" not in body and "root:" not in body
        assert status == 400 or body == "s,p,o,g\r\n"


@pytest.mark.parametrize("text", UPDATES)
@pytest.mark.usefixtures("untouched")
def test_an_update_does_nothing(port: int, bait: Bait, text: str) -> None:
    for field in ("query", "update"):
        status, body = send(port, [(field, bait.made(text))])
        assert status in (400, 403), body
        assert "detail" in body
