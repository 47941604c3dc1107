"""The memory limit of a worker process."""

import subprocess
import sys

import pytest

_ONLY_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has this limit")


def run_with_limit(code: str) -> str:
    """Return what a process prints that first limits itself to 64 MB more than it has."""
    script = f"""
import mmap
from query_ui.engine.worker_main import _limit_memory
_limit_memory(64)
try:
    {code}
    print("done")
except (MemoryError, OSError):
    print("refused")
"""
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.strip()


@_ONLY_LINUX
def test_memory_that_is_written_counts_towards_the_limit() -> None:
    assert run_with_limit("bytearray(32 * 2**20)") == "done"
    assert run_with_limit("bytearray(128 * 2**20)") == "refused"
    assert run_with_limit("mmap.mmap(-1, 128 * 2**20, flags=mmap.MAP_PRIVATE)") == "refused"


@_ONLY_LINUX
def test_address_space_that_is_only_reserved_does_not_count() -> None:
    # Each thread of the store reserves up to 128 MB for its allocations and uses a few kilobytes.
    reserve = "mmap.mmap(-1, 2**30, flags=mmap.MAP_PRIVATE, prot=0)"
    assert run_with_limit(reserve) == "done"
