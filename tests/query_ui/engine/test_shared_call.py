"""A call that threads share: each gets one that began after it had asked."""

import threading
import time

import pytest

from loader.errors import EndpointError, ProjectError
from query_ui.engine.shared_call import SharedCall


def test_threads_that_wait_share_the_next_call_and_never_the_running_one() -> None:
    begun, may_end = threading.Semaphore(0), threading.Semaphore(0)
    calls: list[int] = []
    got: dict[str, int] = {}

    def call() -> int:
        calls.append(len(calls) + 1)
        begun.release()
        assert may_end.acquire(timeout=300)
        return len(calls)

    shared = SharedCall(call)

    def ask(name: str) -> None:
        got[name] = shared.run()

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("first", "b", "c", "d")]
    threads[0].start()
    assert begun.acquire(timeout=300)
    for thread in threads[1:]:
        thread.start()
    while len(shared._changed._waiters) < 3:  # type: ignore[attr-defined]
        time.sleep(0.001)
    may_end.release(2)
    for thread in threads:
        thread.join(300)
    assert got == {"first": 1, "b": 2, "c": 2, "d": 2}
    assert calls == [1, 2]


def test_an_error_is_of_its_call_alone() -> None:
    outcomes = [EndpointError("no"), None]

    def call() -> str:
        if error := outcomes.pop(0):
            raise error
        return "yes"

    shared = SharedCall(call)
    with pytest.raises(EndpointError, match="no"):
        shared.run()
    assert shared.run() == "yes"


def test_a_fault_of_the_call_leaves_nobody_waiting() -> None:
    begun, may_end, ends = threading.Event(), threading.Event(), []

    def call() -> None:
        begun.set()
        assert may_end.wait(300)
        raise KeyError("fault")

    shared = SharedCall(call)

    def ask() -> None:
        try:
            shared.run()
        except (KeyError, ProjectError) as error:
            ends.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(300)
    may_end.set()
    for thread in threads:
        thread.join(300)
    assert len(ends) == 3
