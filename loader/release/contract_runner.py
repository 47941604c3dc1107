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
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pyoxigraph import Store

from loader.errors import BuildError
from loader.queries.contract_check import ContractCheck, check_contract, hash_query_text
from loader.queries.query_files import SavedQuery, load_saved_queries
from loader.release.document_set import Progress

TIMES = 30
"""The multiple of its ``max_ms``, in processor time, at which a query is stopped: it never ends."""


def check_contracts(
    store: Path, folder: Path, progress: Progress, times: float = TIMES
) -> tuple[ContractCheck, ...]:
    """Check every query of ``folder`` against the store on disk, which nobody may be writing.

    A query, and each invariant and example of it, is stopped after ``times`` the query's own limit.
    Two processes share the work.
    """
    queries = list(load_saved_queries(folder).values())
    found: dict[str, ContractCheck] = {}

    def check_these(share: list[SavedQuery]) -> None:
        while share:
            for check in _check_some(store, folder, share, times):
                found[check.name] = check
                progress("proving", len(found), len(queries))
            share = [query for query in share if query.name not in found]

    with ThreadPoolExecutor(max_workers=2) as threads:
        for done in [threads.submit(check_these, queries[half::2]) for half in (0, 1)]:
            done.result()
    return tuple(found[query.name] for query in queries)


def _check_some(
    store: Path, folder: Path, share: Sequence[SavedQuery], times: float
) -> Iterator[ContractCheck]:
    """Yield results from one process, up to and including the first query that was stopped."""
    module = "loader.release.contract_runner"
    names = (query.name for query in share)
    command = (sys.executable, "-m", module, str(store), str(folder), str(times), *names)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    assert process.stdout is not None
    try:
        for query in share:
            check, step = _read_check(process.stdout)
            if check is None:
                yield _describe_stop(query, step, process.wait(), times)
                return
            yield check
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


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


def main(store: str, folder: str, times: str, *names: str) -> None:
    """Print the result of each query in ``names``, and the name of each step that begins."""
    try:
        opened = Store.read_only(store)
    except OSError as error:
        raise BuildError(f"{store}: {error}") from error
    queries = load_saved_queries(Path(folder))
    for name in names:
        seconds = compute_seconds(queries[name], float(times))

        def begin(step: str, seconds: float = seconds) -> None:
            limit_processor_time(seconds)
            print_json_line(step)

        limit_processor_time(seconds)
        print_json_line(asdict(check_contract(queries[name], opened, begin)))


def print_json_line(what: str | dict[str, Any]) -> None:
    """Print one JSON line at once, for the process that waits for it."""
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
