"""Pages from processes beside the server: equal to its own, of one release, and never lost."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context
from dataclasses import replace
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.engine.worker_time import read_worker_seconds
from query_ui.http.page_dispatcher import PAGE_BLUEPRINTS, find_page_routes
from query_ui.http.page_pool import PagePool
from query_ui.http.page_process import PageReply, PageRequest
from query_ui.http.public_address import PublicAddress
from query_ui.http.request_log import build_route_finder
from query_ui.page_main import PageMaker, build_page_maker, run_page_process
from tests.conftest import Built
from tests.query_ui.conftest import BROWSER
from tests.query_ui.endpoint.protocol.conftest import settings_over
from tests.query_ui.releases import publish_beside, switch
from tests.torture.server import ServerProcess, run_server

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

PATIENT_SECONDS = 120
SWITCHES = 10
READERS = 6
MOST_OF_A_ROUTE = 4
"""Pages of each route that are compared, each with three forms of its request."""
NOT_LINKED = {
    *("/ask", "/action-plans", "/indicators", "/search/suggestions"),
    *("/action-plans/<path:name>", "/indicators/<path:name>", "/registers/<path:name>"),
}
"""Routes to which no link of the miniature leads; it has no plan, indicator or register."""
MORE_PAGES = (
    *("/ask?q=case+studies+about+training", "/action-plans", "/indicators", "/search?q=desk+hours"),
    *("/case-studies?q=quiet&sort=title", "/case-studies?page=99", "/search?q=nothing+of+it"),
    *("/case-studies/nothing-of-this-name", "/coverage?rows=nothing", "/things?iri=x"),
)
"""Pages with words and numbers in their address, and some that are refused."""
SAYS = """
<https://example.org/graph> {{
  <https://example.org/a> <https://example.org/says> "text of {0}" ;
    <https://example.org/also> "note of {0}" .
}}
"""
PAGE = "/things?iri=https://example.org/a"
_LINK = re.compile(r'href="(/[^"#]*)')
_NAMED = re.compile(r'data-release="(r[12])"')
_SAID = re.compile(r"\b(?:text|note) of (r[12])\b")


class MakerPool(PagePool):
    """A pool whose process is a maker of pages in this one, asked for every page."""

    def __init__(self, maker: PageMaker) -> None:
        super().__init__(lambda pipes: None, 0)
        self._maker = maker
        self.left: list[str] = []

    @contextmanager
    def make_page(self, request: PageRequest) -> Iterator[PageReply | None]:
        """Yield the reply of the maker."""
        reply = Context().run(self._maker.make_page, request)  # as elsewhere: nothing is set
        if reply is None:
            self.left.append(request[0]["PATH_INFO"])
        yield reply


def build_sites(settings: Settings, **options: Any) -> tuple[Flask, Flask, MakerPool]:
    """Build a site whose server makes all pages, and one with a maker; return its pool too."""
    maker, version = build_page_maker(settings, "", [])
    pool = MakerPool(maker)
    plain = create_app(settings, open_engine(settings, is_serving=True), **options)
    engine = open_engine(settings, is_serving=True)
    passed_on = create_app(settings, engine, page_pool=pool, **options)
    assert pool.version == version
    return plain, passed_on, pool


def crawl(client: FlaskClient, base_path: str) -> dict[str, str]:
    """Return the routes of pages by address: some of each, as links lead from the home page."""
    routes = find_page_routes(client.application)
    find_route = build_route_finder(client.application.url_map)
    waiting, known, counts = [f"{base_path}/"], {f"{base_path}/"}, Counter[str]()
    found: dict[str, str] = {}
    while waiting:
        address = waiting.pop(0)
        path = address.removeprefix(base_path).partition("?")[0]
        route = find_route(path, "GET")
        counts[route] += 1
        if route not in routes or counts[route] > MOST_OF_A_ROUTE:
            continue
        found[address] = route
        text = client.get(address, headers={"Accept": BROWSER}).text
        new = dict.fromkeys(one.replace("&amp;", "&") for one in _LINK.findall(text))
        waiting += [one for one in new if one not in known]
        known.update(new)
    return found


def strip(response: TestResponse) -> tuple[str, list[tuple[str, str]], bytes]:
    """Return status, headers without the identifier of the request, and body."""
    headers = [pair for pair in response.headers if pair[0] != "X-Request-ID"]
    return response.status, headers, response.data


@pytest.mark.parametrize("base_path", ["", "/kg"])
def test_pages_are_equal_wherever_they_are_made(base_path: str, tiny_built: Built) -> None:
    settings = replace(tiny_built[0])
    address = PublicAddress("https", "example.org", base_path) if base_path else None
    plain, passed_on, pool = build_sites(settings, public_address=address)
    here, beside = plain.test_client(), passed_on.test_client()
    addresses = crawl(here, base_path)
    missing = {*find_page_routes(plain)} - {*addresses.values()}
    assert missing <= NOT_LINKED, "the crawl does not reach them"
    more = [f"{base_path}{path}" for path in MORE_PAGES]
    for page in [*addresses, *more]:
        kinds = [{"Accept": BROWSER}, {"Accept": BROWSER, "Accept-Encoding": "gzip"}]
        first = here.get(page, headers=kinds[0])
        kinds.append({"Accept": BROWSER, "If-None-Match": first.headers.get("ETag", '"x"')})
        for headers in kinds:
            expected = strip(here.get(page, headers=headers))
            assert strip(beside.get(page, headers=headers)) == expected
        expected = strip(here.head(page, headers=kinds[0]))
        assert strip(beside.head(page, headers=kinds[0])) == expected
    assert {*pool.left} == {"/coverage"}, "the address that is refused"


class NotingPool(PagePool):
    """A pool without a process, which notes every request for one, or replies with ``reply``."""

    def __init__(self, reply: PageReply | None = None) -> None:
        super().__init__(lambda pipes: None, 0)
        self.requests: list[PageRequest] = []
        self._reply = reply

    @contextmanager
    def make_page(self, request: PageRequest) -> Iterator[PageReply | None]:
        """Yield the same reply to every request."""
        self.requests.append(request)
        yield self._reply


def test_what_is_special_stays_in_the_server(tiny_built: Built) -> None:
    settings = tiny_built[0]
    pool = NotingPool()
    app = create_app(settings, open_engine(settings, is_serving=True), page_pool=pool)
    client = app.test_client()
    release = (settings.out / "current").read_text("ascii").strip()
    for path, accept in [
        (f"/case-studies?release={release}", BROWSER),
        ("/embed/case-studies", BROWSER),
        ("/case-studies", "text/turtle"),
        ("/case-studies.csv", BROWSER),
        ("/sparql?query=ASK{}", BROWSER),
        ("/queries", BROWSER),
        ("/nowhere", BROWSER),
        ("/health/live", BROWSER),
    ]:
        client.get(path, headers={"Accept": accept}, buffered=True)
        assert pool.requests == [], path
    client.post("/case-studies", headers={"Accept": BROWSER})
    client.get("/case-studies", headers={"Accept": BROWSER}, data="body")
    assert pool.requests == []
    client.get("/case-studies", headers={"Accept": BROWSER})
    assert [texts["PATH_INFO"] for texts, _, _ in pool.requests] == ["/case-studies"]


def test_the_work_of_a_process_is_work_of_the_request(tiny_built: Built) -> None:
    pool = NotingPool(("200 OK", [("Content-Type", "text/html")], b"page", 2.5))
    app = create_app(tiny_built[0], open_engine(tiny_built[0], is_serving=True), page_pool=pool)
    before = read_worker_seconds()
    response = app.test_client().get("/case-studies", headers={"Accept": BROWSER})
    assert response.data == b"page" and response.headers["X-Request-ID"]
    assert read_worker_seconds() - before == pytest.approx(2.5)


@pytest.mark.parametrize(
    "path", ["/dataset/graph.nq", "/sparql?query=SELECT+*+{?s+?p+?o}", "/static/filter.js"]
)
def test_a_maker_leaves_streams_and_users_queries(path: str, tiny_built: Built) -> None:
    settings = tiny_built[0]
    pool = NotingPool()
    app = create_app(settings, open_engine(settings, is_serving=True), page_pool=pool)
    app.test_client().get("/case-studies", headers={"Accept": BROWSER})
    texts, state, release = pool.requests[0]
    maker, _ = build_page_maker(settings, "", [])
    assert maker.make_page((texts, state, release))
    name, _, query = path.partition("?")
    own = texts | {"PATH_INFO": name, "QUERY_STRING": query}
    assert maker.make_page((own, state, release)) is None


def test_a_maker_leaves_what_is_of_another_release_or_state(tmp_path: Path) -> None:
    settings = settings_over(tmp_path, SAYS.format("r1"))
    maker, _ = build_page_maker(settings, "", [])
    pool = NotingPool()
    app = create_app(settings, open_engine(settings, is_serving=True), page_pool=pool)
    app.test_client().get(PAGE, headers={"Accept": BROWSER})
    texts, state, release = pool.requests[0]
    reply = maker.make_page((texts, state, release))
    assert reply and b"text of r1" in reply[2]
    assert maker.make_page((texts, "another state", release)) is None
    assert maker.make_page((texts, state, "r2")) is None
    publish_beside(settings.out, "r2", SAYS.format("r2"))
    switch(settings.out, "r2")
    assert maker.make_page((texts, state, release)) is None


def ask(port: int, path: str = PAGE) -> tuple[int, str]:
    """Return the status and the text of a page."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENT_SECONDS)
    try:
        connection.request("GET", path, headers={"Accept": BROWSER})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


