"""Parser of reconciliation queries: batches of 0.1 and 0.2, and the list of the 1.0 draft."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from loader.errors import UsageError
from loader.identifiers import SCHEMES, normalise_homepage, recognise_identifier
from query_ui.http.request_input import parse_json, shorten
from query_ui.http.request_limits import DEFAULT_LIMITS, RequestLimits, check_count, check_length
from query_ui.reconciliation.matching.countries import parse_country_code
from query_ui.reconciliation.matching.scoring import MatchQuery
from query_ui.reconciliation.properties import (
    EVIDENCE_PROPERTIES,
    IDENTIFIER_PROPERTIES,
    ReconciliationProperty,
    format_names,
    parse_types,
)

DEFAULT_LIMIT, MAX_LIMIT = 5, 100
"""Number of candidates for each query: the default and the largest."""
Properties = Mapping[str, ReconciliationProperty]
"""Properties of a service, by id."""
QUERY_FIELDS = frozenset({"query", "type", "types", "limit", "properties", "type_strict"})
"""Fields that a query of version 0.1 or 0.2 may have."""


@dataclass(frozen=True, slots=True)
class ReconciliationQuery:
    """Query of the Reconciliation API.

    ``other_properties`` are pairs of property id and text that are compared but not scored;
    ``limit`` is the largest number of candidates; ``warning`` is a sentence about properties that
    do not exist, or ""; ``entity_id`` is the id or the name, which may be an id too.
    """

    question: MatchQuery
    other_properties: tuple[tuple[str, str], ...]
    limit: int
    warning: str = ""
    entity_id: str = ""


def parse_batch(
    batch: Mapping[str, Any], properties: Properties, limits: RequestLimits = DEFAULT_LIMITS
) -> dict[str, ReconciliationQuery]:
    """Parse a batch of queries into queries by key; raise UsageError where it is malformed.

    ``properties`` are those of the service, by id. Raise RequestTooLarge where the batch
    holds more than ``limits`` allow.

    https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/#reconciliation-queries
    """
    check_count("queries", batch, limits.max_batch_queries)
    return {
        key: parse_reconciliation_query(query, f"queries.{shorten(key)}", properties, limits)
        for key, query in batch.items()
    }


def parse_json_object(text: str, field: str) -> dict[str, Any]:
    """Parse a JSON object; raise UsageError, naming ``field``, where ``text`` is none."""
    found = parse_json(text, field)
    if not isinstance(found, dict):
        raise UsageError(f"{field}: this has to be a JSON object.")
    return found


def parse_reconciliation_query(
    query: Any, json_path: str, properties: Properties, limits: RequestLimits = DEFAULT_LIMITS
) -> ReconciliationQuery:
    """Parse one query of version 0.1 or 0.2; raise UsageError where it is malformed.

    An unknown property concerns this query alone, so its warning says so.

    https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/#reconciliation-queries
    """
    if not isinstance(query, dict):
        raise UsageError(f"{json_path}: a query has to be a JSON object.")
    if unknown := sorted(query.keys() - QUERY_FIELDS):
        raise UsageError(f"{json_path}: a query has no {', '.join(unknown)}.")
    name, given = query.get("query"), query.get("properties") or []
    if name is not None and not isinstance(name, str):
        raise UsageError(f"{json_path}.query: this has to be a text.")
    if not isinstance(given, list) or (name is None and not given):
        raise UsageError(f"{json_path}: a query needs a query text, or properties in a list.")
    pairs = list(parse_property_values(given, json_path))
    check_query_size(json_path, name or "", pairs, limits)
    types = parse_types(query.get("type") or query.get("types"), json_path)
    limit = parse_candidate_limit(query.get("limit"), json_path)
    return build_reconciliation_query(name or "", types, pairs, properties, limit)


def check_query_size(
    json_path: str, name: str, pairs: list[tuple[str, str]], limits: RequestLimits
) -> None:
    """Raise RequestTooLarge for too long a text or too many values, before any is normalised."""
    check_count(f"{json_path}.properties", pairs, limits.max_query_values)
    for text in (name, *(value for _, value in pairs)):
        check_length(f"{json_path}: a text", text, limits.max_name_characters)


def parse_candidate_limit(value: Any, json_path: str) -> int:
    """Parse the limit of a query, cut to ``MAX_LIMIT``; a value below 1 means the default.

    Raise UsageError where it is not a number.
    """
    if value is None:
        return DEFAULT_LIMIT
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"{json_path}.limit: this has to be a number.")
    return min(MAX_LIMIT, int(value)) if value >= 1 else DEFAULT_LIMIT


def parse_property_values(conditions: list[Any], json_path: str) -> Iterator[tuple[str, str]]:
    """Yield pairs of property id and text, one for each value of each condition.

    Raise UsageError for a condition without a property or without a value.
    """
    for one in conditions:
        name = one.get("pid") or one.get("propertyId") if isinstance(one, dict) else None
        if not isinstance(name, str):
            raise UsageError(f"{json_path}.properties: each needs the text pid and a value v.")
        # 0.2 has pid and v; the 1.0 draft has propertyId and propertyValue.
        if "v" not in one and "propertyValue" not in one:
            raise UsageError(f"{json_path}.properties: {name} has no value v.")
        values = one.get("v", one.get("propertyValue"))
        for value in values if isinstance(values, list) else [values]:
            text = value.get("id", "") if isinstance(value, dict) else value
            yield name, format_value(text)


def format_value(value: Any) -> str:
    """Return a value as text; a whole number loses its decimal point, as 5.0 from a spreadsheet."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def build_reconciliation_query(
    name: str,
    types: frozenset[str],
    pairs: list[tuple[str, str]],
    properties: Properties,
    limit: int = DEFAULT_LIMIT,
) -> ReconciliationQuery:
    """Build a query from its name, types and properties.

    Identifiers, places and the country become evidence; the other properties are only compared,
    and unknown ones are left out with a warning.
    """
    identifiers = [found for pid, text in pairs if (found := parse_identifier(pid, text))]
    country = next(
        (parse_country_code(text) for pid, text in pairs if pid == "country" and text), ""
    )
    question = MatchQuery(
        name,
        tuple(dict.fromkeys(identifiers)),
        tuple(text for pid, text in pairs if pid == "place" and text),
        country,
        types,
    )
    others = tuple(
        (p, t)
        for p, t in pairs
        if p in properties and p not in IDENTIFIER_PROPERTIES and p not in EVIDENCE_PROPERTIES and t
    )
    warning = describe_unknown_properties((p for p, _ in pairs), properties)
    return ReconciliationQuery(question, others, limit, warning, name.strip())


