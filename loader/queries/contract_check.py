"""The check of a contract: whether a saved query keeps it on a store or any other engine.

Time never decides: how long a query takes depends on what else the computer does. One that takes
longer than its contract says is reported as slow. One that never ends is stopped by whoever runs
the check, such as ``loader.release.contract_runner``.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pyoxigraph import Store

from loader.errors import QueryError
from loader.queries import examples, invariants
from loader.queries.contract import Contract
from loader.queries.result_table import Breach, QueryRunner, ResultTable, build_runner, format_count
from loader.queries.saved_query import SavedQuery

_FAILURES = (SyntaxError, OSError, QueryError)


@dataclass(frozen=True, slots=True)
class ContractCheck:
    """Whether a query keeps its contract, as a sentence, with what was measured.

    ``rows`` and ``ms`` (milliseconds of processor time) are those of the query as it stands, and
    ``max_ms`` is what its contract expects; ``invariants`` and ``examples`` count those that hold.
    ``file`` is the SHA-256 of the query's text, in hex. ``entities`` are the IRIs in the rows that
    break the contract.
    """

    name: str
    ok: bool
    message: str
    rows: int = 0
    ms: float = 0.0
    invariants: int = 0
    examples: int = 0
    file: str = ""
    max_ms: int = 0
    entities: tuple[str, ...] = ()

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> "ContractCheck":
        """Return the check with these fields, as a report has them in JSON."""
        return cls(**{**fields, "entities": tuple(fields.get("entities", ()))})

    @property
    def has_ended(self) -> bool:
        """Whether the query could be run, and no step of its check was stopped."""
        return bool(self.max_ms)

    @property
    def is_slow(self) -> bool:
        """Whether the query took longer than its contract expects, which breaks nothing."""
        return self.has_ended and self.ms > self.max_ms


def ignore_step(step: str) -> None:
    """Do nothing with the name of the step that begins; the default of ``begin``."""


def check_contract(
    query: SavedQuery, store: Store, begin: Callable[[str], None] = ignore_step
) -> ContractCheck:
    """Check the contract on ``store``, the default graph being the union of all graphs."""
    return check_contract_with(query, build_runner(store), begin)


def check_contract_with(
    query: SavedQuery,
    run: QueryRunner,
    begin: Callable[[str], None] = ignore_step,
    clock: Callable[[], float] = time.thread_time,
) -> ContractCheck:
    """Check a contract with anything that runs a query.

    ``begin`` is told of every invariant and example before it is asked. ``clock`` gives seconds: of
    processor time of this thread, unless the query runs elsewhere.
    """
    file = hash_query_text(query.text)
    start = clock()
    try:
        found = run(query.text)
    except _FAILURES as error:
        message = f"{query.name} could not be run: {error}"
        return ContractCheck(query.name, False, message, file=file)
    ms = (clock() - start) * 1000
    says = _find_breach(query.contract, found)
    faults = [Breach(says)] if says else []
    held = {"invariant": 0, "example": 0}
    for kind, about, check in _list_checks(query, run):
        begin(f"{kind} “{about}”")
        fault = _run_check(check, f"the {kind} “{about}”")
        held[kind] += fault is None
        faults += [fault] if fault else []
    ok, rows = not faults, len(found.rows)
    counts = (held["invariant"], held["example"])
    says = "; ".join(fault.says for fault in faults) or describe_check(rows, ms, *counts)
    entities = tuple(dict.fromkeys(entity for fault in faults for entity in fault.entities))
    message = f"{query.name} {'keeps' if ok else 'breaks'} its contract: {says}."
    return ContractCheck(
        query.name, ok, message, rows, ms, *counts, file, query.contract.max_ms, entities
    )


def describe_slow_queries(checks: Iterable[ContractCheck]) -> Iterator[str]:
    """Yield a sentence for each slow query, with its time and the one of its contract."""
    for check in checks:
        if check.is_slow:
            time_taken = f"took {check.ms:.0f} ms of processor time"
            yield f"{check.name} {time_taken}; its contract expects {check.max_ms} ms"


def describe_check(rows: int, ms: float, invariants: int, examples: int) -> str:
    """Return what was checked, such as ``15 rows in 3 ms; 2 invariants and 1 example hold``."""
    held = [(invariants, "invariant"), (examples, "example")]
    told = " and ".join(format_count(number, what) for number, what in held if number)
    verb = "holds" if invariants + examples == 1 else "hold"
    return f"{format_count(rows, 'row')} in {ms:.0f} ms{f'; {told} {verb}' if told else ''}"


def hash_query_text(text: str) -> str:
    """Return the SHA-256 of a query text in hex, by which a check is known to be of that text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def digest_queries(queries: Iterable[SavedQuery]) -> str:
    """Return the SHA-256, in hex, of the texts of some queries, whatever their order."""
    return hash_query_text("\0".join(sorted(query.text for query in queries)))


def _list_checks(
    query: SavedQuery, run: QueryRunner
) -> Iterator[tuple[str, str, Callable[[], Breach | None]]]:
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


def _run_check(check: Callable[[], Breach | None], name: str) -> Breach | None:
    try:
        return check()
    except _FAILURES as error:
        return Breach(f"{name} could not be asked: {error}")


def _find_breach(contract: Contract, found: ResultTable) -> str:
    """Return how a result breaks the contract, or ""."""
    rows = len(found.rows)
    if found.columns != contract.columns:
        given, wanted = ", ".join(found.columns) or "none", ", ".join(contract.columns) or "none"
        return f"its columns are {given} and should be {wanted}"
    if rows < contract.min_rows:
        return f"it gives {format_count(rows, 'row')} and should give {contract.min_rows} or more"
    if contract.max_rows is not None and rows > contract.max_rows:
        return f"it gives {format_count(rows, 'row')} and should give {contract.max_rows} at most"
    places = [contract.columns.index(name) for name in contract.key]
    if places and len({tuple(row[place] for place in places) for row in found.rows}) < rows:
        return f"two rows have the same {' and '.join(contract.key)}, which should identify a row"
    return ""
