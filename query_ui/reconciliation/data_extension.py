"""Columns for reconciled things: which values each has, as the specification writes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loader.errors import UsageError
from query_ui.reconciliation.candidate_json import full
from query_ui.reconciliation.properties import PROPERTIES, Property

MOST = 2_000
"""Things in one request."""


@dataclass(frozen=True, slots=True)
class Column:
    """A property to fetch; ``limit`` is 0 for all values; ``named`` shows things by their names."""

    property: Property
    limit: int = 0
    named: bool = True


@dataclass(frozen=True, slots=True)
class Extension:
    """What is asked: the ids as they were given with their addresses, and the columns."""

    ids: Mapping[str, str]
    columns: Sequence[Column]


def read_extension(asked: Any) -> Extension:
    """A data extension query; UsageError where it is none.

    https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/#data-extension-queries
    """
    ids, wanted = (asked.get(k) if isinstance(asked, dict) else None for k in ("ids", "properties"))
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids):
        raise UsageError("extend: ids has to be a list of texts.")
    if len(ids) > MOST:
        raise UsageError(f"extend: at most {MOST:,} ids at once, these are {len(ids):,}.")
    if not isinstance(wanted, list):
        raise UsageError("extend: properties has to be a list.")
    return Extension({i: full(i) for i in ids}, [read_column(one) for one in wanted])


def read_column(wanted: Any) -> Column:
    """One column with its settings."""
    name = wanted.get("id") if isinstance(wanted, dict) else None
    if not isinstance(name, str) or name not in PROPERTIES:
        raise UsageError(f"extend: there is no property “{name}”, only {', '.join(PROPERTIES)}.")
    settings = wanted.get("settings") or {}
    limit = str(settings.get("limit", 0) if isinstance(settings, dict) else "?") or "0"
    if not limit.isdigit():
        raise UsageError(f"extend: the limit of {name} has to be a number from 0.")
    return Column(PROPERTIES[name], int(limit), settings.get("content") != "iri")


def rows_as_objects(extension: Extension, cells: Mapping[tuple[str, str], list[Any]]) -> Any:
    """The rows of 0.2: by id, then by property. ``cells`` are by address and property."""
    return {
        name: {
            c.property.id: cut(cells.get((iri, c.property.id), []), c) for c in extension.columns
        }
        for name, iri in extension.ids.items()
    }


def rows_as_lists(extension: Extension, cells: Mapping[tuple[str, str], list[Any]]) -> Any:
    """The rows of the 1.0 draft: a list of things, each with a list of properties."""
    return [
        {
            "id": name,
            "properties": [
                {"id": c.property.id, "values": cut(cells.get((iri, c.property.id), []), c)}
                for c in extension.columns
            ],
        }
        for name, iri in extension.ids.items()
    ]


def cut(values: list[Any], column: Column) -> list[Any]:
    """The values that the settings of a column leave."""
    return values[: column.limit] if column.limit else values
