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
import pickle
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from pyoxigraph import Store

from loader.errors import BuildError
from loader.queries.contract_check import ContractCheck, check_contract, hash_query_text
from loader.queries.query_files import SavedQuery
from loader.release.bulk_load import open_release_graph
from loader.release.phase_times import Progress

TIMES = 30
"""The multiple of its ``max_ms``, in processor time, at which a query is stopped: it never ends."""

PROCESSES = 2


class ContractProcesses:
    """Two processes that share the contract checks of saved queries.

    They start at once, and read what ``load`` names while the release is still being made; then
    each is given a query whenever it has checked one. A query, and each invariant and example of
    it, is stopped after ``times`` the query's own limit.
    """

    def __init__(self, queries: Sequence[SavedQuery], times: float = TIMES) -> None:
        self.queries = queries
        self.times = times
        self._sources: list[Path] = []
        # A hundredth of the time that each process would take to parse the queries anew.
        try:
            self._folder = TemporaryDirectory(ignore_cleanup_errors=True)
            self._parsed = Path(self._folder.name, "queries.pickle")
            self._parsed.write_bytes(pickle.dumps(list(queries)))
        except OSError as error:
            raise BuildError(f"the folder for temporary files: {error.strerror}") from error
        self._processes = [self._start() for _ in queries[:PROCESSES]]

    def __enter__(self) -> "ContractProcesses":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes, whatever they are doing; more than once does no harm."""
        for process in self._processes:
            end_process(process)
        self._folder.cleanup()

    def load(self, *sources: Path) -> None:
        """Let the processes open the store in a folder, or load canonical N-Quads of files.

        Nobody may write to these, or remove them, before the contracts are checked.
        """
        self._sources += sources
        for process in self._processes:
            send_lines(process, sources)

    def check_contracts(
        self, progress: Progress, known: Mapping[str, ContractCheck] = MappingProxyType({})
    ) -> tuple[ContractCheck, ...]:
        """Return the check of every query on what was loaded, which ends the processes.

        What is ``known`` by the name of its query is not checked again.
        """
        asked = [query for query in self.queries if query.name not in known]
        waiting = deque(asked)
        found: dict[str, ContractCheck] = {}

        def check_some(place: int) -> None:
            self._begin(self._processes[place])
            with suppress(IndexError):  # none is left
                while True:
                    query = waiting.popleft()
                    found[query.name] = self._check(place, query)
                    progress("proving", len(found), len(asked))

        with ThreadPoolExecutor(max_workers=PROCESSES) as threads:
            for done in [threads.submit(check_some, n) for n in range(len(self._processes))]:
                done.result()
        self.close()
        checks = {**known, **found}
        return tuple(checks[query.name] for query in self.queries)

    def _start(self) -> subprocess.Popen[bytes]:
        module = ("-m", "loader.release.contract_runner")
        command = (sys.executable, *module, str(self.times), self._parsed)
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def _begin(self, process: subprocess.Popen[bytes]) -> None:
        """Tell a process that all has been named that it has to load."""
        send_lines(process, [""])

    def _check(self, place: int, query: SavedQuery) -> ContractCheck:
        """Return the result of a query; a process that it ends is replaced by a new one."""
        process = self._processes[place]
        send_lines(process, [self.queries.index(query)])
        assert process.stdout is not None
        check, step = _read_check(process.stdout)
        if check is not None:
            return check
        stop = _describe_stop(query, step, process.wait(), self.times)
        end_process(process)
        self._processes[place] = process = self._start()
        send_lines(process, self._sources)
        self._begin(process)
        return stop


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


def _read_check(lines: Iterator[bytes]) -> tuple[ContractCheck | None, str]:
    """Return the next result, or None with the step at which the process ended."""
    step = ""
    for line in lines:
        said = json.loads(line)
        if not isinstance(said, str):
            return ContractCheck.from_fields(said), step
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


def main(times: str, file: str) -> None:
    """Print the result of queries in a ``file`` of ours, and the name of each step that begins.

    Standard input has the paths of what is to be loaded, one on each line, then an empty line, and
    then the numbers of the queries to check, from 0.
    """
    queries: list[SavedQuery] = pickle.loads(Path(file).read_bytes())
    lines = (line.removesuffix("\n") for line in sys.stdin)
    store = Store()
    for path in takewhile(bool, lines):
        try:
            store = open_release_graph(Path(path), store)
        except OSError as error:
            raise BuildError(f"{path}: {error}") from error
    for number in lines:
        query = queries[int(number)]
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