class Load:
    """Readers that ask for pages until they are stopped, and note faults and releases."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.found: Counter[str] = Counter()
        self.faults: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(READERS)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENT_SECONDS)

    def wait_for(self, count: int, release: str) -> None:
        """Return once so many more pages of a release have come."""
        most = self.found[release] + count
        wait_until(lambda: self.found[release] >= most)

    def _read(self) -> None:
        while not self._stop.is_set():
            try:
                status, text = ask(self._port)
            except (OSError, HTTPException) as error:
                self.faults.append(repr(error))
                continue
            releases = {*_NAMED.findall(text), *_SAID.findall(text)}
            if status != 200 or len(releases) != 1:
                self.faults.append(f"{status} {releases}: {text[:200]}")
            self.found.update(releases)


def count_pages(port: int) -> dict[str, float]:
    """Return how many pages each kind of process has made, from the metrics."""
    text = ask(port, "/metrics")[1]
    found = re.findall(r'^concordat_kg_pages_total\{process="(\w+)"\} (\S+)$', text, re.MULTILINE)
    return {name: float(count) for name, count in found}


def list_page_processes(server: ServerProcess) -> list[int]:
    """Return the processes below a server besides those of Python itself."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    children = [pid for pid, parent in pairs if parent == server.process.pid]
    return [pid for pid, parent in pairs if parent in children]


