"""One response, one release: a switch in the middle of a request changes nothing in it."""

import os
import re
import threading
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.engine.embedded_engine import EmbeddedEngine
from query_ui.engine.pinned_release import get_pinned_release, pin_release
from query_ui.engine.protocol import EngineRequest
from tests.query_ui.endpoint.protocol.conftest import settings_over
from tests.query_ui.http.servers import running_server
from tests.query_ui.releases import publish_beside, switch

SAYS = """
<https://example.org/graph> {{
  <https://example.org/a> <https://example.org/says> "text of {0}" ;
    <https://example.org/also> "note of {0}" .
}}
"""
PAGE = "/things?iri=https://example.org/a"
VALUE = "SELECT ?v { <https://example.org/a> <https://example.org/says> ?v }"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A project with the releases r1 and r2, of which r1 is the current one."""
    found = settings_over(tmp_path, SAYS.format("r1"))
    publish_beside(found.out, "r2", SAYS.format("r2"))
    return found


def list_releases_in(page: str) -> set[str]:
    """The releases whose data a page shows, and the one that its foot names."""
    text = re.sub(r"<[^>]*>", " ", page)
    named = re.findall(r'data-release="(r[12])"', page)
    assert named, "the foot of the page names no release"
    return {*named, *re.findall(r"\b(?:text|note) of (r[12])\b", text)}


def test_a_switch_between_two_queries_of_a_page_changes_nothing_in_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = create_app(settings, open_engine(settings)).test_client()
    open_store, queries = EmbeddedEngine._open_store, []

    def open_and_switch(engine: EmbeddedEngine) -> object:
        queries.append(get_pinned_release())
        store = open_store(engine)
        switch(settings.out, "r2")
        return store

    monkeypatch.setattr(EmbeddedEngine, "_open_store", open_and_switch)
    page = client.get(PAGE, headers={"Accept": "text/html"}).text
    assert len(queries) > 3 and set(queries) == {"r1"}
    assert "text of r1" in page and "note of r1" in page
    assert list_releases_in(page) == {"r1"}
    # The next request is of the other one.
    assert list_releases_in(client.get(PAGE, headers={"Accept": "text/html"}).text) == {"r2"}
    assert get_pinned_release() == ""


def test_a_worker_uses_the_release_of_the_request(settings: Settings) -> None:
    engine = open_engine(settings)
    visitors = engine.isolate()
    try:
        with pin_release("r1"):
            switch(settings.out, "r2")
            with visitors.execute(EngineRequest(VALUE)).body as body:
                assert b"text of r1" in body.read()
        with visitors.execute(EngineRequest(VALUE)).body as body:
            assert b"text of r2" in body.read()
    finally:
        visitors.close()


def ask_until(stop: threading.Event, port: int, path: str, pages: list[str]) -> None:
    """Ask for one address again and again."""
    while not stop.is_set():
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=600) as response:
            pages.append(response.read().decode())


def count_open_files() -> int:
    """The open files of this process."""
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux lists its open files")
@pytest.mark.parametrize(
    "switches", [20, pytest.param(200, marks=pytest.mark.long)], ids=["few", "many"]
)
def test_no_response_is_mixed_while_releases_are_switched(
    settings: Settings, switches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store = EmbeddedEngine._open_store

    def open_slowly(engine: EmbeddedEngine) -> object:
        store = open_store(engine)
        time.sleep(0.01)  # so that switches come between the queries of a page
        return store

    monkeypatch.setattr(EmbeddedEngine, "_open_store", open_slowly)
    engine = open_engine(settings)
    app = create_app(settings, engine, engine.isolate())
    pages: list[str] = []
    answers: list[str] = []
    stop = threading.Event()
    with running_server(app.wsgi_app, threads=4) as port:
        asking = [
            threading.Thread(target=ask_until, args=(stop, port, PAGE, pages)),
            threading.Thread(target=ask_until, args=(stop, port, PAGE, pages)),
            threading.Thread(
                target=ask_until,
                args=(stop, port, "/sparql?format=csv&query=" + VALUE.replace(" ", "+"), answers),
            ),
        ]
        for thread in asking:
            thread.start()
        files = 0
        for number in range(switches):
            switch(settings.out, f"r{1 + (number + 1) % 2}")
            before = len(pages)
            until = time.monotonic() + 600
            while len(pages) < before + 2 and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(number % 7 / 100)  # into another part of the next page each time
            if number == switches // 4:
                files = count_open_files()
        grown = count_open_files() - files
        stop.set()
        for thread in asking:
            thread.join(600)
    engine.close()
    assert len(pages) >= 2 * switches
    assert [page for page in pages if len(list_releases_in(page)) != 1] == []
    assert {release for page in pages for release in list_releases_in(page)} == {"r1", "r2"}
    assert set(answers) == {"v\r\ntext of r1\r\n", "v\r\ntext of r2\r\n"}
    # A store has some ten files; what is left of a switch would be ten times that.
    assert grown < 40, f"{grown} more open files"
