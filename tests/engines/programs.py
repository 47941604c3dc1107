"""The engines that the site is tested on: how each is loaded, started and stopped.

Each is limited to less than 2 GB of memory and listens on this machine alone.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.query_ui.test_proxy import choose_port

FUSEKI = PROJECT / ".venv" / "engines" / "jena-fuseki-server-5.2.0.jar"
"""What ``make test-engines`` fetches."""
START_SECONDS = 60
_VIRTUOSO_INI = """[Database]
DatabaseFile = kg.db
ErrorLogFile = kg.log
LockFile = kg.lck
TransactionFile = kg.trx
xa_persistent_file = kg.pxa
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = 127.0.0.1:{admin}
DisableUnixSocket = 1
CheckpointInterval = 0
DirsAllowed = {folder}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = .
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 30
"""
_VIRTUOSO_LOAD = """log_enable(2,1);
DB.DBA.TTLP_MT(file_open('{data}'), '', 'urn:none', 512);
checkpoint;
"""


@dataclass
class EngineProcess:
    """A running engine: the address of its queries, and of its Graph Store and Update if any."""

    command: Sequence[str]
    folder: Path
    query_address: str
    update_address: str = ""
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start the program and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        limit = time.monotonic() + START_SECONDS
        while not is_answering(self.query_address):
            said = (self.folder / "log").read_text("utf-8", "replace")
            assert self.process.poll() is None, said
            assert time.monotonic() < limit, said
            time.sleep(0.1)

    def stop(self) -> None:
        """End the program and all that it started."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGCONT)
            os.killpg(self.process.pid, signal.SIGKILL)
        if self.process:
            self.process.wait(30)

    def pause(self) -> None:
        """Stop the program for a while, so that it answers nothing and breaks off nothing."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a program go on that was stopped for a while."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGCONT)


def is_answering(address: str) -> bool:
    """Whether an endpoint answers a query."""
    try:
        with urllib.request.urlopen(f"{address}?query=ASK%20%7B%7D", timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def require(program: str, package: str) -> str:
    """Return the path of a program; skip the test where it is missing."""
    beside = Path(sys.executable).parent / program
    found = str(beside) if beside.exists() else shutil.which(program)
    if found is None:
        pytest.skip(f"no {program} on this machine ({package})")
    return found


def prepare_oxigraph(folder: Path, data: Path | None) -> EngineProcess:
    """Return Oxigraph's server over ``data``, read-only; without data an empty one to write to."""
    program = require("oxigraph", "make setup installs it for tests")
    port = choose_port()
    if data:
        run([program, "load", "--location", "store", "--file", str(data)], folder)
    command = [program, "serve-read-only" if data else "serve", "--location", "store"]
    return EngineProcess(
        [*command, "--bind", f"127.0.0.1:{port}", "--union-default-graph"],
        folder,
        f"http://127.0.0.1:{port}/query",
        f"http://127.0.0.1:{port}/update",
    )


def prepare_fuseki(folder: Path, data: Path | None) -> EngineProcess:
    """Return Fuseki on TDB2, as docs/guides/scale.md sets it up; without data one to write to."""
    java = require("java", "on Debian: apt-get install default-jre-headless")
    if not FUSEKI.is_file():
        pytest.skip("Fuseki is not fetched: make test-engines does so")
    port = choose_port()
    (folder / "DB").mkdir()
    if data:
        loader = ["-cp", str(FUSEKI), "tdb2.tdbloader", "--loc", "DB", str(data)]
        run([java, "-Xmx1g", *loader], folder)
    options = ["--localhost", "--port", str(port), "--timeout", "30000", "--tdb2", "--loc", "DB"]
    union = ["--set", "tdb2:unionDefaultGraph=true"]
    return EngineProcess(
        [
            java,
            "-Xmx1g",
            "-jar",
            str(FUSEKI),
            *options,
            *union,
            *([] if data else ["--update"]),
            "/kg",
        ],
        folder,
        f"http://127.0.0.1:{port}/kg/sparql",
        f"http://127.0.0.1:{port}/kg/update",
    )


def prepare_virtuoso(folder: Path) -> EngineProcess:
    """Return Virtuoso without data; ``load_virtuoso`` loads it while it runs."""
    program = require("virtuoso-t", "on Debian: apt-get install virtuoso-opensource-7-bin")
    port, admin = choose_port(), choose_port()
    (folder / "kg.ini").write_text(
        _VIRTUOSO_INI.format(port=port, admin=admin, folder=folder), "utf-8"
    )
    return EngineProcess(
        [program, "-f", "-c", "kg.ini"],
        folder,
        f"http://127.0.0.1:{port}/sparql",
        f"127.0.0.1:{admin}",
    )


def load_virtuoso(engine: EngineProcess, data: Path) -> None:
    """Load N-Quads into a running Virtuoso."""
    script = engine.folder / "load.sql"
    script.write_text(_VIRTUOSO_LOAD.format(data=data), "utf-8")
    program = require("isql-vt", "on Debian: apt-get install virtuoso-opensource-7-bin")
    run([program, engine.update_address, "dba", "dba", str(script)], engine.folder)


def run(command: Sequence[str], folder: Path) -> None:
    """Run a program to its end; fail with what it said."""
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def running(engine: EngineProcess) -> Iterator[EngineProcess]:
    """Run an engine for a ``with`` block."""
    try:
        engine.start()
        yield engine
    finally:
        engine.stop()


PREPARE = {"oxigraph": prepare_oxigraph, "fuseki": prepare_fuseki}
"""The engines from which a site can be served."""
