"""Queries and connections that mean harm: over a real server, each ends in an error of its own."""

import http.client
import json
import multiprocessing
import os
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import pytest

from query_ui.engine.protocol import QueryLimits
from tests.query_ui.endpoint.protocol.conftest import serving, settings_over

T = TypeVar("T")
SECONDS = 1.0
"""For a query that has to be stopped for its time."""

PATIENT = 600.0
"""For a query that has to be answered, or stopped for something else, on a busy machine too."""

MANY = "".join(f"<urn:s:{n % 300}> <urn:p:{n % 7}> 'text number {n}' . " for n in range(3000))
LINKS = "".join(f"<urn:s:{n}> <urn:p:next> <urn:s:{(n * 7 + 1) % 300}> . " for n in range(300))
CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
# Each passes one limit only: what passes another than the time may take all the time it needs.
HEAVY = {
    "count": f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}",
    "group_concat": f"SELECT (GROUP_CONCAT(?c) AS ?x) {{ {CROSS} }}",
    "distinct": f"SELECT DISTINCT ?a ?d ?g ?l {{ {CROSS} }}",
    "order": f"SELECT * {{ {CROSS} }} ORDER BY ?l ?c",
    "regex": f"SELECT (COUNT(*) AS ?n) {{ {CROSS} FILTER(REGEX(?l, '(t|e|x)+')) }}",
    "path": "SELECT * { ?s (!<urn:x:a>|^!<urn:x:b>)* ?o . ?o (!<urn:x:a>|^!<urn:x:b>)* ?x }",
    "regex bomb": f"SELECT ?x {{ {CROSS} BIND(REPLACE(?c, '(.*)*x', '') AS ?x) FILTER(?x = 'y') }}",
    "construct": f"CONSTRUCT {{ ?a ?b ?c . ?d ?e ?f }} {{ {CROSS} }}",
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server whose queries may take 256 MB and an answer of 2 MB."""
    settings = settings_over(tmp_path_factory.mktemp("hostile"), f"<urn:g:g> {{ {MANY} {LINKS} }}")
    limits = QueryLimits(
        seconds=PATIENT,
        megabytes=256,
        max_result_bytes=2_000_000,
        heavy_queue_size=2,
        max_wait_seconds=PATIENT,
    )
    with serving(settings, limits) as port:
        yield port


def post(port: int, query: str, **fields: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENT)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/sparql", urlencode({"query": query, **fields}), headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


def is_answered(port: int) -> bool:
    return post(port, "ASK { <urn:s:1> ?p ?o }")[0] == 200


OTHER_LIMITS = {"distinct": (413, "size"), "order": (503, "memory")}
"""The status and the limit of a heavy query that is stopped for something else than its time."""


@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_query_ends_at_its_limit_and_never_in_an_answer(port: int, name: str) -> None:
    seconds = PATIENT if name in OTHER_LIMITS else SECONDS
    status, headers, body = post(port, HEAVY[name], timeout=f"{seconds:g}")
    problem = json.loads(body)
    assert (status, problem["limit"]) == OTHER_LIMITS.get(name, (504, "time"))
    assert headers.get_content_type() == "application/problem+json"
    assert "There is no answer" in problem["detail"] or "Ask for fewer" in problem["detail"]
    assert ("the limit is 1 s" in problem["detail"]) == (seconds == SECONDS)
    assert is_answered(port)


def test_the_whole_store_is_given_where_it_fits(port: int) -> None:
    status, _, body = post(port, "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", format="nt")
    assert status == 200
    assert body.count(b" .\n") == 3300


def test_ten_thousand_nested_groups_and_a_query_of_five_megabytes(port: int) -> None:
    status, _, body = post(port, "SELECT * " + "{" * 10_000 + "}" * 10_000)
    assert status in (400, 503), body
    assert json.loads(body)["detail"]
    assert post(port, "#" * 5_000_000)[0] == 413
    assert is_answered(port)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_short_queries_are_answered_while_heavy_ones_run(port: int) -> None:
    """None of the heavy ones has come to its end meanwhile, so no short one waits for one."""
    before = {pid: cpu(pid) for pid in workers()}
    with ExitStack() as stack:
        heavy = [stack.enter_context(begin(port, HEAVY["count"])) for _ in range(4)]
        assert wait_for(lambda: [p for p in workers() if cpu(p) > before.get(p, 0) + 0.2])
        for _ in range(20):
            assert is_answered(port)
        assert select.select(heavy, [], [], 0)[0] == []


def begin(port: int, query: str) -> socket.socket:
    """Send a query on a connection of its own, for whose answer nobody waits."""
    body = urlencode({"query": query})
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(
        f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}".encode()
    )
    return connection


def test_a_full_queue_says_at_once_when_to_come_back(tmp_path: Path) -> None:
    settings = settings_over(tmp_path, f"<urn:g:g> {{ {MANY} }}")
    limits = QueryLimits(
        seconds=PATIENT,
        light_workers=1,
        heavy_workers=2,
        heavy_queue_size=2,
        max_wait_seconds=PATIENT,
    )
    found: list[tuple[int, str | None]] = []
    with serving(settings, limits) as port:

        def ask() -> None:
            with suppress(OSError, http.client.HTTPException):  # when the server is closed
                status, headers, _ = post(port, HEAVY["count"])
                found.append((status, headers["Retry-After"]))

        threads = [threading.Thread(target=ask) for _ in range(12)]
        for thread in threads:
            thread.start()
        # Two run and two wait, for longer than this test: the others are told at once.
        wait_for(lambda: len(found) >= 8)
        assert found == [(503, "600")] * 8
    for thread in threads:
        thread.join()


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_client_that_goes_away_frees_its_worker(
    tmp_path: Path,
) -> None:
    settings = settings_over(tmp_path, f"<urn:g:g> {{ {MANY} }}")
    others = workers()
    with serving(settings, QueryLimits(seconds=PATIENT, light_workers=1, heavy_workers=1)) as port:
        with begin(port, HEAVY["count"]):
            busy = wait_for(lambda: [p for p in workers() if p not in others and cpu(p) > 0.2])
        assert len(busy) == 1
        assert wait_for(lambda: not runs(busy[0]))


def workers() -> list[int]:
    return [p.pid for p in multiprocessing.active_children() if p.pid and p.name == "query-worker"]


def wait_for(found: Callable[[], T], seconds: float = PATIENT) -> T:
    until = time.monotonic() + seconds
    while not (value := found()) and time.monotonic() < until:
        time.sleep(0.05)
    return value


def cpu(pid: int) -> float:
    """Seconds of work that a process has done."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def runs(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_five_hundred_connections_at_once_are_all_answered(port: int) -> None:
    request = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(500)]
    for connection in connections:
        connection.sendall(request)
    statuses = []
    for connection in connections:
        connection.settimeout(PATIENT)
        with connection, connection.makefile("rb") as answer:
            statuses.append(int(answer.readline().split()[1]))
            rest = answer.read()
            assert b"retry-after: 1" in rest or b'"boolean":true' in rest
    assert set(statuses) <= {200, 503}
    assert statuses.count(200) > 100
    assert is_answered(port)


def test_slow_and_half_closed_connections_hinder_nobody(port: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    for connection in slow:
        connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nque")
    assert is_answered(port)
    half = socket.create_connection(("127.0.0.1", port))
    half.sendall(b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    half.shutdown(socket.SHUT_WR)
    half.settimeout(PATIENT)
    answer = half.recv(100)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 200")
    for connection in (*slow, half):
        connection.close()
    assert is_answered(port)
