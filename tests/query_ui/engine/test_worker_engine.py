"""The workers: what a visitor's query may cost, and what happens past it."""

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyoxigraph import Literal

from loader.errors import (
    ClientGone,
    Limit,
    NotOffered,
    NotRepresentable,
    QueryError,
    QueryRefused,
    QueryStopped,
    QueryTooLarge,
    QueueFull,
    WorkerDied,
)
from query_ui.engine.embedded_engine import EmbeddedEngine
from query_ui.engine.protocol import Engine, EngineRequest, QueryLimits
from query_ui.engine.result_formats import CSV, JSON, TURTLE, XML
from query_ui.engine.slow_query_memory import SlowQueryMemory
from query_ui.engine.worker_main import WorkerRequest
from query_ui.engine.worker_process import WorkerProcess
from tests.query_ui.releases import CROSS_PRODUCT, publish

SMALL = "SELECT ?s { ?s ?p 12 }"
PATIENT = 600.0
"""Seconds for a query that has to succeed, or is ended by something else, on a busy machine too."""

BIG = "SELECT ?s { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND(STR(?a) AS ?s) }"


@pytest.fixture
def inner(tmp_path: Path) -> EmbeddedEngine:
    return EmbeddedEngine(publish(tmp_path / "build"), {"e": "https://example.org/"})


@pytest.fixture
def visitors(inner: EmbeddedEngine) -> Iterator[Engine]:
    """An engine with one worker, which no query leaves for the lane that gives way to others."""
    engine = inner.isolate(
        QueryLimits(
            seconds=PATIENT, light_seconds=PATIENT, light_workers=1, heavy_workers=1, megabytes=256
        )
    )
    yield engine
    engine.close()


def test_an_answer_is_the_one_of_the_embedded_engine(
    inner: EmbeddedEngine, visitors: Engine
) -> None:
    for text in (SMALL, "ASK { ?s ?p 99 }", "DESCRIBE <https://example.org/a>"):
        theirs, ours = visitors.query(text), inner.query(text)
        assert (theirs.kind, theirs.body, theirs.prefixes) == (ours.kind, ours.body, ours.prefixes)
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    graph = ["https://example.org/g2"]
    assert visitors.query(count, default_graphs=graph) == inner.query(count, default_graphs=graph)
    assert visitors.release == "r1"


def test_a_query_past_its_time_is_stopped_and_the_next_one_answered(inner: EmbeddedEngine) -> None:
    engine = inner.isolate(QueryLimits(seconds=PATIENT, light_workers=1, heavy_workers=1))
    engine.query(SMALL)
    with pytest.raises(QueryStopped, match=r"stopped after \d\.\d s: the limit is 1 s"):
        engine.execute(EngineRequest(CROSS_PRODUCT, seconds=1))
    assert b"https://example.org/a" in engine.query(SMALL).serialise(JSON)
    engine.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_a_query_past_its_memory_is_stopped(inner: EmbeddedEngine, tmp_path: Path) -> None:
    many = "".join(f"<urn:s:{n}> <urn:p:p> '{n:0200}' . " for n in range(1500))
    publish(inner.out, "many", f"<urn:g:g> {{ {many} }}")
    engine = inner.isolate(
        QueryLimits(
            seconds=PATIENT, light_seconds=PATIENT, light_workers=1, heavy_workers=1, megabytes=128
        )
    )
    text = "SELECT ?x { ?a ?p ?b . ?c ?q ?d BIND(CONCAT(?b, ?d) AS ?x) } ORDER BY ?x"
    try:
        with pytest.raises(QueryStopped, match="more than 128 MB of memory"):
            engine.query(text)
        assert engine.query("ASK { <urn:s:1> ?p ?o }").boolean is True
    finally:
        engine.close()


def test_an_answer_past_its_size_is_stopped_not_cut(inner: EmbeddedEngine) -> None:
    engine = inner.isolate(
        QueryLimits(seconds=PATIENT, light_workers=1, heavy_workers=1, max_result_bytes=10_000)
    )
    try:
        with pytest.raises(QueryStopped, match="larger than 10,000 bytes"):
            engine.query(BIG)
        assert len(engine.query(SMALL).rows) == 1
    finally:
        engine.close()


