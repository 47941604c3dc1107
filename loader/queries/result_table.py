"""What a query found, whoever was asked: its columns, its rows, and a row in words."""

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

from loader.queries.evaluate import solve
from loader.queries.saved_query import TRIPLE_COLUMNS

Row: TypeAlias = tuple[NamedNode | BlankNode | Literal | Triple | None, ...]
Run: TypeAlias = Callable[[str], "Found"]
"""Runs a query text and gives what it found."""

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Found:
    """The columns and rows of an answer; a graph has its triples, true one empty row, false none.

    A cell is None where it is unbound.
    """

    columns: tuple[str, ...]
    rows: Sequence[Row]


def asking(store: Store) -> Run:
    """Runs queries on ``store``, the default graph being the union of all graphs."""

    def run(text: str) -> Found:
        results = solve(store, text)
        if isinstance(results, QuerySolutions):
            columns = tuple(variable.value for variable in results.variables)
            return Found(columns, [tuple(solution) for solution in results])
        if isinstance(results, QueryTriples):
            return Found(TRIPLE_COLUMNS, [(t.subject, t.predicate, t.object) for t in results])
        return Found((), [()] if results else [])

    return run


def in_words(cells: Sequence[tuple[str, object]]) -> str:
    """The cells of a row that are bound, such as ``study = <…>, title = "…"``."""
    return ", ".join(f"{name} = {_short(str(term))}" for name, term in cells if term is not None)


def counted(number: int, what: str) -> str:
    """``1 row``, ``2 rows``."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
