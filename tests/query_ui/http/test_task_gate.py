"""Tasks: few at a time, each with an end, and none for a client that has left."""

import threading

import pytest

from loader.errors import ClientGone, ServerBusy
from query_ui.http.request_limits import RequestLimits
from query_ui.http.task_gate import Task, TaskGate


def is_here() -> bool:
    return False


def is_gone() -> bool:
    return True


def test_only_so_many_tasks_run_at_a_time() -> None:
    gate = TaskGate(RequestLimits(max_tasks=2, max_waiting_tasks=0))
    with gate.pass_task(is_here), gate.pass_task(is_here):
        with pytest.raises(ServerBusy, match="2 large requests are being answered") as caught:
            with gate.pass_task(is_here):
                pass
        assert caught.value.retry > 0
    with gate.pass_task(is_here):
        pass


def test_room_is_given_back_after_an_error() -> None:
    gate = TaskGate(RequestLimits(max_tasks=1, max_waiting_tasks=0))
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            with gate.pass_task(is_here):
                raise ZeroDivisionError
    with gate.pass_task(is_here):
        pass


def test_one_that_waits_begins_when_another_ends() -> None:
    gate = TaskGate(RequestLimits(max_tasks=1, max_waiting_tasks=1, max_wait_seconds=600))
    begun, done = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        with gate.pass_task(is_here):
            done.set()

    thread = threading.Thread(target=wait)
    with gate.pass_task(is_here):
        thread.start()
        begun.wait()
        assert not done.is_set()
    thread.join()
    assert done.is_set()


def test_wait_has_an_end() -> None:
    gate = TaskGate(RequestLimits(max_tasks=1, max_waiting_tasks=1, max_wait_seconds=0))
    with gate.pass_task(is_here):
        with pytest.raises(ServerBusy, match="Try again in"):
            with gate.pass_task(is_here):
                pass


def test_client_that_leaves_while_it_waits_is_not_served() -> None:
    gate = TaskGate(RequestLimits(max_tasks=1, max_wait_seconds=600))
    with gate.pass_task(is_here):
        with pytest.raises(ClientGone):
            with gate.pass_task(is_gone):
                pass


def test_task_stops_when_its_time_is_over_or_its_client_has_left() -> None:
    Task(RequestLimits()).check()
    with pytest.raises(ServerBusy, match="was stopped after"):
        Task(RequestLimits(max_task_seconds=-1)).check()
    with pytest.raises(ServerBusy, match="was stopped after"):
        Task(RequestLimits(max_elapsed_seconds=-1)).check()
    with pytest.raises(ClientGone):
        Task(RequestLimits(), is_gone).check()
