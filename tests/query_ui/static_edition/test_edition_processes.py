"""Several processes make the edition that one makes, and an error or Ctrl-C ends all of them."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from loader.errors import BuildError
from query_ui.cli.static_command import open_application, open_site
from query_ui.graph.page_queries import GRAPH_EXTENSION, GraphContext
from query_ui.static_edition.edition_processes import (
    BATCH,
    EditionProcesses,
    InlineExecutor,
)
from query_ui.static_edition.edition_writer import EditionOptions, EditionSource, write_edition
from query_ui.static_edition.site_reading import ApplicationOpener
from tests.conftest import PROJECT, Built
from tests.query_ui.static_edition.small_sites import (
    LAST,
    PAGES,
    open_ending,
    open_failing,
    open_pages,
)


def hash_files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def build_source(opener: ApplicationOpener) -> EditionSource:
    # Without scripts nothing is read from the graph.
    return EditionSource(open_pages(), cast(GraphContext, None), Path(), None, opener)


def test_two_processes_write_the_same_files_as_one(tmp_path: Path) -> None:
    said: list[tuple[str, int, int]] = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        options = EditionOptions(processes=number)
        write_edition(
            build_source(open_pages), folder, options, lambda *values: said.append(values)
        )
    first, second = hash_files(tmp_path / "1"), hash_files(tmp_path / "2")
    assert first == second
    assert {"index.html", "page-149/index.html", "page-149.csv"} <= set(first)
    assert [stage for stage, done, total in said if done == total > PAGES] != []
    assert {stage for stage, _, _ in said} == {"Reading the pages", "Writing the files"}


def test_a_page_that_fails_in_a_process_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=f"answers 500 at {LAST}"):
        write_edition(build_source(open_failing), tmp_path / "site", EditionOptions(processes=2))
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_ends_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"has ended before its work .* `--processes 1`"):
        write_edition(build_source(open_ending), tmp_path / "site", EditionOptions(processes=2))
    assert list(tmp_path.iterdir()) == []


def test_batches_are_small_and_what_is_added_is_done_too() -> None:
    processes = EditionProcesses(InlineExecutor(), 1)
    sizes: list[int] = []
    waiting = list(range(100))

    def note(batch: Sequence[int]) -> list[int]:
        sizes.append(len(batch))
        return list(batch)

    done: list[int] = []
    for batch in processes.run_batches(note, waiting):
        if not done:
            waiting.append(100)
        done += batch
    assert sorted(done) == list(range(101))
    assert max(sizes) <= BATCH


STARTED = """
import sys
from pathlib import Path
from query_ui.static_edition.edition_processes import open_processes
from tests.query_ui.static_edition.small_sites import wait_long

if __name__ == "__main__":
    with open_processes(2) as processes:
        for _ in processes.run_batches(wait_long, [Path(sys.argv[1])] * 1000):
            pass
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another signal there")
def test_ctrl_c_ends_all_processes(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(STARTED, "utf-8")
    marks = tmp_path / "marks"
    marks.mkdir()
    process = subprocess.Popen(
        [sys.executable, str(program), str(marks)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        start_new_session=True,
        stderr=subprocess.PIPE,
    )
    until = time.monotonic() + 120
    while len(list(marks.iterdir())) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    pids = [int(mark.name) for mark in marks.iterdir()]
    assert len(pids) == 2
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, said = process.communicate(timeout=60)
    assert process.returncode != 0
    assert said.count(b"Traceback") == 1, said.decode()  # that of the program alone
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.long
def test_two_processes_write_the_edition_of_a_release_as_one_does(
    tiny_built: Built, tmp_path: Path
) -> None:
    settings = tiny_built[0]
    application, engine = open_site(settings)
    opener: ApplicationOpener = partial(open_application, settings)
    source = EditionSource(
        application.wsgi_app,
        application.extensions[GRAPH_EXTENSION],
        tiny_built[1].release.graph,
        None,
        opener,
    )
    try:
        for number in (1, 2):
            write_edition(source, tmp_path / str(number), EditionOptions(processes=number))
    finally:
        engine.close()
    first = hash_files(tmp_path / "1")
    assert len(first) > 200
    assert hash_files(tmp_path / "2") == first
