"""The endpoints that SERVICE may name: exactly those, and within the limits."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loader.errors import Limit, QueryError, QueryRefused, QueryStopped
from query_ui.engine.embedded_engine import EmbeddedEngine
from query_ui.engine.protocol import Engine, EngineRequest, QueryLimits
from tests.query_ui.isolation.canaries import canary
from tests.query_ui.isolation.queries import SERVICES, THERE, Bait, call
from tests.query_ui.releases import publish

PATIENT = 600.0
"""Seconds for a query: it has to load the parser of the guard, on a busy machine too."""

SLOW = (2.0, 8.0, 32.0, 128.0)
"""Seconds for a query to reach an endpoint, the next where it did not."""


@pytest.fixture
def inner(tmp_path: Path) -> EmbeddedEngine:
    return EmbeddedEngine(publish(tmp_path / "build"), {"e": "https://example.org/"})


@pytest.fixture
def allowing(inner: EmbeddedEngine) -> Iterator[Callable[[str], Engine]]:
    """Makes an engine whose visitors may name one endpoint, and have time for it."""
    engines: list[Engine] = []

    def made(address: str) -> Engine:
        limits = QueryLimits(
            seconds=PATIENT,
            light_seconds=PATIENT,
            light_workers=1,
            heavy_workers=1,
            allowed_services=(address,),
        )
        engines.append(inner.isolate(limits))
        return engines[-1]

    yield made
    for engine in engines:
        engine.close()


def test_an_allowed_endpoint_is_called(allowing: Callable[[str], Engine]) -> None:
    with canary() as bird:
        ((x,),) = allowing(bird.address).query(call(bird.address).replace("*", "?x")).rows
        assert str(x) == '"sung by the canary"'
        assert bird.contacts == ["POST /sparql HTTP/1.1"]


@pytest.mark.usefixtures("untouched")
def test_no_other_is_called(allowing: Callable[[str], Engine], bait: Bait) -> None:
    with canary() as allowed:
        engine = allowing(allowed.address)
        near = (f"{allowed.address}/", f"{allowed.address}?x", allowed.address.upper(), "urn:x:y")
        queries = [call(address) for address in (bait.url, bait.file.as_uri(), *near)]
        # A variable may hold anything, even where it holds what is allowed.
        queries += [bait.made(text) for name, text in SERVICES.items() if "variable" in name]
        queries.append(f"SELECT * {{ VALUES ?e {{ <{allowed.address}> }} SERVICE ?e {THERE} }}")
        both = "SELECT * { SERVICE <OK> THERE SERVICE <URL> THERE }"
        queries.append(bait.made(both).replace("OK", allowed.address))
        for text in queries:
            with pytest.raises(QueryRefused, match="allow-list has only: http"):
                engine.query(text)
        assert allowed.contacts == []


@pytest.mark.usefixtures("untouched")
def test_an_allowed_endpoint_cannot_send_us_elsewhere(
    allowing: Callable[[str], Engine], bait: Bait
) -> None:
    with canary() as bird:
        bird.status, bird.headers = "307 Temporary Redirect", f"Location: {bait.url}"
        with pytest.raises(QueryError):
            allowing(bird.address).query(call(bird.address))
        assert bird.contacts


def test_a_slow_endpoint_is_left_at_the_limit(allowing: Callable[[str], Engine]) -> None:
    with canary() as bird:
        bird.seconds = PATIENT
        engine = allowing(bird.address)
        for seconds in SLOW:
            with pytest.raises(QueryStopped) as caught:
                engine.execute(EngineRequest(call(bird.address), seconds=seconds))
            assert caught.value.limit is Limit.TIME
            assert f"the limit is {seconds:g} s" in str(caught.value)
            if bird.contacts:
                break
        assert bird.left.wait(PATIENT)
