"""The result of a query as a table, from a store or any other engine, and a row in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QuerySolutions,
    QueryTriples,
    Store,
    Triple,
)

from loader.queries.evaluate import evaluate_query
from loader.queries.saved_query import TRIPLE_COLUMNS

TableRow: TypeAlias = tuple[NamedNode | BlankNode | Literal | Triple | None, ...]
QueryRunner: TypeAlias = Callable[[str], "ResultTable"]
"""A function that runs the text of a query."""

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class ResultTable:
    """The columns and rows of a result; a graph has its triples, true one empty row, false none.

    A cell is None where it is unbound.
    """

    columns: tuple[str, ...]
    rows: Sequence[TableRow]


@dataclass(frozen=True, slots=True)
class Breach:
    """How a result breaks a contract, in words, and the IRIs in the row that shows it."""

    says: str
    entities: tuple[str, ...] = ()


def build_runner(store: Store) -> QueryRunner:
    """Return a function that runs queries on ``store`` with the union of its graphs."""

    def run(text: str) -> ResultTable:
        results = evaluate_query(store, text)
        if isinstance(results, QuerySolutions):
            columns = tuple(variable.value for variable in results.variables)
            return ResultTable(columns, [tuple(solution) for solution in results])
        if isinstance(results, QueryTriples):
            return ResultTable(
                TRIPLE_COLUMNS, [(t.subject, t.predicate, t.object) for t in results]
            )
        return ResultTable((), [()] if results else [])

    return run


def format_row(cells: Sequence[tuple[str, object]]) -> str:
    """Return the bound cells of a row as text, such as ``study = <…>, title = "…"``."""
    return ", ".join(f"{name} = {_shorten(str(term))}" for name, term in cells if term is not None)


def format_count(number: int, what: str) -> str:
    """Return a number with its noun: ``1 row``, ``2 rows``."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
