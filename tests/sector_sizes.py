"""``python -m tests.sector_sizes [ROWS]``: build and check each sector download, and measure it."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing import Process
from pathlib import Path

from loader.release.release_folder import current_release
from tests.conftest import PROJECT
from tests.sector_downloads import WRITERS

ROWS = 100_000
MAX_SECONDS, MAX_MEGABYTES = 90, 1000
COMMAND = (sys.executable, "-c", "from query_ui.cli.main import main; main()")


def main() -> int:
    """Build the shipped data with each download in turn; return 1 where one is not as it should be.

    A build that fails is not, nor one that finds something else in the download than ``check``.
    """
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    failed = 0
    for name in WRITERS:
        with tempfile.TemporaryDirectory() as folder:
            seconds, processor, megabytes, status, joins = build_download(Path(folder), name, rows)
            different = () if status else compare_findings(Path(folder))
        failed += status != 0 or bool(different)
        within = seconds <= MAX_SECONDS and megabytes <= MAX_MEGABYTES
        print(
            f"{name:20} {rows:,} rows: {seconds:.0f} s, {processor:.0f} s of processor time, "
            f"{megabytes} MB{'' if within else ' (beyond the wish)'}"
            f"{'' if status == 0 else ' FAILED'}; {joins}"
            f"{' CHECK AND BUILD DIFFER: ' + str(different[:3]) if different else ''}",
            flush=True,
        )
    return 1 if failed else 0


def compare_findings(folder: Path) -> Sequence[str]:
    """Return what only one of ``check`` and the build in ``folder`` finds in the download."""
    command = [*COMMAND, "check", str(folder / "data"), "--format", "json"]
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    done = subprocess.run(command, cwd=PROJECT, stdout=pipe, stderr=null, check=False)
    report = current_release(folder / "out").report()
    reports = (report["findings"], json.loads(done.stdout))
    built, checked = (
        {f"{one['path']}:{one['line']}: {one['message']}" for one in findings}
        for findings in reports
    )
    return sorted({text for text in built if text.startswith(str(folder))} ^ checked)


def build_download(folder: Path, name: str, rows: int) -> tuple[float, float, int, int, str]:
    """Build with proofs; return seconds, processor seconds, peak megabytes, status and joins."""
    downloads = folder / "data" / "sector"
    downloads.mkdir(parents=True)
    # In a process of its own: the peak of one that is started counts the memory of its parent.
    writing = Process(target=WRITERS[name], args=(downloads, rows))
    writing.start()
    writing.join()
    if writing.exitcode:
        raise SystemExit(f"the download of {name} could not be written")
    data = ("--data", str(PROJECT / "data"), "--data", str(folder / "data"))
    command = [*COMMAND, "build", *data, "--out", str(folder / "out"), "--quiet"]
    begun = time.monotonic()
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    joins = re.search(r"info: (.*) \[sector-joins\]", (folder / "log").read_text("utf-8"))
    return (
        time.monotonic() - begun,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss // 1024,
        process.returncode,
        joins[1] if joins else (folder / "log").read_text("utf-8")[-500:],
    )


if __name__ == "__main__":
    sys.exit(main())
