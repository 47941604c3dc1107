"""The servers that are measured: ours, and its peers over the same release."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, socket
from typing import NamedTuple

from loader.release.release_folder import current_release
from tests.bench.measure import run

BIN = Path(sys.executable).parent


NO_CACHE = ("--response-cache", "0")
"""Options of our server that make every response a fresh one."""


class Server(NamedTuple):
    """A process that answers SPARQL on a port of this machine."""

    pid: int
    port: int
    path: str


@contextmanager
def ours(out: Path, *options: str) -> Iterator[Server]:
    """``concordat-kg serve`` over a build folder."""
    command = (BIN / "concordat-kg", "serve", "--out", out, *options, "--port")
    with _running(command, "/sparql") as server:
        yield server


@contextmanager
def oxigraph(out: Path, *options: str) -> Iterator[Server]:
    """Oxigraph's own server over the same store; its default graph holds the union already."""
    store = current_release(out).store
    command = (BIN / "oxigraph", "serve-read-only", "--location", store, *options, "--bind")
    with _running(command, "/query", "127.0.0.1:") as server:
        yield server


@contextmanager
def ours_over(endpoint: str, out: Path, *options: str) -> Iterator[Server]:
    """``concordat-kg serve`` over an endpoint, with the files of the release in a build folder."""
    command = (BIN / "concordat-kg", "serve", "--endpoint", endpoint, "--release", out)
    with _running((*command, *options, "--port"), "/sparql") as server:
        yield server


@contextmanager
def oxigraph_with_release(folder: Path, out: Path) -> Iterator[Server]:
    """Oxigraph's own server in ``folder``, with the release of a build folder and its name."""
    folder.mkdir()
    export, store = folder / "release.nq", folder / "store"
    run(BIN / "concordat-kg", "export", export, "--out", out, "--release-statement")
    run(BIN / "oxigraph", "load", "--location", store, "--file", export)
    with oxigraph_in(store) as server:
        yield server


@contextmanager
def oxigraph_in(store: Path) -> Iterator[Server]:
    """Oxigraph's own server over a store of named graphs, which it may change."""
    command = (BIN / "oxigraph", "serve", "--location", store, "--union-default-graph", "--bind")
    with _running(command, "/query", "127.0.0.1:") as server:
        yield server


@contextmanager
def rdflib_endpoint(out: Path) -> Iterator[Server]:
    """rdflib-endpoint over the same statements, in memory."""
    graph = current_release(out).graph
    command = (sys.executable, "-m", "tests.bench.rdflib_peer", graph)
    with _running(command, "/") as server:
        yield server


@contextmanager
def datasette(database: Path) -> Iterator[Server]:
    """Datasette over a SQLite file, with time enough to count all facets as our lists do."""
    settings = (
        *("--setting", "suggest_facets", "off", "--setting", "facet_time_limit_ms", "20000"),
        *("--setting", "sql_time_limit_ms", "20000", "--setting", "default_facet_size", "30"),
    )
    with _running((BIN / "datasette", "serve", database, *settings, "--port"), "/") as server:
        yield server


@contextmanager
def _running(command: Sequence[object], path: str, prefix: str = "") -> Iterator[Server]:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([*map(str, command), f"{prefix}{port}"], stdout=quiet, stderr=quiet)
    try:
        _wait(process, port)
        yield Server(process.pid, port, path)
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:  # it counts 100,000 rows for clients that have gone
            process.kill()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{process.args!r} did not begin to answer")


def children(pid: int) -> list[int]:
    """All processes below a process."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    found = [child for child, parent in pairs if parent == pid]
    return found + [below for child in found for below in children(child)]


def processor_seconds(*pids: int) -> float:
    """Return the processor time that processes have used; those that have ended count nothing."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident(*pids: int) -> float:
    """The memory that processes hold together, in MB; those that have ended hold none."""
    total = 0.0
    for pid in pids:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except FileNotFoundError:
            continue
        total += sum(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line)
    return total / 1024
