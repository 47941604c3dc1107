"""Queries that a worker is sent before their request has a thread."""

import select
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from loader.errors import ClientGone, QueryError, QueryStopped
from query_ui.engine.embedded_engine import EmbeddedEngine
from query_ui.engine.engine_collector import EngineCollector
from query_ui.engine.pinned_release import pin_release
from query_ui.engine.protocol import EngineRequest, QueryLimits
from query_ui.engine.worker_engine import WorkerEngine, WorkerQuery
from query_ui.engine.worker_process import SMALL_REPLY_BYTES
from tests.query_ui.engine.test_worker_engine import PATIENT, SMALL
from tests.query_ui.releases import CROSS_PRODUCT, publish, publish_beside


@pytest.fixture
def inner(tmp_path: Path) -> EmbeddedEngine:
    """The engine of this process on the example release."""
    return EmbeddedEngine(publish(tmp_path / "build"), {"e": "https://example.org/"})


@pytest.fixture
def workers(inner: EmbeddedEngine) -> Iterator[WorkerEngine]:
    """An engine with one worker, which has started."""
    limits = QueryLimits(
        seconds=PATIENT, light_seconds=PATIENT, light_workers=1, max_wait_seconds=PATIENT
    )
    engine = inner.isolate(limits)
    assert isinstance(engine, WorkerEngine)
    engine.query(SMALL)
    yield engine
    lane = engine.lanes[0]
    assert (lane.busy_count, lane.waiting_count, len(lane.idle_workers)) == (0, 0, 1)
    engine.close()


def send_early(engine: WorkerEngine, text: str = SMALL) -> WorkerQuery:
    """A query that the idle worker has been sent."""
    query = engine.send_early(EngineRequest(text), 0.0)
    assert query
    return query


def wait_until_readable(query: WorkerQuery) -> None:
    """Wait for a reply, or the end of the worker."""
    select.select([query.lease.worker.fileno()], [], [], PATIENT)


def test_a_query_is_sent_and_opened_without_a_wait(workers: WorkerEngine) -> None:
    (worker,) = workers.lanes[0].idle_workers
    for _ in range(3):
        query = send_early(workers)
        assert (query.lease.worker, workers.is_busy) == (worker, True)
        wait_until_readable(query)
        assert workers.receive_early(query)
        with workers.open_early(query).body as body:
            assert body.read() == workers.query(SMALL).body
        assert (query.is_claimed, workers.is_busy) == (True, False)


def test_no_query_is_sent_early_while_all_workers_are_busy(workers: WorkerEngine) -> None:
    query = send_early(workers)
    assert workers.send_early(EngineRequest(SMALL), 0.0) is None
    workers.execute(EngineRequest(SMALL, early=query)).body.close()
    assert query.is_claimed


def test_no_query_is_sent_early_before_a_worker_has_started(inner: EmbeddedEngine) -> None:
    engine = inner.isolate(QueryLimits(seconds=PATIENT, light_workers=1))
    assert isinstance(engine, WorkerEngine)
    assert engine.send_early(EngineRequest(SMALL), 0.0) is None
    assert not engine.is_busy  # so that a thread starts one at once
    engine.close()
    assert engine.send_early(EngineRequest(SMALL), 0.0) is None


def test_a_thread_that_waits_for_a_worker_comes_first(workers: WorkerEngine) -> None:
    lane = workers.lanes[0]
    lane.waiting_count = 1
    assert workers.is_busy
    assert workers.send_early(EngineRequest(SMALL), 0.0) is None
    lane.waiting_count = 0
    workers.discard(send_early(workers))


def test_those_that_wait_on_the_event_loop_are_counted_in_the_light_lane(
    workers: WorkerEngine,
) -> None:
    light, heavy = workers.lanes
    light.waiting_count = heavy.waiting_count = 1
    assert [workers.count_waiting(lane) for lane in workers.lanes] == [1, 1]
    workers.listen_for_vacancies(lambda: None, lambda: 3)
    assert [workers.count_waiting(lane) for lane in workers.lanes] == [4, 1]
    light.waiting_count = heavy.waiting_count = 0
    gauges = {one.name: one for one in EngineCollector(workers, workers).collect()}
    waiting = gauges["concordat_kg_queries_waiting"].samples
    assert [(one.labels["lane"], one.value) for one in waiting] == [("light", 3), ("heavy", 0)]


def test_no_query_is_sent_early_while_the_server_closes(workers: WorkerEngine) -> None:
    scheduler = workers._scheduler
    scheduler._is_closed = True
    assert workers.send_early(EngineRequest(SMALL), 0.0) is None
    scheduler._is_closed = False


def test_no_query_that_is_too_long_is_sent_early(inner: EmbeddedEngine) -> None:
    engine = inner.isolate(QueryLimits(seconds=PATIENT, light_workers=1, text=len(SMALL)))
    assert isinstance(engine, WorkerEngine)
    engine.query(SMALL)
    assert engine.send_early(EngineRequest(f"{SMALL} "), 0.0) is None
    engine.discard(send_early(engine))
    engine.close()


