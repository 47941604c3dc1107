"""Tasks: few at a time, each with an end, and none for a client that has left."""

import threading

import pytest
from flask.testing import FlaskClient

from loader.errors import ClientGone, ServerBusy
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.http.request_limits import RequestLimits
from query_ui.http.task_gate import TASK_GATE_EXTENSION, Task, TaskGate
from query_ui.http.wsgi_bridge import CLIENT_GONE_KEY


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


def test_only_so_many_tasks_wait() -> None:
    gate = TaskGate(RequestLimits(max_tasks=1, max_waiting_tasks=1, max_wait_seconds=600))
    waits = threading.Event()

    def is_gone_while_waiting() -> bool:
        waits.set()
        return False

    def wait() -> None:
        with gate.pass_task(is_gone_while_waiting):
            pass

    thread = threading.Thread(target=wait)
    with gate.pass_task(is_here):
        thread.start()
        waits.wait()
        with pytest.raises(ServerBusy, match="1 large requests are being answered and 1 wait"):
            with gate.pass_task(is_gone):
                pass
    thread.join()
    with gate.pass_task(is_here):
        with pytest.raises(ClientGone):  # it waits: the place of the other one is free again
            with gate.pass_task(is_gone):
                pass


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


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    """A site on which one task runs and none waits."""
    limits = RequestLimits(max_tasks=1, max_waiting_tasks=0, max_names=2)
    return create_app(settings, open_engine(settings), limits=limits).test_client()


def test_each_request_gives_its_room_back(client: FlaskClient) -> None:
    for _ in range(3):
        for data, status in (
            ({"table": "name\nLeeds", "column": "name"}, 200),
            ({"table": "name\na\nb\nc", "column": "name"}, 413),
            ({"table": "\x00"}, 400),
            ({"table": "x" * 2_000_000}, 413),
            ({}, 400),
        ):
            assert client.post("/link", data=data).status_code == status
        assert client.post("/lookup", data=b"[" * 1000).status_code == 400
        assert client.post("/link/nowhere").status_code == 404
        assert client.get("/reconcile?query=Leeds").status_code == 200


def test_request_without_room_is_told_when_to_come_back(client: FlaskClient) -> None:
    gate: TaskGate = client.application.extensions[TASK_GATE_EXTENSION]
    with gate.pass_task(is_here):
        for response in (
            client.post("/link", data={"table": "name\nLeeds"}),
            client.post("/lookup", json={"ids": []}),
            client.get("/reconcile?query=Leeds"),
        ):
            assert response.status_code == 503
            assert int(response.headers["Retry-After"]) > 0
            assert response.json is not None
            assert "Try again in" in response.json["detail"]
        for path in ("/", "/link", "/reconcile", "/health/live", "/concepts/keywords/training"):
            assert client.get(path).status_code == 200
    assert client.post("/lookup", json={"ids": []}).status_code == 200


def test_client_that_has_left_gets_no_work(client: FlaskClient) -> None:
    gone = {CLIENT_GONE_KEY: is_gone}
    response = client.post("/link", data={"table": "name\nLeeds"}, environ_overrides=gone)
    assert response.status_code == 504
    assert client.post("/link", data={"table": "name\nLeeds"}).status_code == 200


def test_matching_stops_when_the_time_is_over(settings: Settings) -> None:
    limits = RequestLimits(max_task_seconds=-1)
    client = create_app(settings, open_engine(settings), limits=limits).test_client()
    for path in ("/link", "/link/joined", "/link/mapping-set"):
        response = client.post(path, data={"table": "name\nLeeds", "column": "name"})
        assert response.status_code == 503, path
        assert "was stopped after" in response.text
        assert response.headers["Retry-After"]
    batch = {"queries": '{"q": {"query": "Leeds"}}'}
    assert client.post("/reconcile", data=batch).status_code == 503
    assert client.post("/lookup", json={"ids": ["a"]}).status_code == 503
    extend = {"ids": ["a"], "properties": [{"id": "ror"}]}
    assert client.post("/reconcile/extend", json=extend).status_code == 503