def wait_until(is_so: Callable[[], object]) -> None:
    """Return once something is so."""
    until = time.monotonic() + PATIENT_SECONDS
    while not is_so():
        assert time.monotonic() < until, "it never became so"
        time.sleep(0.02)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A project with the releases r1 and r2, of which r1 is the current one."""
    found = settings_over(tmp_path, SAYS.format("r1"))
    publish_beside(found.out, "r2", SAYS.format("r2"))
    return found


NO_CACHE = ("--response-cache", "0", "--page-processes", "1")


def test_a_switch_of_release_and_the_end_of_a_process_lose_and_mix_nothing(
    settings: Settings,
) -> None:
    with run_server(settings.out, *NO_CACHE) as server:
        with Load(server.port) as load:
            wait_until(lambda: count_pages(server.port)["page"] > READERS)
            for number in range(SWITCHES):
                release = f"r{number % 2 + 1}"
                switch(settings.out, release)
                load.wait_for(2 * READERS, release)
            (pid,) = list_page_processes(server)
            os.kill(pid, signal.SIGKILL)
            load.wait_for(2 * READERS, release)
        assert load.faults == []
        assert all(count > SWITCHES for count in count_pages(server.port).values())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_processes_end_with_the_server(number: signal.Signals, settings: Settings) -> None:
    with run_server(settings.out, *NO_CACHE) as server:
        with Load(server.port):
            wait_until(lambda: count_pages(server.port)["page"])
        pids = list_page_processes(server)
        assert pids
        server.process.send_signal(number)
        server.process.wait(PATIENT_SECONDS)
        wait_until(lambda: all(map(is_gone, pids)))


def is_gone(pid: int) -> bool:
    """Whether a process has ended."""
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return False
    return True


def test_a_pool_of_real_processes_makes_the_same_page(tiny_built: Built) -> None:
    settings = tiny_built[0]
    pool = PagePool(partial(run_page_process, settings, "", []), 1)
    app = create_app(settings, open_engine(settings, is_serving=True), page_pool=pool)
    request = {"Accept": BROWSER, "Accept-Encoding": "gzip"}
    try:
        expected = strip(app.test_client().get("/organisations", headers=request))
        empty: PageRequest = ({}, None, "")
        with pool.make_page(empty) as reply:
            assert reply is None
            app.test_client().get("/organisations", headers=request)
            wait_until(lambda: pool.process_ids)
            assert strip(app.test_client().get("/organisations", headers=request)) == expected
        assert pool._counts["page"] == 1
    finally:
        pool.close()


def test_each_blueprint_of_pages_exists(tiny_built: Built) -> None:
    app = create_app(tiny_built[0], open_engine(tiny_built[0]))
    assert set(app.blueprints) >= PAGE_BLUEPRINTS
