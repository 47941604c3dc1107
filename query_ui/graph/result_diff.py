"""Which rows of a result appeared, vanished or changed between two releases."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal

from query_ui.engine.protocol import QueryResult, ResultRow

BOOLEAN_COLUMN = "result"
"""The column of the only row of a result that is true or false."""


@dataclass(frozen=True, slots=True)
class ResultDiff:
    """The rows that one of two results lacks, in the order of their result.

    A row has changed if both results have one row with its cells in the columns of ``key``, and the
    other cells differ; each is a pair of the row before and after. Without a key none has. Rows
    that occur several times count each time. ``unchanged`` is the number of rows in both.
    """

    columns: tuple[str, ...]
    key: tuple[str, ...]
    appeared: tuple[ResultRow, ...]
    vanished: tuple[ResultRow, ...]
    changed: tuple[tuple[ResultRow, ResultRow], ...]
    unchanged: int

    @property
    def total(self) -> int:
        """The number of differences; a changed row is one."""
        return len(self.appeared) + len(self.vanished) + len(self.changed)


def compare_results(earlier: QueryResult, later: QueryResult, key: Sequence[str]) -> ResultDiff:
    """Compare the results of one query on two releases; ``key`` are columns that identify a row.

    The triples of a graph are rows, and true or false is a result of one row.
    """
    columns = earlier.columns or (BOOLEAN_COLUMN,)
    before, after = list_rows_of(earlier), list_rows_of(later)
    vanished, appeared = subtract_rows(before, after), subtract_rows(after, before)
    places = [columns.index(name) for name in key if name in columns]
    pairs = pair_by_key(vanished, appeared, places) if places else []
    paired = Counter(row for pair in pairs for row in pair)
    return ResultDiff(
        columns,
        tuple(key) if places else (),
        tuple(row for row in appeared if row not in paired),
        tuple(row for row in vanished if row not in paired),
        tuple(pairs),
        len(before) - len(vanished),
    )


def list_rows_of(result: QueryResult) -> Sequence[ResultRow]:
    """Return the rows of a result of any kind."""
    return [(Literal(bool(result.boolean)),)] if result.kind == "boolean" else result.rows


def subtract_rows(rows: Sequence[ResultRow], others: Sequence[ResultRow]) -> list[ResultRow]:
    """Return the rows without as many equal ones as the others have, in order."""
    left, found = Counter(others), []
    for row in rows:
        if left[row]:
            left[row] -= 1
        else:
            found.append(row)
    return found


def pair_by_key(
    vanished: Sequence[ResultRow], appeared: Sequence[ResultRow], places: Sequence[int]
) -> list[tuple[ResultRow, ResultRow]]:
    """Return the pairs of rows whose key occurs once on each side."""
    before, after = dict(index_by_key(vanished, places)), dict(index_by_key(appeared, places))
    return [(row, after[key]) for key, row in before.items() if key in after]


def index_by_key(
    rows: Sequence[ResultRow], places: Sequence[int]
) -> Iterator[tuple[ResultRow, ResultRow]]:
    """Yield key and row of each row whose key no other has."""
    keys = [tuple(row[place] for place in places) for row in rows]
    counts = Counter(keys)
    yield from ((key, row) for key, row in zip(keys, rows, strict=True) if counts[key] == 1)
