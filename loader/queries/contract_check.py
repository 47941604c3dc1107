"""The check of a contract: whether a saved query keeps it on a store or any other engine."""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from pyoxigraph import Store

from loader.errors import QueryError
from loader.queries import examples, invariants
from loader.queries.contract import Contract
from loader.queries.result_table import QueryRunner, ResultTable, build_runner, format_count
from loader.queries.saved_query import SavedQuery

_FAILURES = (SyntaxError, OSError, QueryError)


@dataclass(frozen=True, slots=True)
class ContractCheck:
    """Whether a query keeps its contract, as a sentence, with what was measured.

    ``rows`` and ``ms`` (milliseconds) are those of the query as it stands; ``invariants`` and
    ``examples`` count those that hold. ``file`` is the SHA-256 of the query's text, in hex.
    """

    name: str
    ok: bool
    message: str
    rows: int = 0
    ms: float = 0.0
    invariants: int = 0
    examples: int = 0
    file: str = ""


def ignore_step(step: str) -> None:
    """Do nothing with the name of the step that begins; the default of ``begin``."""


def check_contract(
    query: SavedQuery, store: Store, begin: Callable[[str], None] = ignore_step
) -> ContractCheck:
    """Check the contract on ``store``, the default graph being the union of all graphs."""
    return check_contract_with(query, build_runner(store), begin)


def check_contract_with(
    query: SavedQuery, run: QueryRunner, begin: Callable[[str], None] = ignore_step, tries: int = 3
) -> ContractCheck:
    """Check a contract with anything that runs a query; the best of ``tries`` times counts.

    Only one that is a little late is tried again: the machine may have been busy. ``begin`` is told
    of every invariant and example before it is asked.
    """
    file = hash_query_text(query.text)
    try:
        found, ms = _time_query(query, run, tries)
    except _FAILURES as error:
        message = f"{query.name} could not be run: {error}"
        return ContractCheck(query.name, False, message, file=file)
    faults = [breach] if (breach := _find_breach(query.contract, found, ms)) else []
    held = {"invariant": 0, "example": 0}
    for kind, about, check in _list_checks(query, run):
        begin(f"{kind} “{about}”")
        fault = _run_check(check, f"the {kind} “{about}”")
        held[kind] += not fault
        faults += [fault] if fault else []
    ok, rows = not faults, len(found.rows)
    counts = (held["invariant"], held["example"])
    says = "; ".join(faults) or describe_check(rows, ms, *counts)
    message = f"{query.name} {'keeps' if ok else 'breaks'} its contract: {says}."
    return ContractCheck(query.name, ok, message, rows, ms, *counts, file)


def describe_check(rows: int, ms: float, invariants: int, examples: int) -> str:
    """Return what was checked, such as ``15 rows in 3 ms; 2 invariants and 1 example hold``."""
    held = [(invariants, "invariant"), (examples, "example")]
    told = " and ".join(format_count(number, what) for number, what in held if number)
    verb = "holds" if invariants + examples == 1 else "hold"
    return f"{format_count(rows, 'row')} in {ms:.0f} ms{f'; {told} {verb}' if told else ''}"


def hash_query_text(text: str) -> str:
    """Return the SHA-256 of a query text in hex, by which a check is known to be of that text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _time_query(query: SavedQuery, run: QueryRunner, tries: int) -> tuple[ResultTable, float]:
    """Return the result of the query and its best time in milliseconds."""
    best, limit = float("inf"), query.contract.max_ms
    for _ in range(tries):
        start = time.perf_counter()
        found = run(query.text)
        best = min(best, (time.perf_counter() - start) * 1000)
        if not limit < best <= 2 * limit:
            break
    return found, best


def _list_checks(
    query: SavedQuery, run: QueryRunner
) -> Iterator[tuple[str, str, Callable[[], str]]]:
    """Yield the kind, the name and the check of each invariant and example."""
    for invariant in query.contract.invariants:
        check = partial(invariants.find_invariant_breach, query, invariant, run)
        yield "invariant", invariant.says, check
    for example in query.contract.examples:
        yield (
            "example",
            examples.describe_example(example),
            partial(examples.find_example_breach, query, example, run),
        )


def _run_check(check: Callable[[], str], name: str) -> str:
    try:
        return check()
    except _FAILURES as error:
        return f"{name} could not be asked: {error}"


def _find_breach(contract: Contract, found: ResultTable, ms: float) -> str:
    """Return how a result breaks the contract, or ""."""
    rows = len(found.rows)
    if found.columns != contract.columns:
        given, wanted = ", ".join(found.columns) or "none", ", ".join(contract.columns) or "none"
        return f"its columns are {given} and should be {wanted}"
    if rows < contract.min_rows:
        return f"it gives {format_count(rows, 'row')} and should give {contract.min_rows} or more"
    if contract.max_rows is not None and rows > contract.max_rows:
        return f"it gives {format_count(rows, 'row')} and should give {contract.max_rows} at most"
    if ms > contract.max_ms:
        return f"it takes {ms:.0f} ms and should take {contract.max_ms} ms at most"
    return ""
