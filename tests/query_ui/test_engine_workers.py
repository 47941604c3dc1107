"""The workers: what a visitor's query may cost, and what happens past it."""

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from loader.errors import QueryError, QueryRefused, QueryStopped
from query_ui.engine.embedded import EmbeddedEngine
from query_ui.engine.interface import Engine, Limits
from query_ui.formats import JSON
from tests.query_ui.releases import CROSS_PRODUCT, publish

SMALL = "SELECT ?s { ?s ?p 12 }"
BIG = "SELECT ?s { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND(STR(?a) AS ?s) }"


@pytest.fixture
def inner(tmp_path: Path) -> EmbeddedEngine:
    return EmbeddedEngine(publish(tmp_path / "build"), {"e": "https://example.org/"})


@pytest.fixture
def visitors(inner: EmbeddedEngine) -> Iterator[Engine]:
    engine = inner.for_visitors(Limits(seconds=1.0, workers=1, megabytes=256))
    yield engine
    engine.close()


def test_an_answer_is_the_one_of_the_embedded_engine(
    inner: EmbeddedEngine, visitors: Engine
) -> None:
    for text in (SMALL, "ASK { ?s ?p 99 }", "DESCRIBE <https://example.org/a>"):
        theirs, ours = visitors.ask(text), inner.ask(text)
        assert (theirs.kind, theirs.body, theirs.prefixes) == (ours.kind, ours.body, ours.prefixes)
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    graph = ["https://example.org/g2"]
    assert visitors.ask(count, default_graphs=graph) == inner.ask(count, default_graphs=graph)
    assert visitors.release == "r1"


def test_a_query_past_its_time_is_stopped_and_the_next_one_answered(visitors: Engine) -> None:
    visitors.ask(SMALL)
    start = time.monotonic()
    with pytest.raises(QueryStopped, match=r"stopped after 1\.\d s: the limit is 1 s"):
        visitors.ask(CROSS_PRODUCT)
    assert time.monotonic() - start < 3
    assert b"https://example.org/a" in visitors.ask(SMALL).serialise(JSON)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_a_query_past_its_memory_is_stopped(inner: EmbeddedEngine, tmp_path: Path) -> None:
    many = "".join(f"<urn:s:{n}> <urn:p:p> '{n:0200}' . " for n in range(1500))
    publish(inner.out, "many", f"<urn:g:g> {{ {many} }}")
    engine = inner.for_visitors(Limits(seconds=60, workers=1, megabytes=128))
    text = "SELECT ?x { ?a ?p ?b . ?c ?q ?d BIND(CONCAT(?b, ?d) AS ?x) } ORDER BY ?x"
    try:
        with pytest.raises(QueryStopped, match="more than 128 MB of memory"):
            engine.ask(text)
        assert engine.ask("ASK { <urn:s:1> ?p ?o }").boolean is True
    finally:
        engine.close()


def test_an_answer_past_its_size_is_stopped_not_cut(inner: EmbeddedEngine) -> None:
    engine = inner.for_visitors(Limits(seconds=30, workers=1, answer=10_000))
    try:
        with pytest.raises(QueryStopped, match="larger than 10,000 bytes"):
            engine.ask(BIG)
        assert len(engine.ask(SMALL).rows) == 1
    finally:
        engine.close()


def test_a_query_nested_too_deeply_ends_its_process_only(visitors: Engine) -> None:
    deep = 40_000
    with pytest.raises(QueryStopped, match="nested too deeply|memory"):
        visitors.ask("SELECT (" + "(" * deep + "1" + ")" * deep + " AS ?x) {}")
    assert len(visitors.ask(SMALL).rows) == 1


def test_errors_keep_their_kind_and_place(visitors: Engine) -> None:
    with pytest.raises(QueryRefused, match="SERVICE is not allowed"):
        visitors.ask("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    with pytest.raises(QueryRefused, match="read-only"):
        visitors.ask("CLEAR ALL")
    with pytest.raises(QueryRefused, match="the limit is 100,000"):
        visitors.ask("#" * 100_001)
    with pytest.raises(QueryError, match="not declared") as caught:
        visitors.ask("SELECT * {\n ?s x:y ?o }")
    assert (caught.value.line, caught.value.column) == (2, 5)


def test_many_threads_share_few_workers(inner: EmbeddedEngine) -> None:
    engine = inner.for_visitors(Limits(workers=2, waiting=30))
    counts: list[int] = []

    def ask() -> None:
        counts.extend(len(engine.ask(SMALL).rows) for _ in range(5))

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


def test_who_waits_too_long_is_told_so(inner: EmbeddedEngine) -> None:
    engine = inner.for_visitors(Limits(seconds=2, workers=1, waiting=0.2))
    engine.ask(SMALL)
    outcome: list[BaseException] = []

    def occupy() -> None:
        try:
            engine.ask(CROSS_PRODUCT)
        except QueryStopped as error:
            outcome.append(error)

    thread = threading.Thread(target=occupy)
    thread.start()
    time.sleep(0.3)
    with pytest.raises(QueryStopped, match="all 1 workers were busy"):
        engine.ask(SMALL)
    thread.join()
    assert len(outcome) == 1
    engine.close()


def test_a_worker_that_died_is_replaced(visitors: Engine) -> None:
    visitors.ask(SMALL)
    (worker,) = (p for p in multiprocessing.active_children() if p.name == "query-worker")
    worker.kill()
    worker.join()
    assert len(visitors.ask(SMALL).rows) == 1


def test_workers_follow_a_new_release(inner: EmbeddedEngine, visitors: Engine) -> None:
    assert visitors.ask("ASK { ?s ?p 'new' }").boolean is False
    publish(inner.out, "r2", "<urn:x:g> { <urn:x:s> <urn:x:p> 'new' }")
    assert visitors.ask("ASK { ?s ?p 'new' }").boolean is True


def test_a_closed_engine_begins_nothing(inner: EmbeddedEngine) -> None:
    engine = inner.for_visitors(Limits(workers=1))
    engine.ask(SMALL)
    engine.close()
    with pytest.raises(QueryStopped, match="closing"):
        engine.ask(SMALL)


def test_closing_stops_a_query_that_runs(inner: EmbeddedEngine) -> None:
    engine = inner.for_visitors(Limits(seconds=60, workers=1))
    engine.ask(SMALL)
    outcome: list[str] = []

    def occupy() -> None:
        try:
            engine.ask(CROSS_PRODUCT)
        except QueryStopped as error:
            outcome.append(str(error))

    thread = threading.Thread(target=occupy)
    thread.start()
    time.sleep(0.3)
    engine.close()
    thread.join(10)
    assert len(outcome) == 1 and "no answer" in outcome[0]


PARENT = """
import sys, threading, time
from pathlib import Path
import multiprocessing
from query_ui.engine.embedded import EmbeddedEngine
from query_ui.engine.interface import Limits
from tests.query_ui.releases import CROSS_PRODUCT

def main():
    engine = EmbeddedEngine(Path(sys.argv[1]), {}).for_visitors(Limits(workers=1, seconds=60))
    engine.ask("ASK {}")
    threading.Thread(target=engine.ask, args=(CROSS_PRODUCT,), daemon=True).start()
    time.sleep(0.5)
    print(*(p.pid for p in multiprocessing.active_children()), flush=True)
    if sys.argv[2] == "wait":
        time.sleep(60)

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
        pid = int(parent.stdout.readline())
        if end == "wait":
            parent.kill()
        parent.wait(30)
    deadline = time.monotonic() + 10
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    """Whether a process of that number runs; one that ended and waits for its reaper does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
