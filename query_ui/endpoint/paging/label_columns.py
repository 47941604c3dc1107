"""Label columns beside columns of IRIs; the number and order of rows stay as they are."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from loader.errors import UsageError
from query_ui.endpoint.paging.json_rows import JsonCell, JsonRow

NameResolver: TypeAlias = Callable[[Collection[str]], Mapping[str, JsonCell]]
"""Returns the label of each IRI that has one, by IRI."""

MAX_LABELLED_IRIS = 20_000
"""Distinct IRIs that are labelled in one response."""


def is_iri_cell(cell: JsonCell) -> bool:
    """Return whether a cell holds an IRI."""
    return bool(cell["type"] == "uri")


def name_label_columns(columns: Sequence[str], iri_columns: Collection[str]) -> dict[str, str]:
    """Return an unused label column for each column of IRIs, such as ``studyLabel``."""
    taken = set(columns)
    found: dict[str, str] = {}
    for column in columns:
        if column in iri_columns:
            found[column] = _find_free_column(f"{column}Label", taken)
            taken.add(found[column])
    return found


def insert_label_columns(columns: Sequence[str], label_by_column: Mapping[str, str]) -> list[str]:
    """Return all columns, each followed by its label column if it has one."""
    return [name for column in columns for name in (column, label_by_column.get(column)) if name]


def add_label_cells(
    row: JsonRow, label_by_column: Mapping[str, str], name_by_iri: Mapping[str, JsonCell]
) -> JsonRow:
    """Return the row with the labels of its IRIs; a missing label leaves the cell unbound."""
    found = {
        label: name_by_iri[row[column]["value"]]
        for column, label in label_by_column.items()
        if column in row and is_iri_cell(row[column]) and row[column]["value"] in name_by_iri
    }
    return row | found


def check_label_count(iris: Collection[str]) -> None:
    """Raise UsageError if there are more than ``MAX_LABELLED_IRIS`` IRIs."""
    if len(iris) > MAX_LABELLED_IRIS:
        raise UsageError(
            f"This result names more than {MAX_LABELLED_IRIS:,} entities, too many for labels=on: "
            "ask for it a page at a time (page=1 and size=1000), or without labels."
        )


def _find_free_column(name: str, columns: Collection[str]) -> str:
    number, free = 1, name
    while free in columns:
        number += 1
        free = f"{name}{number}"
    return free
