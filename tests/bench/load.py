"""Puts load on a server with wrk, and reads what it measured.

https://github.com/wg/wrk/blob/master/SCRIPTING
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

SCRIPT = Path(__file__).with_name("addresses.lua")
MAX_THREADS = 2
HEADERS = {"Accept": "text/html,application/xhtml+xml", "Accept-Encoding": "gzip"}
"""Those of ``addresses.lua``, so that a response is kept for both."""


class Load(NamedTuple):
    """Requests a second, the 95th percentile in milliseconds, and how many requests failed."""

    rate: float
    p95: float
    failed: int


def find_wrk() -> str | None:
    """Return the path of wrk, if there is one."""
    return shutil.which("wrk")


def ask_once(port: int, addresses: Iterable[str]) -> None:
    """Ask for each address once, with the headers that wrk sends; raise SystemExit for an error."""
    connection = HTTPConnection("127.0.0.1", port)
    for address in dict.fromkeys(addresses):
        connection.request("GET", address, headers=HEADERS)
        response = connection.getresponse()
        response.read()
        if response.status != HTTPStatus.OK:
            raise SystemExit(f"{address}: {response.status}")
    connection.close()


def await_preparation(port: int) -> None:
    """Wait until a server has prepared its first search, which takes a while for many records."""
    ask_once(port, ["/search?q=mentoring"])


def put_load(
    port: int, addresses: Sequence[str], clients: int, seconds: float, folder: Path
) -> Load:
    """Ask for the addresses in turn, with so many connections; each client begins elsewhere.

    A server that responds to nothing in that time has the rate 0. Raises SystemExit where wrk
    fails.
    """
    listed = folder / "addresses.txt"
    listed.write_text("\n".join(addresses) + "\n", "utf-8")
    threads = min(clients, MAX_THREADS)
    command = (
        *(
            "wrk",
            f"-t{threads}",
            f"-c{clients}",
            f"-d{max(1, round(seconds))}s",
            "--timeout",
            "20s",
        ),
        *("-s", str(SCRIPT), f"http://127.0.0.1:{port}"),
    )
    done = subprocess.run(
        command, env=os.environ | {"ADDRESSES": str(listed)}, capture_output=True, text=True
    )
    last = done.stdout.strip().rpartition("\n")[2]
    if done.returncode or not last.startswith("{"):
        raise SystemExit(f"wrk failed: {done.stdout}{done.stderr}")
    found = json.loads(last)
    return Load(
        found["requests"] / found["microseconds"] * 1e6, found["p95"] / 1000, found["failed"]
    )
