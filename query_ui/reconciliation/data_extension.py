"""Data extension queries of the Reconciliation API: property values of reconciled entities.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/#data-extension-service
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loader.errors import UsageError
from query_ui.http.request_input import parse_whole_number
from query_ui.http.request_limits import DEFAULT_LIMITS, RequestLimits, check_count
from query_ui.reconciliation.properties import ReconciliationProperty


@dataclass(frozen=True, slots=True)
class ExtensionColumn:
    """Property to fetch.

    ``limit`` is the largest number of values, 0 for all; ``has_names`` returns entities with their
    names instead of as IRIs.
    """

    property: ReconciliationProperty
    limit: int = 0
    has_names: bool = True


@dataclass(frozen=True, slots=True)
class DataExtensionQuery:
    """Data extension query: entity IRIs by the ids of the request, and the columns."""

    iri_by_id: Mapping[str, str]
    columns: Sequence[ExtensionColumn]


def parse_data_extension_query(
    query: Any,
    properties: Mapping[str, ReconciliationProperty],
    expand_id: Callable[[str], str],
    limits: RequestLimits = DEFAULT_LIMITS,
) -> DataExtensionQuery:
    """Parse a data extension query; raise UsageError where it is invalid or holds too much.

    ``properties`` are those of the service, by id; ``expand_id`` returns the IRI of an id.

    https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/#data-extension-queries
    """
    ids, wanted = (query.get(k) if isinstance(query, dict) else None for k in ("ids", "properties"))
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids):
        raise UsageError("extend: ids has to be a list of texts.")
    check_count("extend: ids", ids, limits.max_entities)
    if not isinstance(wanted, list):
        raise UsageError("extend: properties has to be a list.")
    check_count("extend: properties", wanted, limits.max_properties)
    return DataExtensionQuery(
        {i: expand_id(i) for i in ids}, [parse_extension_column(one, properties) for one in wanted]
    )


def parse_extension_column(
    value: Any, properties: Mapping[str, ReconciliationProperty]
) -> ExtensionColumn:
    """Parse one column with its settings; raise UsageError where it is invalid."""
    name = value.get("id") if isinstance(value, dict) else None
    if not isinstance(name, str) or name not in properties:
        raise UsageError(f"extend: there is no property “{name}”, only {', '.join(properties)}.")
    settings = value.get("settings") or {}
    limit = str(settings.get("limit", 0) if isinstance(settings, dict) else "?") or "0"
    number = 0 if limit == "0" else parse_whole_number(f"extend: the limit of {name}", limit)
    return ExtensionColumn(properties[name], number, settings.get("content") != "iri")


def format_rows_as_objects(
    extension: DataExtensionQuery, values_by_entity_property: Mapping[tuple[str, str], list[Any]]
) -> Any:
    """Return the rows in the format of version 0.2: lists of values by id, then by property id.

    ``values_by_entity_property`` has pairs of entity IRI and property id as keys.
    """
    return {
        name: {
            c.property.id: limit_values(values_by_entity_property.get((iri, c.property.id), []), c)
            for c in extension.columns
        }
        for name, iri in extension.iri_by_id.items()
    }


def format_rows_as_lists(
    extension: DataExtensionQuery, values_by_entity_property: Mapping[tuple[str, str], list[Any]]
) -> Any:
    """Return the rows in the format of the 1.0 draft: a list of entities with their properties.

    https://reconciliation-api.github.io/specs/draft/
    """
    return [
        {
            "id": name,
            "properties": [
                {
                    "id": c.property.id,
                    "values": limit_values(
                        values_by_entity_property.get((iri, c.property.id), []), c
                    ),
                }
                for c in extension.columns
            ],
        }
        for name, iri in extension.iri_by_id.items()
    ]


def limit_values(values: list[Any], column: ExtensionColumn) -> list[Any]:
    """Return the values up to the limit of a column."""
    return values[: column.limit] if column.limit else values
