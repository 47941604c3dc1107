"""Contract checks of saved queries in a separate process, which can be stopped.

The engine cannot cancel a query, and a build must end whatever the data makes of one. So the
queries run in ``python -m loader.release.contract_runner``, which prints JSON lines: a string when
an invariant or example of a query begins, an object when the query is checked. Before each step the
process limits its own processor time, and the kernel ends it at the limit: its contract is broken,
and a new process continues with the next. Processor time alone counts, so a busy computer stops
no query: https://pubs.opengroup.org/onlinepubs/9799919799/functions/getrlimit.html
"""

import json
import math
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pyoxigraph import Store

from loader.errors import BuildError
from loader.queries.contract_check import ContractCheck, check_contract, hash_query_text
from loader.queries.query_files import SavedQuery, read_saved_query
from loader.release.bulk_load import open_release_graph
from loader.release.phase_times import Progress

TIMES = 30
"""The multiple of its ``max_ms``, in processor time, at which a query is stopped: it never ends."""


class ContractProcesses:
    """Two processes that share the contract checks of saved queries.

    They start at once, and read their queries and what ``load`` names while the release is still
    being made. A query, and each invariant and example of it, is stopped after ``times`` the
    query's own limit.
    """

    def __init__(self, queries: Sequence[SavedQuery], times: float = TIMES) -> None:
        self.queries = queries
        self.times = times
        self._sources: list[Path] = []
        self._shares = [share for share in (queries[::2], queries[1::2]) if share]
        self._processes = [start_process(share, times) for share in self._shares]

    def __enter__(self) -> "ContractProcesses":
        return self

    def __exit__(self, *error: object) -> None:
        for process in self._processes:
            end_process(process)

    def load(self, *sources: Path) -> None:
        """Let the processes open the store in a folder, or load canonical N-Quads of files.

        Nobody may write to these, or remove them, before the contracts are checked.
        """
        self._sources += sources
        for process in self._processes:
            send_lines(process, sources)

    def check_contracts(self, progress: Progress) -> tuple[ContractCheck, ...]:
        """Check every query on what was loaded."""
        found: dict[str, ContractCheck] = {}

        def check_share(place: int) -> None:
            waiting = list(self._shares[place])
            while waiting:
                for check in _check_some(self._processes[place], waiting, self.times):
                    found[check.name] = check
                    progress("proving", len(found), len(self.queries))
                waiting = [query for query in waiting if query.name not in found]
                if waiting:
                    self._processes[place] = start_process(waiting, self.times)
                    send_lines(self._processes[place], self._sources)

        with ThreadPoolExecutor(max_workers=2) as threads:
            for done in [threads.submit(check_share, n) for n in range(len(self._shares))]:
                done.result()
        return tuple(found[query.name] for query in self.queries)


def start_process(queries: Sequence[SavedQuery], times: float) -> subprocess.Popen[bytes]:
    """Start a process that checks some queries once it reads an empty line."""
    command = [sys.executable, "-m", "loader.release.contract_runner", str(times)]
    files = [query.path for query in queries]
    return subprocess.Popen([*command, *files], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def send_lines(process: subprocess.Popen[bytes], lines: Iterable[object]) -> None:
    """Write lines to a process; one that has died is found when its results are read."""
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        process.stdin.flush()


def end_process(process: subprocess.Popen[bytes]) -> None:
    """End a process, whatever it is doing, and close its pipes."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        with suppress(BrokenPipeError):
            pipe.close()


def _check_some(
    process: subprocess.Popen[bytes], share: Sequence[SavedQuery], times: float
) -> Iterator[ContractCheck]:
    """Yield results from one process, up to and including the first query that was stopped."""
    assert process.stdout is not None
    try:
        send_lines(process, [""])
        for query in share:
            check, step = _read_check(process.stdout)
            if check is None:
                yield _describe_stop(query, step, process.wait(), times)
                return
            yield check
    finally:
        end_process(process)


def _read_check(lines: Iterator[bytes]) -> tuple[ContractCheck | None, str]:
    """Return the next result, or None with the step at which the process ended."""
    step = ""
    for line in lines:
        said = json.loads(line)
        if not isinstance(said, str):
            return ContractCheck(**said), step
        step = said
    return None, step


def _describe_stop(query: SavedQuery, step: str, status: int, times: float) -> ContractCheck:
    """Return the result of a query whose process ended with ``status`` before it gave any."""
    seconds = compute_seconds(query, times)
    stopped = status == -getattr(signal, "SIGXCPU", 0)
    why = f"stopped after {seconds:g} s of processor time" if stopped else "its process died"
    at = f" at the {step}" if step else ""
    message = f"{query.name} breaks its contract: {why}{at}."
    return ContractCheck(query.name, False, message, file=hash_query_text(query.text))


def compute_seconds(query: SavedQuery, times: float) -> float:
    """Return the processor time, in seconds, at which a query is stopped."""
    return query.contract.max_ms * times / 1000


def limit_processor_time(seconds: float) -> None:
    """Let this process run for ``seconds`` of processor time more, to the next whole second.

    Where the system has no such limit, nothing is limited.
    """
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time() + seconds)
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(times: str, *files: str) -> None:
    """Print the result of each query in ``files``, and the name of each step that begins.

    Standard input has the paths of what is to be loaded, one on each line, and then an empty line;
    where it ends before that, nothing is checked.
    """
    queries = [read_saved_query(Path(file)) for file in files]
    store = Store()
    for path in (line.removesuffix("\n") for line in sys.stdin):
        if not path:
            break
        try:
            store = open_release_graph(Path(path), store)
        except OSError as error:
            raise BuildError(f"{path}: {error}") from error
    else:
        return
    for query in queries:
        seconds = compute_seconds(query, float(times))

        def begin(step: str, seconds: float = seconds) -> None:
            limit_processor_time(seconds)
            print_json_line(step)

        limit_processor_time(seconds)
        print_json_line(asdict(check_contract(query, store, begin)))


def print_json_line(what: str | dict[str, Any]) -> None:
    """Print one JSON line at once, for the process that waits for it."""
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
