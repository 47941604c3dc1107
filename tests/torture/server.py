"""The server under attack, a process of its own, and what it uses."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_START = "from query_ui.cli.main import main; main()"


class ServerProcess:
    """A running server: its port, and what its process uses."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process = process
        self.port = port

    @property
    def megabytes(self) -> float:
        """Its resident memory, without that of its workers; 0 where it is unknown."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        except OSError:
            return 0.0
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0

    @property
    def processor_seconds(self) -> float:
        """The processor time that it has used, without that of its workers."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2]
        except OSError:
            return 0.0
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def run_server(out: Path, *options: str) -> Iterator[ServerProcess]:
    """Run ``concordat-kg serve`` over the release in ``out`` for a ``with`` block."""
    process = subprocess.Popen(
        [sys.executable, "-c", _START, "serve", "--port", "0", "--out", str(out), *options],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        found = re.search(r":(\d+)[ /]", line)
        assert found, line
        yield ServerProcess(process, int(found[1]))
    finally:
        process.terminate()
        process.stderr.read()
        process.stderr.close()
        process.wait(30)