def test_a_query_nested_too_deeply_ends_its_process_only(visitors: Engine) -> None:
    deep = 40_000
    with pytest.raises(QueryStopped, match="nested too deeply|memory"):
        visitors.query("SELECT (" + "(" * deep + "1" + ")" * deep + " AS ?x) {}")
    assert len(visitors.query(SMALL).rows) == 1


def test_errors_keep_their_kind_and_place(visitors: Engine) -> None:
    with pytest.raises(QueryRefused, match="SERVICE is not allowed"):
        visitors.query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    with pytest.raises(QueryRefused, match="read-only"):
        visitors.query("CLEAR ALL")
    with pytest.raises(QueryTooLarge, match="the limit is 250,000"):
        visitors.query("#" * 250_001)
    with pytest.raises(QueryError, match="not declared") as caught:
        visitors.query("SELECT * {\n ?s x:y ?o }")
    assert (caught.value.line, caught.value.column) == (2, 5)


def test_many_threads_share_few_workers(inner: EmbeddedEngine) -> None:
    engine = inner.isolate(QueryLimits(seconds=PATIENT, light_workers=2, max_wait_seconds=PATIENT))
    counts: list[int] = []

    def ask() -> None:
        counts.extend(len(engine.query(SMALL).rows) for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    mine = [p for p in multiprocessing.active_children() if p.name == "query-worker"]
    engine.close()
    assert counts == [1] * 30
    assert len(mine) == 2
    assert not any(process.is_alive() for process in mine)


@contextmanager
def occupied(engine: Engine, count: int = 1) -> Iterator[list[Exception]]:
    """Queries in the heavy lane while something else is tried; how those ended that did."""
    ends: list[Exception] = []
    tried = threading.Event()

    def occupy() -> None:
        try:
            engine.execute(EngineRequest(CROSS_PRODUCT), tried.is_set)
        except (ClientGone, QueryStopped, QueueFull) as error:
            ends.append(error)

    threads = [threading.Thread(target=occupy) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        while in_heavy_lane(engine) < count and not ends:
            time.sleep(0.02)
        assert ends == []
        yield ends
    finally:
        tried.set()
        for thread in threads:
            thread.join()


def in_heavy_lane(engine: Engine) -> int:
    """How many queries run there or wait for it."""
    heavy = engine._scheduler.heavy_lane  # type: ignore[attr-defined]
    return int(heavy.busy_count + heavy.waiting_count)


def test_short_queries_never_stand_behind_long_ones(inner: EmbeddedEngine) -> None:
    engine = inner.isolate(
        QueryLimits(seconds=PATIENT, light_workers=1, heavy_workers=1, max_wait_seconds=PATIENT)
    )
    engine.query(SMALL)
    with occupied(engine, 2) as ends:
        assert [len(engine.query(SMALL).rows) for _ in range(20)] == [1] * 20
        assert (in_heavy_lane(engine), ends) == (2, [])
    engine.close()
    assert [type(error) for error in ends] == [ClientGone] * 2


def test_who_waits_too_long_is_told_when_to_come_back(inner: EmbeddedEngine) -> None:
    engine = inner.isolate(
        QueryLimits(seconds=PATIENT, light_workers=1, heavy_workers=1, max_wait_seconds=0.2)
    )
    with occupied(engine), pytest.raises(QueueFull, match="1 heavy queries are run") as caught:
        engine.query(CROSS_PRODUCT)
    engine.close()
    assert caught.value.retry == 1


def test_a_full_queue_is_told_at_once(inner: EmbeddedEngine) -> None:
    limits = QueryLimits(
        seconds=PATIENT,
        light_workers=1,
        heavy_workers=1,
        heavy_queue_size=1,
        max_wait_seconds=PATIENT,
    )
    engine = inner.isolate(limits)
    with occupied(engine, 2) as ends:
        with pytest.raises(QueueFull, match="1 heavy queries are running and 1 wait. Try again"):
            engine.query(CROSS_PRODUCT)
        assert (in_heavy_lane(engine), ends) == (2, [])
    engine.close()


@pytest.mark.parametrize("lane", ["light", "heavy"])
def test_who_has_gone_frees_the_worker(inner: EmbeddedEngine, lane: str) -> None:
    engine = inner.isolate(QueryLimits(seconds=PATIENT, light_workers=1, heavy_workers=1))
    with pytest.raises(ClientGone):
        engine.execute(
            EngineRequest(CROSS_PRODUCT), lambda: lane == "light" or in_heavy_lane(engine) > 0
        )
    assert in_heavy_lane(engine) == 0
    assert len(engine.query(SMALL).rows) == 1
    engine.close()


def test_less_time_may_be_asked_for_and_not_more(inner: EmbeddedEngine) -> None:
    engine = inner.isolate(QueryLimits(seconds=1.0, light_workers=1, heavy_workers=1))
    for wanted, most in ((0.1, 0.1), (0.5, 0.5), (60, 1)):
        with pytest.raises(QueryStopped, match=f"the limit is {most:g} s") as caught:
            engine.execute(EngineRequest(CROSS_PRODUCT, seconds=wanted))
        assert caught.value.limit is Limit.TIME
        assert most <= caught.value.seconds
    engine.close()


def test_a_large_answer_comes_whole_from_a_file_that_has_no_name(inner: EmbeddedEngine) -> None:
    engine = inner.isolate(QueryLimits(seconds=PATIENT, light_seconds=PATIENT, light_workers=1))
    text = "SELECT ?a ?o { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
    for kind_format in (CSV, JSON):
        question = EngineRequest(text, formats={"bindings": kind_format})
        ours, theirs = engine.execute(question), inner.execute(question)
        assert ours.size == theirs.size > 1024 * 1024
        with ours.body, theirs.body:
            assert ours.body.read() == theirs.body.read()
    (folder,) = {Path(str(w.path)).parent for w in engine._scheduler._live_workers}  # type: ignore[attr-defined]
    assert list(folder.iterdir()) == []
    engine.close()
    assert not folder.exists()


def test_a_query_that_was_quick_after_all_is_light_again() -> None:
    shapes = SlowQueryMemory()
    shapes.add_query("SELECT ?a { ?a <urn:x> 12 } # why")
    assert "select ?b {\n ?b <urn:yy> 7 }" in shapes
    assert "SELECT ?b { ?b <urn:yy> 7 . ?b ?c ?d }" not in shapes
    shapes.forget_query("SELECT ?b { ?b <urn:yy> 7 }")
    assert "SELECT ?a { ?a <urn:x> 12 }" not in shapes


def test_answers_of_a_kind_that_is_not_wanted_are_not_written(visitors: Engine) -> None:
    with pytest.raises(NotOffered, match="text/csv") as caught:
        visitors.execute(EngineRequest(SMALL, formats={"graph": TURTLE}))
    assert caught.value.kind == "bindings"


def test_a_character_that_xml_lacks_is_refused_by_a_worker_too(visitors: Engine) -> None:
    text = 'SELECT ?x { BIND("a\\u0001b" AS ?x) }'
    with pytest.raises(NotRepresentable, match=r"U\+0001"):
        visitors.execute(EngineRequest(text, formats={"bindings": XML}))
    assert visitors.query(text).rows == [(Literal("a\x01b"),)]


def test_a_worker_that_died_is_replaced(visitors: Engine) -> None:
    visitors.query(SMALL)
    (worker,) = (p for p in multiprocessing.active_children() if p.name == "query-worker")
    worker.kill()
    worker.join()
    assert len(visitors.query(SMALL).rows) == 1


def kill_before_sending(monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """Let so many workers die when a query is sent to them; returns the list of their numbers."""
    send = WorkerProcess.send_request
    killed: list[int] = []

    def kill_and_send(worker: WorkerProcess, request: WorkerRequest) -> None:
        worker._wait_until_ready()
        if len(killed) < times:
            killed.append(worker.process.pid or 0)
            worker.process.kill()
            worker.process.join()
        send(worker, request)

    monkeypatch.setattr(WorkerProcess, "send_request", kill_and_send)
    return killed


def test_a_query_whose_worker_dies_is_tried_once_more(
    visitors: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = kill_before_sending(monkeypatch, 1)
    assert len(visitors.query(SMALL).rows) == 1
    assert len(killed) == 1


def test_a_query_whose_workers_die_twice_is_no_matter_of_time(
    visitors: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = kill_before_sending(monkeypatch, 2)
    with pytest.raises(WorkerDied, match=r"ended \(exit code -9\)") as caught:
        visitors.query(SMALL)
    assert caught.value.limit is Limit.PROCESS
    assert len(set(killed)) == 2
    assert len(visitors.query(SMALL).rows) == 1


def test_workers_follow_a_new_release(inner: EmbeddedEngine, visitors: Engine) -> None:
    assert visitors.query("ASK { ?s ?p 'new' }").boolean is False
    publish(inner.out, "r2", "<urn:x:g> { <urn:x:s> <urn:x:p> 'new' }")
    assert visitors.query("ASK { ?s ?p 'new' }").boolean is True


def test_a_closed_engine_begins_nothing(inner: EmbeddedEngine) -> None:
    engine = inner.isolate(QueryLimits(light_workers=1, heavy_workers=1))
    engine.query(SMALL)
    engine.close()
    with pytest.raises(QueryStopped, match="closing"):
        engine.query(SMALL)


def test_closing_stops_a_query_that_runs(inner: EmbeddedEngine) -> None:
    engine = inner.isolate(QueryLimits(seconds=PATIENT, light_workers=1, heavy_workers=1))
    engine.query(SMALL)
    outcome: list[str] = []

    def occupy() -> None:
        try:
            engine.query(CROSS_PRODUCT)
        except QueryStopped as error:
            outcome.append(str(error))

    thread = threading.Thread(target=occupy)
    thread.start()
    # It runs for good once another worker stands in its place.
    scheduler = engine._scheduler  # type: ignore[attr-defined]
    while (
        not (scheduler.heavy_lane.busy_count and scheduler.light_lane.idle_workers)
        and thread.is_alive()
    ):
        time.sleep(0.02)
    engine.close()
    thread.join()
    assert len(outcome) == 1 and "no answer" in outcome[0]


PARENT = """
import sys, threading, time
from pathlib import Path
import multiprocessing
from query_ui.engine.embedded_engine import EmbeddedEngine
from query_ui.engine.protocol import QueryLimits
from query_ui.engine.worker_main import WorkerRequest
from query_ui.engine.worker_process import WorkerProcess
from tests.query_ui.releases import CROSS_PRODUCT

def main():
    limits = QueryLimits(light_workers=1, heavy_workers=1, seconds=600)
    engine = EmbeddedEngine(Path(sys.argv[1]), {}).isolate(limits)
    engine.query("ASK {}")
    threading.Thread(target=engine.query, args=(CROSS_PRODUCT,), daemon=True).start()
    while engine._scheduler.heavy_lane.busy_count == 0:
        time.sleep(0.02)
    print(*(p.pid for p in multiprocessing.active_children()), flush=True)
    if sys.argv[2] == "wait":
        time.sleep(600)

if __name__ == "__main__":
    main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="looks for processes by their number")
@pytest.mark.parametrize("end", ["leave", "wait"])
def test_no_worker_outlives_its_parent(
    inner: EmbeddedEngine, tmp_path: Path, project: Path, end: str
) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    command = [sys.executable, str(script), str(inner.out), end]
    environment = os.environ | {"PYTHONPATH": str(project)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as parent:
        assert parent.stdout
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        if end == "wait":
            parent.kill()
        parent.wait(PATIENT)
    deadline = time.monotonic() + 100
    assert pids
    while any(map(_runs, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_runs, pids))


def _runs(pid: int) -> bool:
    """Whether a process of that number runs; one that ended and waits for its reaper does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
