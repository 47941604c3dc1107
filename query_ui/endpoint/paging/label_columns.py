"""A column of names beside every column of IRIs; no row is dropped, repeated or moved."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from loader.errors import UsageError
from query_ui.endpoint.paging.json_rows import Cell, Row

Naming: TypeAlias = Callable[[Collection[str]], Mapping[str, Cell]]
"""Gives one name for each of these IRIs that has one."""

MOST = 20_000


def is_iri(cell: Cell) -> bool:
    """Whether a cell holds an IRI."""
    return bool(cell["type"] == "uri")


def label_columns(columns: Sequence[str], of_iris: Collection[str]) -> dict[str, str]:
    """For each column that holds IRIs a new name for its label column, such as ``studyLabel``."""
    taken = set(columns)
    found: dict[str, str] = {}
    for column in columns:
        if column in of_iris:
            found[column] = _free(f"{column}Label", taken)
            taken.add(found[column])
    return found


def with_labels(columns: Sequence[str], added: Mapping[str, str]) -> list[str]:
    """All columns, each label column directly beside its own."""
    return [name for column in columns for name in (column, added.get(column)) if name]


def labelled(row: Row, added: Mapping[str, str], names: Mapping[str, Cell]) -> Row:
    """A row with the names of its IRIs; cells without one stay unbound."""
    found = {
        label: names[row[column]["value"]]
        for column, label in added.items()
        if column in row and is_iri(row[column]) and row[column]["value"] in names
    }
    return row | found


def check_number(iris: Collection[str]) -> None:
    """UsageError where there are too many things to be named in one answer."""
    if len(iris) > MOST:
        raise UsageError(
            f"This answer names more than {MOST:,} things, too many for labels=on: "
            "ask for it a page at a time (page=1 and size=1000), or without labels."
        )


def _free(name: str, taken: Collection[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}{number}"
    return free
