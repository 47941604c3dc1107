"""Every connection and every file of the server's processes, as strace writes them down."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.conftest import PROJECT
from tests.query_ui.isolation.canaries import canary
from tests.query_ui.isolation.conftest import HTML, send
from tests.query_ui.isolation.queries import DATASETS, SERVICES, UPDATES, Bait, call
from tests.query_ui.releases import publish

SENDING = ("connect", "sendto", "sendmsg", "sendmmsg")
OPENING = ("open", "openat", "openat2", "creat", "execve")
TRACED = f"trace={','.join(SENDING + OPENING)}"
CALLS = re.compile(r"^(?:\d+ +)?(\w+)\((.*)$", re.MULTILINE)


@pytest.fixture
def strace() -> str:
    """The path of the program."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("no strace on this machine (on Debian: apt-get install strace)")
    tried = subprocess.run([found, "-qq", "-o", "/dev/null", "true"], capture_output=True)
    if tried.returncode:
        pytest.skip(f"processes may not be watched here: {tried.stderr.decode().strip()}")
    return found


class Watched(NamedTuple):
    """A server whose calls of the system are written down."""

    port: int
    log: Path

    def calls(self, since: int = 0) -> tuple[list[str], list[str]]:
        """The connections begun and the files opened since so many bytes of the log."""
        found = CALLS.findall(self.log.read_bytes()[since:].decode("utf-8", "replace"))
        sent = [f"{n}({rest}" for n, rest in found if n in SENDING and "AF_INET" in rest]
        paths = [rest.split('"')[1] for n, rest in found if n in OPENING and '"' in rest]
        return sent, paths


@pytest.fixture
def watched(strace: str, tmp_path: Path) -> Iterator[Callable[..., Watched]]:
    """Starts the command with all its processes under strace."""
    running: list[subprocess.Popen[str]] = []

    def started(*options: str) -> Watched:
        out, log = publish(tmp_path / "build"), tmp_path / "calls"
        watching = (strace, "-D", "-f", "-qq", "--seccomp-bpf", "-e", TRACED, "-o", log)
        program = Path(sys.executable).parent / "concordat-kg"
        serve = (program, "serve", "--port", "0", "--out", out, "--timeout", "600")
        process = subprocess.Popen(
            [*watching, *serve, *options], cwd=PROJECT, stderr=subprocess.PIPE, text=True
        )
        running.append(process)
        assert process.stderr
        said = process.stderr.readline()
        assert said.startswith("Serving at"), said + process.stderr.read()
        return Watched(int(said.split()[2].rpartition(":")[2]), log)

    yield started
    for process in running:
        process.terminate()
        process.wait(120)
        if process.stderr:
            process.stderr.close()


def test_no_process_of_the_server_calls_the_system_for_it(
    watched: Callable[..., Watched], bait: Bait, tmp_path: Path
) -> None:
    server = watched()
    # What is loaded late is loaded here.
    assert send(server.port, [("query", bait.made(SERVICES["plain"]))])[0] == 403
    assert send(server.port, [("query", "SELECT * { ?s ?p ?o }")], accept=HTML)[0] == 200
    begun = server.log.stat().st_size
    services = [text for name, text in SERVICES.items() if name.startswith(("exists", "var", "in"))]
    for text in (*services[::3], *DATASETS.values(), *UPDATES):
        send(server.port, [("query", bait.made(text))])
    for graph in (bait.url, bait.file.as_uri(), "file:///etc/passwd"):
        send(server.port, [("query", "SELECT * { ?s ?p ?o }"), ("default-graph-uri", graph)])
    assert server.calls()[0] == []
    paths = server.calls(begun)[1]
    code = (sys.prefix, sys.base_prefix, str(PROJECT), "/usr/", "/lib", "/proc/", "/sys/", "/dev/")
    known = (str(tmp_path), *code, "/etc/ld.so.cache")  # the last is how a library is found
    assert [path for path in paths if not path.startswith(known)] == []
    assert str(bait.file) not in "".join(server.calls()[1])


def test_what_watches_the_server_sees_a_call(watched: Callable[..., Watched]) -> None:
    with canary() as bird:
        server = watched("--allow-service", bird.address)
        assert "canary" in send(server.port, [("query", call(bird.address))])[1]
        sent, paths = server.calls()
        assert len([line for line in sent if f"htons({urlsplit(bird.address).port})" in line]) == 1
        assert [path for path in paths if "/store/" in path]
