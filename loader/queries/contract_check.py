"""Proofs: whether a saved query keeps its contract, asked of a store or of any engine."""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from pyoxigraph import Store

from loader.errors import QueryError
from loader.queries import examples, invariants
from loader.queries.contract import Contract
from loader.queries.result_table import Found, Run, asking, counted
from loader.queries.saved_query import SavedQuery

_FAILURES = (SyntaxError, OSError, QueryError)


@dataclass(frozen=True, slots=True)
class Proof:
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


def unheard(step: str) -> None:
    """The usual ``begin``: nobody wants to know which step begins."""


def prove(query: SavedQuery, store: Store, begin: Callable[[str], None] = unheard) -> Proof:
    """Prove the contract on ``store``, the default graph being the union of all graphs."""
    return prove_by(query, asking(store), begin)


def prove_by(
    query: SavedQuery, run: Run, begin: Callable[[str], None] = unheard, tries: int = 3
) -> Proof:
    """As ``prove``, for anything that runs a query; the best of ``tries`` times counts.

    Only one that is a little late is tried again: the machine may have been busy. ``begin`` is told
    of every invariant and example before it is asked.
    """
    file = digest(query.text)
    try:
        found, ms = _best(query, run, tries)
    except _FAILURES as error:
        message = f"{query.name} could not be run: {error}"
        return Proof(query.name, False, message, file=file)
    faults = [breach] if (breach := _breach(query.contract, found, ms)) else []
    held = {"invariant": 0, "example": 0}
    for kind, about, check in _checks(query, run):
        begin(f"{kind} “{about}”")
        fault = _outcome(check, f"the {kind} “{about}”")
        held[kind] += not fault
        faults += [fault] if fault else []
    ok, rows = not faults, len(found.rows)
    counts = (held["invariant"], held["example"])
    says = "; ".join(faults) or kept(rows, ms, *counts)
    message = f"{query.name} {'keeps' if ok else 'breaks'} its contract: {says}."
    return Proof(query.name, ok, message, rows, ms, *counts, file)


def kept(rows: int, ms: float, invariants: int, examples: int) -> str:
    """What was proved, such as ``15 rows in 3 ms; 2 invariants and 1 example hold``."""
    held = [(invariants, "invariant"), (examples, "example")]
    told = " and ".join(counted(number, what) for number, what in held if number)
    verb = "holds" if invariants + examples == 1 else "hold"
    return f"{counted(rows, 'row')} in {ms:.0f} ms{f'; {told} {verb}' if told else ''}"


def digest(text: str) -> str:
    """The SHA-256 of a text, in hex: it tells whether a proof is about this very query."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _best(query: SavedQuery, run: Run, tries: int) -> tuple[Found, float]:
    """What the query found, and its best time in milliseconds."""
    best, limit = float("inf"), query.contract.max_ms
    for _ in range(tries):
        start = time.perf_counter()
        found = run(query.text)
        best = min(best, (time.perf_counter() - start) * 1000)
        if not limit < best <= 2 * limit:
            break
    return found, best


def _checks(query: SavedQuery, run: Run) -> Iterator[tuple[str, str, Callable[[], str]]]:
    """Kind, name and check of everything in the contract that is asked beside the query itself."""
    for invariant in query.contract.invariants:
        check = partial(invariants.fault_of, query, invariant, run)
        yield "invariant", invariant.says, check
    for example in query.contract.examples:
        yield "example", examples.named(example), partial(examples.fault_of, query, example, run)


def _outcome(check: Callable[[], str], name: str) -> str:
    try:
        return check()
    except _FAILURES as error:
        return f"{name} could not be asked: {error}"


def _breach(contract: Contract, found: Found, ms: float) -> str:
    """How an answer falls short of its contract, or ""."""
    rows = len(found.rows)
    if found.columns != contract.columns:
        given, wanted = ", ".join(found.columns) or "none", ", ".join(contract.columns) or "none"
        return f"its columns are {given} and should be {wanted}"
    if rows < contract.min_rows:
        return f"it gives {counted(rows, 'row')} and should give {contract.min_rows} or more"
    if contract.max_rows is not None and rows > contract.max_rows:
        return f"it gives {counted(rows, 'row')} and should give {contract.max_rows} at most"
    if ms > contract.max_ms:
        return f"it takes {ms:.0f} ms and should take {contract.max_ms} ms at most"
    return ""
