"""Contract checks of saved queries in a separate process, which can be stopped.

The engine cannot cancel a query, and a build must end whatever the data makes of one. So the
queries run in ``python -m loader.release.contract_runner``, which prints JSON lines: a string when
an invariant or example of a query begins, an object when the query is checked. A process that is
silent for too long is killed, its contract is broken, and a new process continues with the next.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

from pyoxigraph import Store

from loader.errors import BuildError
from loader.queries.contract_check import ContractCheck, check_contract, hash_query_text
from loader.queries.query_files import SavedQuery, load_saved_queries
from loader.release.document_set import Progress

START = 10.0
"""Seconds that the process may take before its first query begins."""
TIMES = 3
"""The multiple of its own limit, after a second attempt, at which a query is stopped."""


def check_contracts(
    store: Path, folder: Path, progress: Progress, times: float = TIMES
) -> tuple[ContractCheck, ...]:
    """Check every query of ``folder`` against the store on disk, which nobody may be writing.

    A query, and each invariant and example of it, is stopped after ``times`` the query's own limit.
    Two processes share the work.
    """
    queries = list(load_saved_queries(folder).values())
    found: dict[str, ContractCheck] = {}

    def prove_these(share: list[SavedQuery]) -> None:
        while share:
            for proof in _prove_some(store, folder, share, times):
                found[proof.name] = proof
                progress("proving", len(found), len(queries))
            share = [query for query in share if query.name not in found]

    with ThreadPoolExecutor(max_workers=2) as threads:
        for done in [threads.submit(prove_these, queries[half::2]) for half in (0, 1)]:
            done.result()
    return tuple(found[query.name] for query in queries)


def _prove_some(
    store: Path, folder: Path, share: Sequence[SavedQuery], times: float
) -> Iterator[ContractCheck]:
    """Yield results from one process, up to and including the first query that was stopped."""
    names = (query.name for query in share)
    command = (
        sys.executable,
        "-m",
        "loader.release.contract_runner",
        str(store),
        str(folder),
        *names,
    )
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    lines: Queue[bytes] = Queue()
    reader = Thread(target=_pass_on, args=(process, lines), daemon=True)
    reader.start()
    try:
        _next_line(lines, START)
        for query in share:
            limit = query.contract.max_ms * times / 1000
            proof, step = _next_proof(lines, limit)
            if proof is None:
                died = process.poll() is not None
                why = "its process died" if died else f"stopped after {limit:g} s"
                at = f" at the {step}" if step else ""
                message = f"{query.name} breaks its contract: {why}{at}."
                yield ContractCheck(query.name, False, message, file=hash_query_text(query.text))
                return
            yield proof
    finally:
        process.kill()
        process.wait()
        reader.join()


def _next_proof(lines: "Queue[bytes]", seconds: float) -> tuple[ContractCheck | None, str]:
    """Return the next result, or None with the step that took longer than ``seconds``."""
    step = ""
    while line := _next_line(lines, seconds):
        said = json.loads(line)
        if not isinstance(said, str):
            return ContractCheck(**said), step
        step = said
    return None, step


def _pass_on(process: "subprocess.Popen[bytes]", lines: "Queue[bytes]") -> None:
    assert process.stdout is not None
    with process.stdout as out:
        for line in out:
            lines.put(line)
    lines.put(b"")


def _next_line(lines: "Queue[bytes]", seconds: float) -> bytes:
    try:
        return lines.get(timeout=seconds)
    except Empty:
        return b""


def main(store: str, folder: str, *names: str) -> None:
    """Print a line when ready, then the result of each query in ``names``."""
    try:
        opened = Store.read_only(store)
    except OSError as error:
        raise BuildError(f"{store}: {error}") from error
    queries = load_saved_queries(Path(folder))
    print_json_line("ready")
    for name in names:
        print_json_line(asdict(check_contract(queries[name], opened, print_json_line)))


def print_json_line(what: str | dict[str, Any]) -> None:
    """Print one JSON line at once, for the process that waits for it."""
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
