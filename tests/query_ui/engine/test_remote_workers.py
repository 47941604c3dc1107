"""Users' queries on an endpoint: from the process of the site where that is safe, with limits."""

import socket
import time
from collections.abc import Iterator

import pytest

from loader.errors import ClientGone, Limit, QueryStopped
from query_ui.engine.protocol import EngineRequest, QueryLimits
from query_ui.engine.remote import SHORT_BYTES, RemoteEngine
from query_ui.engine.remote_workers import RemoteWorkers
from tests.query_ui.endpoints import Endpoint, endpoint

QUERY = "SELECT ?t { ?s ?p ?t }"
CELL = b'{"t": {"type": "literal", "value": "a"}}'


def build_rows(count: int) -> bytes:
    """Return a result of so many equal rows."""
    rows = b",".join([CELL] * count)
    return b'{"head": {"vars": ["t"]}, "results": {"bindings": [' + rows + b"]}}"


@pytest.fixture
def remote() -> Iterator[Endpoint]:
    with endpoint() as state:
        yield state


def isolate(address: str, limits: QueryLimits) -> RemoteWorkers:
    """Return the engine for users' queries on an endpoint."""
    users = RemoteEngine(address, {}).isolate(limits)
    assert isinstance(users, RemoteWorkers)
    return users


def test_a_plain_query_needs_no_process_and_a_long_answer_has_one(remote: Endpoint) -> None:
    users = isolate(remote.address, QueryLimits(light_workers=1, heavy_workers=1))
    try:
        remote.body = build_rows(3)
        assert len(users.query(QUERY).rows) == 3
        assert users._scheduler._live_workers == set()
        remote.body = build_rows(SHORT_BYTES // len(CELL) + 1)
        count = len(users.query(QUERY).rows)
        assert count == SHORT_BYTES // len(CELL) + 1
        assert len(users._scheduler._live_workers) == 1
        assert len(users.query(QUERY).rows) == count
    finally:
        users.close()
    assert len(remote.forms) == 4, "a long answer is asked for again once, and not each time"


def test_waits_are_limited_ended_and_counted_in_the_lanes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        limits = QueryLimits(seconds=0.5, light_seconds=0.1, light_workers=1, heavy_workers=1)
        users = isolate(address, limits)
        seen = []

        def leave() -> bool:
            seen.append([lane.busy_count for lane in users.lanes])
            return len(seen) > 1

        try:
            begun = time.monotonic()
            with pytest.raises(QueryStopped, match="the limit is 0.5 s") as caught:
                users.query(QUERY)
            assert caught.value.limit is Limit.TIME
            assert time.monotonic() - begun < 5
            with pytest.raises(ClientGone):
                users.execute(EngineRequest(QUERY), leave)
            assert seen[-1] == [0, 1], "it did not move to the heavy lane"
            assert [lane.busy_count for lane in users.lanes] == [0, 0]
            assert users._scheduler._live_workers == set()
        finally:
            users.close()


def test_an_answer_above_the_limit_of_size_is_stopped(remote: Endpoint) -> None:
    remote.body = build_rows(100)
    limits = QueryLimits(max_result_bytes=500, light_workers=1, heavy_workers=1)
    users = isolate(remote.address, limits)
    try:
        with pytest.raises(QueryStopped) as caught:
            users.query(QUERY)
        assert caught.value.limit is Limit.SIZE
    finally:
        users.close()