def describe_unknown_properties(names: Iterable[str], properties: Properties) -> str:
    """Return a sentence about the properties that this service does not have, "" for none."""
    known = sorted({*properties, *EVIDENCE_PROPERTIES, *IDENTIFIER_PROPERTIES})
    unknown = format_names([name for name in dict.fromkeys(names) if name not in known])
    return (
        unknown and f"There is no property {unknown}, and it was left out; use {', '.join(known)}."
    )


def parse_identifier(property_id: str, text: str) -> tuple[str, str] | None:
    """Return the scheme and full form of an identifier, or None where it has no known form.

    The scheme may differ from ``property_id``, since people mix identifiers in one column.
    """
    if property_id not in IDENTIFIER_PROPERTIES or not text:
        return None
    if property_id == "homepage":
        site = normalise_homepage(text if "//" in text else f"https://{text}")
        return ("homepage", site) if site else None
    full = SCHEMES[property_id].canonical(text)
    return (property_id, full) if full else recognise_identifier(text)


def parse_match_request(
    body: Any, properties: Properties, limits: RequestLimits = DEFAULT_LIMITS
) -> list[ReconciliationQuery]:
    """Parse the queries of a ``/match`` request of the 1.0 draft; raise UsageError if invalid.

    https://reconciliation-api.github.io/specs/draft/
    """
    queries = body.get("queries") if isinstance(body, Mapping) else None
    if not isinstance(queries, list):
        raise UsageError('Send {"queries": […]} as JSON.')
    check_count("queries", queries, limits.max_batch_queries)
    return [
        parse_conditions(query, f"queries[{n}]", properties, limits)
        for n, query in enumerate(queries)
    ]


def parse_conditions(
    query: Any, json_path: str, properties: Properties, limits: RequestLimits
) -> ReconciliationQuery:
    """Parse one query of the 1.0 draft: its conditions on the id, the name and on properties."""
    conditions = query.get("conditions") if isinstance(query, dict) else None
    if not isinstance(conditions, list) or not conditions:
        raise UsageError(f"{json_path}: a query needs conditions in a list.")
    texts = {"id": "", "name": ""}
    others: list[Any] = []
    for one in conditions:
        kind = one.get("matchType") if isinstance(one, dict) else None
        if kind not in ("id", "name", "property"):
            raise UsageError(f"{json_path}.conditions: matchType has to be id, name or property.")
        if kind == "property":
            others.append(one)
        else:
            texts[kind] = texts[kind] or format_value(one.get("propertyValue", one.get("v")))
    types = parse_types(query.get("type"), json_path)
    pairs = list(parse_property_values(others, json_path))
    check_query_size(json_path, max(texts.values(), key=len), pairs, limits)
    limit = parse_candidate_limit(query.get("limit"), json_path)
    built = build_reconciliation_query(texts["name"], types, pairs, properties, limit)
    return replace(built, entity_id=texts["id"] or built.entity_id)