def test_a_sent_query_is_awaited_by_execute(workers: WorkerEngine) -> None:
    query = send_early(workers)
    pid = query.lease.worker.process.pid
    with workers.execute(EngineRequest(SMALL, early=query)).body as body:
        assert body.read() == workers.query(SMALL).body
    assert workers.lanes[0].idle_workers[0].process.pid == pid


def test_an_error_that_was_read_early_is_raised_by_execute(workers: WorkerEngine) -> None:
    query = send_early(workers, "SELECT")
    wait_until_readable(query)
    assert not workers.receive_early(query)
    with pytest.raises(QueryError):
        workers.execute(EngineRequest("SELECT", early=query))


def test_a_large_reply_is_left_in_the_pipe(workers: WorkerEngine) -> None:
    many = "SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    query = send_early(workers, many)
    wait_until_readable(query)
    assert not workers.receive_early(query)
    with workers.execute(EngineRequest(many, early=query)).body as body:
        assert len(body.read()) > SMALL_REPLY_BYTES


def test_a_sent_query_is_of_no_use_on_another_release(
    workers: WorkerEngine, inner: EmbeddedEngine
) -> None:
    with pin_release("r1"):
        query = send_early(workers)
    publish_beside(inner.out, "r2", "<urn:g> { <urn:a> <urn:b> 12 }")
    request = EngineRequest(SMALL, early=query)
    threading.Timer(0.05, workers.discard, [query]).start()  # else there is no worker for it
    with pin_release("r2"), workers.execute(request).body as body:
        assert b"urn:a" in body.read()


@pytest.mark.parametrize("text", ["ASK {}", SMALL + " "])
def test_a_sent_query_is_not_the_answer_to_another(workers: WorkerEngine, text: str) -> None:
    query = send_early(workers)
    wait_until_readable(query)
    threading.Timer(0.05, workers.discard, [query]).start()
    result = workers.execute(EngineRequest(text, early=query))
    with result.body as body:
        assert body.read() == workers.query(text).body


def test_a_worker_that_ends_after_it_was_sent_a_query_is_replaced(workers: WorkerEngine) -> None:
    query = send_early(workers, CROSS_PRODUCT)
    query.lease.worker.process.kill()
    wait_until_readable(query)
    assert not workers.receive_early(query)
    with pytest.raises(QueryStopped, match="the limit is 1 s"):
        workers.execute(EngineRequest(CROSS_PRODUCT, seconds=1, early=query))
    assert workers.query("ASK {}").boolean is True


def test_an_idle_worker_that_has_ended_is_left_to_a_thread(workers: WorkerEngine) -> None:
    (worker,) = workers.lanes[0].idle_workers
    worker.process.kill()
    worker.process.join()
    assert workers.send_early(EngineRequest(SMALL), 0.0) is None
    assert len(workers.query(SMALL).rows) == 1
    assert worker not in workers.lanes[0].idle_workers


def test_a_discarded_query_ends_and_its_worker_is_replaced(workers: WorkerEngine) -> None:
    query = send_early(workers, CROSS_PRODUCT)
    workers.discard(query)
    assert query.is_claimed
    assert not query.lease.worker.process.is_alive()
    assert len(workers.query(SMALL).rows) == 1


def test_a_sent_query_that_takes_long_moves_to_the_heavy_lane(inner: EmbeddedEngine) -> None:
    limits = QueryLimits(
        seconds=PATIENT, light_seconds=0.05, light_workers=1, max_wait_seconds=PATIENT
    )
    engine = inner.isolate(limits)
    assert isinstance(engine, WorkerEngine)
    engine.query(SMALL)
    query = send_early(engine, CROSS_PRODUCT)
    ends: list[type[Exception]] = []

    def ask() -> None:
        try:
            request = EngineRequest(CROSS_PRODUCT, early=query)
            engine.execute(request, lambda: query.lease.lane.name == "heavy")
        except ClientGone as error:
            ends.append(type(error))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(PATIENT)
    assert ends == [ClientGone]
    assert engine.send_early(EngineRequest(CROSS_PRODUCT), 0.0) is None  # it is known as slow
    assert engine.send_early(EngineRequest(SMALL + "#" * 1000), 0.0) is None
    short = engine.send_early(EngineRequest(SMALL), 0.0)
    if short:  # the worker that replaces it may not have started
        engine.discard(short)
    engine.close()


def test_whoever_listens_is_told_when_a_worker_is_idle_again(workers: WorkerEngine) -> None:
    calls: list[bool] = []
    workers.listen_for_vacancies(lambda: calls.append(workers.is_busy), lambda: 0)
    workers.query(SMALL)
    query = send_early(workers)
    wait_until_readable(query)
    assert workers.receive_early(query)
    workers.open_early(query).body.close()
    assert calls == [False, False]
