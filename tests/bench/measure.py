"""Times whole processes and says what machine they ran on."""

import os
import platform
import subprocess
import sys
import time
import urllib.request
from importlib.metadata import version
from pathlib import Path
from socket import socket
from statistics import median
from typing import NamedTuple


class Run(NamedTuple):
    """Wall-clock seconds and the largest resident memory, in MB, of one finished process.

    ``said`` is what it wrote to its standard error.
    """

    seconds: float
    megabytes: float
    said: str = ""


def run(*command: str | Path, cwd: Path | None = None) -> Run:
    """Run a command to its end; raises where it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        raise SystemExit(f"{command} failed:\n{said.decode()[-2000:]}")
    return Run(time.perf_counter() - began, usage.ru_maxrss / 1024, said.decode())


def middle(times: int, *command: str | Path) -> Run:
    """The medians of several runs, after one that does not count."""
    run(*command)
    runs = [run(*command) for _ in range(times)]
    return Run(median(r.seconds for r in runs), median(r.megabytes for r in runs))


def first_answer(tool: Path, out: Path) -> float:
    """Seconds from starting ``serve`` until it has answered its first request."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.perf_counter()
    process = subprocess.Popen(
        [tool, "serve", "--port", str(port), "--out", out], stdout=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                    answer.read()
                return time.perf_counter() - began
            except OSError:
                if process.poll() is not None or time.perf_counter() - began > 60:
                    raise SystemExit("serve did not answer") from None
                time.sleep(0.01)
    finally:
        process.terminate()
        process.wait()


def machine() -> str:
    """The machine in one line: processors, memory, system, Python and engine."""
    cores = os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{cores} cores ({platform.machine()}), {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, pyoxigraph {version('pyoxigraph')}"
    )


def python() -> Path:
    """The interpreter of this environment."""
    return Path(sys.executable)


def row(what: str, measured: str, wanted: str) -> str:
    """One line of the table."""
    return f"| {what} | {measured} | {wanted} |"
