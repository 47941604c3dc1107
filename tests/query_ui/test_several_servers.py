"""Several servers over one build folder behind nginx: switches and restarts lose no page."""

import re
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from loader.release.build import build
from loader.settings import Settings
from tests.conftest import quiet
from tests.query_ui.releases import switch
from tests.query_ui.test_proxy import choose_port, find_program
from tests.torture.server import ServerProcess, run_server

pytestmark = [pytest.mark.slow, pytest.mark.long]

SWITCHES = 20
PATH = "/organisations"
PICK_UP_SECONDS = 20
"""Ten times what the guide says, since a busy machine is no fault."""
_RELEASE = re.compile(r'data-release="([0-9a-f]{64})"')
_NAME = re.compile(r">(Northgate \w+)</a>")


@pytest.fixture
def releases(tiny: Settings) -> dict[str, str]:
    """Two releases in one build folder, each with its name of the same institution."""
    organisations = tiny.root / "data" / "organisations.csv"
    first = build(tiny, quiet, unproved=True).release.name
    text = organisations.read_text("utf-8")
    organisations.write_text(
        text.replace("Northgate University,", "Northgate College,", 1), "utf-8"
    )
    second = build(tiny, quiet, unproved=True).release.name
    return {first: "Northgate University", second: "Northgate College"}


def ask(port: int, path: str) -> tuple[int, str]:
    """Return the status and the text of a page."""
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("GET", path, headers={"Accept": "text/html"})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


@contextmanager
def run_proxy(folder: Path, ports: list[int]) -> Iterator[int]:
    """Run nginx before servers, with the settings of docs/guides/scale.md; give its port."""
    nginx, port = find_program("nginx", "nginx-light"), choose_port()
    servers = "\n".join(f"server 127.0.0.1:{one} max_fails=0;" for one in ports)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    path = folder / "nginx.conf"
    path.write_text(
        f"""daemon off; user root; pid {folder}/nginx.pid; error_log stderr crit; events {{}}
http {{
    access_log off; {folders}
    upstream site {{ {servers} }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://site;
            proxy_set_header Host localhost;
            proxy_next_upstream error timeout http_503;
        }}
    }}
}}""",
        "utf-8",
    )
    with subprocess.Popen([nginx, "-c", path]) as process:
        try:
            yield port
        finally:
            process.terminate()


class Load:
    """Readers that ask for pages until they are stopped, and count what came."""

    def __init__(self, port: int, releases: dict[str, str]) -> None:
        self.port, self.releases = port, releases
        self.found: Counter[str] = Counter()
        self.faults: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(3)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(150)

    def _read(self) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            # Every second page is a new one for the cache of the server.
            path = PATH if number % 2 else f"{PATH}?utm_source=x{number}"
            try:
                status, text = ask(self.port, path)
            except (OSError, HTTPException) as error:
                self.faults.append(repr(error))
                continue
            release, name = _RELEASE.search(text), _NAME.search(text)
            if status != 200 or not release or not name:
                self.faults.append(f"{status}: {text[:200]}")
            elif self.releases.get(release[1]) != name[1]:
                self.faults.append(f"{release[1][:12]} with {name[1]}")
            else:
                self.found[release[1]] += 1


def wait_for(port: int, release: str) -> None:
    """Return once a server responds from a release."""
    until = time.monotonic() + PICK_UP_SECONDS
    while time.monotonic() < until:
        with suppress(OSError):  # nginx may not listen yet
            if f'data-release="{release}"' in ask(port, PATH)[1]:
                return
        time.sleep(0.05)
    raise AssertionError(f"the server on {port} has not picked up {release[:12]}")


def test_switches_under_load_lose_and_mix_nothing(
    tiny: Settings, releases: dict[str, str], tmp_path: Path
) -> None:
    with ExitStack() as stack:
        options = ("--rate", "100000")
        servers = [stack.enter_context(run_server(tiny.out, *options)) for _ in range(2)]
        port = stack.enter_context(run_proxy(tmp_path, [one.port for one in servers]))
        wait_for(port, (tiny.out / "current").read_text("ascii").strip())
        load = stack.enter_context(Load(port, releases))
        for number in range(SWITCHES):
            release = list(releases)[number % 2]
            switch(tiny.out, release)
            for server in servers:
                wait_for(server.port, release)
    assert load.faults == []
    assert set(load.found) == set(releases) and min(load.found.values()) > SWITCHES / 2


def test_servers_stop_and_start_one_at_a_time_without_a_lost_page(
    tiny: Settings, releases: dict[str, str], tmp_path: Path
) -> None:
    ports = [choose_port(), choose_port()]

    def start(stack: ExitStack, port: int) -> ServerProcess:
        return stack.enter_context(run_server(tiny.out, "--rate", "100000", "--port", str(port)))

    with ExitStack() as stack:
        running = [ExitStack() for _ in ports]
        for one, port in zip(running, ports, strict=True):
            stack.callback(one.close)
            start(one, port)
        proxy = stack.enter_context(run_proxy(tmp_path, ports))
        wait_for(proxy, (tiny.out / "current").read_text("ascii").strip())
        load = stack.enter_context(Load(proxy, releases))
        for one, port in zip(running, ports, strict=True):
            before = sum(load.found.values())
            one.close()  # sends SIGTERM and waits for the end
            start(one, port)
            wait_for(port, (tiny.out / "current").read_text("ascii").strip())
            assert sum(load.found.values()) > before
    assert load.faults == []
