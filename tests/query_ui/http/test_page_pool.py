"""Processes that make pages: when they do, and that no page is lost with one."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from prometheus_client import CollectorRegistry

from query_ui.http import page_pool
from query_ui.http.page_pool import PAGES_HERE, PagePool
from query_ui.http.page_process import PAGES_AT_ONCE, PageMain
from tests.query_ui.http.small_page_mains import (
    END,
    LEAVE,
    VERSION,
    build_request,
    end_at_once,
    name_process,
    run_other_program,
)

PATIENT_SECONDS = 120
PAGE = build_request("/page")


@contextmanager
def open_pool(
    run: PageMain = name_process,
    process_limit: int = 1,
    page_seconds: float = PATIENT_SECONDS,
    restart_seconds: float = 0,
) -> Iterator[PagePool]:
    """Yield a pool for processes that run ``run``."""
    pool = PagePool(run, process_limit, page_seconds, restart_seconds)
    pool.version = VERSION
    try:
        yield pool
    finally:
        pool.close()


@contextmanager
def page_here(pool: PagePool) -> Iterator[None]:
    """Make a page in the server for a ``with`` block."""
    with pool.make_page(PAGE) as reply:
        assert reply is None
        yield


def wait_until(is_so: Callable[[], object]) -> None:
    """Return once something is so."""
    until = time.monotonic() + PATIENT_SECONDS
    while not is_so():
        assert time.monotonic() < until, "it never became so"
        time.sleep(0.01)


def start_process(pool: PagePool) -> int:
    """Return the number of the process that a page beside another one starts."""
    with page_here(pool), page_here(pool):
        wait_until(lambda: pool.process_ids)
    return pool.process_ids[0]


def ask(pool: PagePool, path: str = "/page") -> int:
    """Ask for a page beside one that the server makes; see ``ask_beside``."""
    with page_here(pool):
        return ask_beside(pool, path)


def ask_beside(pool: PagePool, path: str = "/page") -> int:
    """Ask for a page; return the process that made it, 0 for here."""
    with pool.make_page(build_request(path)) as reply:
        return int(reply[2]) if reply else 0


def read_metrics(pool: PagePool) -> dict[str, float | None]:
    """Read the counts of pages by process, and the number of processes."""
    registry = CollectorRegistry()
    registry.register(pool)
    pages = {
        name: registry.get_sample_value("concordat_kg_pages_total", {"process": name})
        for name in ("web", "page")
    }
    return {**pages, "processes": registry.get_sample_value("concordat_kg_page_processes")}


def is_running(pid: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_pages_one_after_another_start_no_process() -> None:
    with open_pool() as pool:
        for _ in range(3):
            with page_here(pool):
                pass
        assert not [one for one in threading.enumerate() if one.name == "page-start"]
        assert read_metrics(pool) == {"web": 3, "page": 0, "processes": 0}


def test_a_page_beside_another_is_made_by_the_process_and_each_is_counted_once() -> None:
    with open_pool() as pool:
        pid = start_process(pool)
        assert [ask(pool), ask(pool)] == [pid, pid]
        assert read_metrics(pool) == {"web": 4, "page": 2, "processes": 1}
    wait_until(lambda: not is_running(pid))


def test_what_the_process_leaves_is_made_here() -> None:
    with open_pool() as pool:
        pid = start_process(pool)
        assert [ask(pool, LEAVE), ask(pool)] == [0, pid]
        assert read_metrics(pool) == {"web": 5, "page": 1, "processes": 1}


@pytest.mark.parametrize("ends_by", ["a page", "a signal"])
def test_the_page_of_a_process_that_ends_is_made_here_and_another_starts(ends_by: str) -> None:
    with open_pool() as pool:
        first = start_process(pool)
        if ends_by == "a signal":
            os.kill(first, signal.SIGKILL)
            wait_until(lambda: not is_running(first))
        assert ask(pool, END) == 0
        assert read_metrics(pool)["processes"] == 0
        second = start_process(pool)
        assert second != first and ask(pool) == second


def test_no_process_starts_soon_after_a_loss() -> None:
    with open_pool(restart_seconds=3600) as pool:
        start_process(pool)
        assert [ask(pool, END), ask(pool), ask(pool)] == [0, 0, 0]
        assert not [one for one in threading.enumerate() if one.name == "page-start"]


def test_a_stopped_process_is_given_up_after_its_time() -> None:
    with open_pool(page_seconds=0.2) as pool:
        first = start_process(pool)
        os.kill(first, signal.SIGSTOP)
        assert ask(pool) == 0
        wait_until(lambda: not is_running(first))
        assert start_process(pool) != first


@pytest.mark.parametrize("run", [run_other_program, end_at_once])
def test_a_process_that_cannot_make_these_pages_is_never_asked(
    run: PageMain, caplog: pytest.LogCaptureFixture
) -> None:
    with open_pool(run, restart_seconds=3600) as pool:
        with page_here(pool), page_here(pool):
            pass
        wait_until(lambda: not [t for t in threading.enumerate() if t.name == "page-start"])
        assert ask(pool) == 0 and pool.process_ids == []
    assert ("has changed since the start" in caplog.text) == (run is run_other_program)


def test_a_page_for_which_there_is_no_room_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_pool, "WAIT_SECONDS", PATIENT_SECONDS)
    with open_pool() as pool:
        pid = start_process(pool)
        found: list[int] = []
        slots = [pool._idle_slots.pop() for _ in range(PAGES_AT_ONCE)]
        with ExitStack() as stack:
            for _ in range(PAGES_HERE):
                stack.enter_context(page_here(pool))
            thread = threading.Thread(target=lambda: found.append(ask_beside(pool)))
            thread.start()
            wait_until(lambda: pool._vacancy._waiters)  # type: ignore[attr-defined]
            assert found == []
            with pool._lock:
                pool._idle_slots += slots
                pool._vacancy.notify()
            thread.join(PATIENT_SECONDS)
        assert found == [pid]


def test_it_waits_no_longer_than_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_pool, "WAIT_SECONDS", 0.01)
    with open_pool() as pool:
        start_process(pool)
        slots = [pool._idle_slots.pop() for _ in range(PAGES_AT_ONCE)]
        with ExitStack() as stack:
            for _ in range(PAGES_HERE):
                stack.enter_context(page_here(pool))
            assert ask_beside(pool) == 0
        assert slots


def test_after_the_end_pages_are_made_here() -> None:
    with open_pool() as pool:
        pid = start_process(pool)
        pool.close()
        assert not is_running(pid)
        assert ask(pool) == 0
