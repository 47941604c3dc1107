"""The saved query: one ``.rq`` file with its header, its parameters and the contract it keeps."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pyoxigraph import QuerySolutions, QueryTriples, Store

from loader.asking import solve
from loader.errors import DataError, Finding, QueryError
from loader.query_header import Contract, Problems, contract_of, read_header
from loader.query_parameters import (
    Parameter,
    declared_prefixes,
    prologue_of,
    read_parameters,
)

__all__ = [
    "Contract",
    "Parameter",
    "Proof",
    "SavedQuery",
    "load_saved_queries",
    "parse_saved_query",
    "prove",
    "prove_by",
    "read_saved_query",
]

Run: TypeAlias = Callable[[str], tuple[tuple[str, ...], int]]
"""Runs a query text and gives its columns and the number of its rows."""

TRIPLE_COLUMNS = ("subject", "predicate", "object")
"""The columns of a graph, where a table is wanted of it."""

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_POSITION = re.compile(r"error at (\d+):(\d+)")


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """One query file. ``name`` is the file name without ``.rq``; ``text`` runs in any SPARQL tool.

    ``prefixes`` are those that the file itself declares: name → namespace.
    """

    name: str
    path: str
    title: str
    summary: str
    tags: tuple[str, ...]
    contract: Contract
    parameters: tuple[Parameter, ...]
    text: str
    prefixes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a query keeps its contract on a store, as a sentence, with what was measured."""

    name: str
    ok: bool
    message: str
    rows: int
    ms: float


def load_saved_queries(folder: Path) -> dict[str, SavedQuery]:
    """Every ``.rq`` file of ``folder`` by its name, in the order of the names.

    DataError with the findings of all files when any of them is not in order.
    """
    queries: dict[str, SavedQuery] = {}
    findings: list[Finding] = []
    for path in sorted(folder.glob("*.rq")):
        try:
            queries[path.stem] = read_saved_query(path)
        except DataError as error:
            findings += error.findings
    if findings:
        raise _out_of_order(findings)
    return queries


def read_saved_query(path: Path, *, header: bool = True) -> SavedQuery:
    """The saved query in one file; see ``parse_saved_query``."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problems = Problems(str(path))
        problems.add(0, f"The file cannot be read as UTF-8 text: {error}.")
        raise _out_of_order(problems.findings) from error
    return parse_saved_query(text, str(path), path.stem, header=header)


def parse_saved_query(text: str, path: str, name: str, *, header: bool = True) -> SavedQuery:
    """The saved query that ``text`` holds; DataError with every finding when it is not in order.

    With ``header=False`` the text is somebody's own query: its header and syntax are not looked at,
    it has no contract, and it may have parameters all the same.
    """
    problems = Problems(path)
    if header and not _NAME.fullmatch(name):
        problems.add(0, f'The name "{name}" must be lower-case words joined by hyphens.')
    prologue = prologue_of(text)
    about = read_header(text, problems) if header else {}
    parameters = tuple(read_parameters(text, prologue, problems))
    if header:
        _check_syntax(text, problems)
    if problems.findings:
        raise _out_of_order(problems.findings)
    return SavedQuery(
        name=name,
        path=path,
        title=about.get("title", name),
        summary=about.get("summary", ""),
        tags=tuple(about.get("tags", ())),
        contract=contract_of(about.get("contract")),
        parameters=parameters,
        text=text,
        prefixes=declared_prefixes(prologue),
    )


def _out_of_order(findings: Sequence[Finding]) -> DataError:
    count = "1 problem" if len(findings) == 1 else f"{len(findings)} problems"
    return DataError(f"The saved queries are not in order: {count}.", findings)


def _check_syntax(text: str, problems: Problems) -> None:
    try:
        Store().query(text)
    except SyntaxError as error:
        found = _POSITION.search(str(error))
        line, column = (int(found[1]), int(found[2])) if found else (0, 0)
        problems.add(line, "The query is not valid SPARQL 1.1 from here on.", column)


def prove(query: SavedQuery, store: Store) -> Proof:
    """Run the query as it stands on ``store``, the default graph being the union of all graphs."""

    def run(text: str) -> tuple[tuple[str, ...], int]:
        results = solve(store, text)
        if isinstance(results, QuerySolutions):
            return tuple(v.value for v in results.variables), sum(1 for _ in results)
        if isinstance(results, QueryTriples):
            return TRIPLE_COLUMNS, sum(1 for _ in results)
        return (), int(bool(results))

    return prove_by(query, run)


def prove_by(query: SavedQuery, run: Run, tries: int = 3) -> Proof:
    """As ``prove``, for anything that runs a query; the best of ``tries`` times counts.

    Only one that is a little late is tried again: the machine may have been busy.
    """
    rows, best, limit = 0, float("inf"), query.contract.max_ms
    for _ in range(tries):
        start = time.perf_counter()
        try:
            columns, rows = run(query.text)
        except (SyntaxError, OSError, QueryError) as error:
            return Proof(query.name, False, f"{query.name} could not be run: {error}", 0, 0.0)
        best = min(best, (time.perf_counter() - start) * 1000)
        fault = _breach(query.contract, columns, rows, best)
        if not fault or not limit < best <= 2 * limit:
            break
    if fault:
        return Proof(query.name, False, f"{query.name} breaks its contract: {fault}.", rows, best)
    message = f"{query.name} keeps its contract: {rows} rows in {best:.0f} ms."
    return Proof(query.name, True, message, rows, best)


def _breach(contract: Contract, columns: tuple[str, ...], rows: int, ms: float) -> str:
    """How an answer falls short of its contract, or ""."""
    if columns != contract.columns:
        given, wanted = ", ".join(columns) or "none", ", ".join(contract.columns) or "none"
        return f"its columns are {given} and should be {wanted}"
    if rows < contract.min_rows:
        return f"it gives {rows} rows and should give {contract.min_rows} or more"
    if ms > contract.max_ms:
        return f"it takes {ms:.0f} ms and should take {contract.max_ms} ms at most"
    return ""
