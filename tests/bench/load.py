"""Puts load on a server with wrk, and reads what it measured.

https://github.com/wg/wrk/blob/master/SCRIPTING
"""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

SCRIPT = Path(__file__).with_name("addresses.lua")
MAX_THREADS = 2


class Load(NamedTuple):
    """Requests a second, the 95th percentile in milliseconds, and how many requests failed."""

    rate: float
    p95: float
    failed: int


def find_wrk() -> str | None:
    """Return the path of wrk, if there is one."""
    return shutil.which("wrk")


def put_load(
    port: int, addresses: Sequence[str], clients: int, seconds: float, folder: Path
) -> Load:
    """Ask for the addresses in turn, with so many connections; each client begins elsewhere.

    Raises SystemExit where wrk fails or the server never responds.
    """
    listed = folder / "addresses.txt"
    listed.write_text("\n".join(addresses) + "\n", "utf-8")
    threads = min(clients, MAX_THREADS)
    command = (
        *("wrk", f"-t{threads}", f"-c{clients}", f"-d{seconds:g}s", "--timeout", "20s"),
        *("-s", str(SCRIPT), f"http://127.0.0.1:{port}"),
    )
    done = subprocess.run(
        command, env=os.environ | {"ADDRESSES": str(listed)}, capture_output=True, text=True
    )
    last = done.stdout.strip().rpartition("\n")[2]
    if done.returncode or not last.startswith("{"):
        raise SystemExit(f"wrk failed: {done.stdout}{done.stderr}")
    found = json.loads(last)
    if not found["requests"]:
        raise SystemExit(f"no response to {addresses[0]}")
    return Load(
        found["requests"] / found["microseconds"] * 1e6, found["p95"] / 1000, found["failed"]
    )
