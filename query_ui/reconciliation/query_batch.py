"""What a reconciliation client asks: batches of 0.1 and 0.2, and the list of the 1.0 draft."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loader.errors import UsageError
from loader.identifiers import SCHEMES, homepage, recognise
from query_ui.reconciliation.matching.countries import country_code
from query_ui.reconciliation.matching.match_query import Question
from query_ui.reconciliation.properties import EVIDENCE, IDENTIFYING, PROPERTIES
from query_ui.reconciliation.types import asked_types

MOST = 1_000
"""Queries in one batch."""
LIMIT, LARGEST = 5, 100
"""Candidates for each query, where none are asked for, and at most."""
FIELDS = frozenset({"query", "type", "types", "limit", "properties", "type_strict"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One query: the question, what else was given (pairs of property and text), how many."""

    question: Question
    others: tuple[tuple[str, str], ...]
    limit: int


def read_batch(text: str) -> dict[str, Asked]:
    """The queries of a batch by their keys; UsageError where it is none."""
    batch = read_object(text, "queries")
    if len(batch) > MOST:
        raise UsageError(f"queries: at most {MOST:,} at once, these are {len(batch):,}.")
    return {key: read_query(query, f"queries.{key}") for key, query in batch.items()}


def read_object(text: str, name: str) -> dict[str, Any]:
    """The JSON object in a field."""
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UsageError(f"{name}: this is not JSON ({error}).") from error
    if not isinstance(found, dict):
        raise UsageError(f"{name}: this has to be a JSON object.")
    return found


def read_query(query: Any, where: str) -> Asked:
    """One query of 0.1 or 0.2.

    https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/#reconciliation-queries
    """
    if not isinstance(query, dict):
        raise UsageError(f"{where}: a query has to be a JSON object.")
    if unknown := sorted(query.keys() - FIELDS):
        raise UsageError(f"{where}: a query has no {', '.join(unknown)}.")
    name, given = query.get("query"), query.get("properties") or []
    if name is not None and not isinstance(name, str):
        raise UsageError(f"{where}.query: this has to be a text.")
    if not isinstance(given, list) or (name is None and not given):
        raise UsageError(f"{where}: a query needs a query text, or properties in a list.")
    pairs = list(read_properties(given, where))
    types = asked_types(query.get("type") or query.get("types"), where)
    return asked(name or "", types, pairs, read_limit(query.get("limit"), where))


def read_limit(given: Any, where: str) -> int:
    """How many candidates are asked for; 0 and less mean as many as come without asking."""
    if given is None:
        return LIMIT
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise UsageError(f"{where}.limit: this has to be a number.")
    return min(LARGEST, int(given)) if given >= 1 else LIMIT


def read_properties(given: list[Any], where: str) -> Iterator[tuple[str, str]]:
    """The pairs of a property and each of its values as texts."""
    for one in given:
        name = one.get("pid") or one.get("propertyId") if isinstance(one, dict) else None
        if not isinstance(name, str):
            raise UsageError(f"{where}.properties: each needs the text pid and a value v.")
        if name not in PROPERTIES and name not in EVIDENCE and name not in IDENTIFYING:
            known = ", ".join(sorted({*PROPERTIES, *EVIDENCE, *IDENTIFYING}))
            raise UsageError(f"{where}.properties: there is no “{name}”, only {known}.")
        if "v" not in one and "propertyValue" not in one:
            raise UsageError(f"{where}.properties: {name} has no value v.")
        values = one.get("v", one.get("propertyValue"))
        for value in values if isinstance(values, list) else [values]:
            text = value.get("id", "") if isinstance(value, dict) else value
            yield name, shown(text)


def shown(value: Any) -> str:
    """A value as a text: a number of a spreadsheet without its point."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def asked(
    name: str, types: frozenset[str], pairs: list[tuple[str, str]], limit: int = LIMIT
) -> Asked:
    """A query put as a question, with what is evidence told from what is only compared."""
    identifiers = [found for pid, text in pairs if (found := identifier(pid, text))]
    country = next((country_code(text) for pid, text in pairs if pid == "country" and text), "")
    question = Question(
        name,
        tuple(dict.fromkeys(identifiers)),
        tuple(text for pid, text in pairs if pid == "place" and text),
        country,
        types,
    )
    others = tuple((p, t) for p, t in pairs if p not in EVIDENCE and p not in IDENTIFYING and t)
    return Asked(question, others, limit)


def identifier(pid: str, text: str) -> tuple[str, str] | None:
    """An identifier in its full form; None for an empty cell or what has not its form.

    A column of one kind may hold another, as people have it, so what is recognised counts.
    """
    if pid not in IDENTIFYING or not text:
        return None
    if pid == "homepage":
        site = homepage(text if "//" in text else f"https://{text}")
        return ("homepage", site) if site else None
    full = SCHEMES[pid].canonical(text)
    return (pid, full) if full else recognise(text)


def read_match(body: Any) -> list[Asked]:
    """The queries of the 1.0 draft's ``/match``.

    https://reconciliation-api.github.io/specs/draft/
    """
    queries = body.get("queries") if isinstance(body, Mapping) else None
    if not isinstance(queries, list):
        raise UsageError('Send {"queries": […]} as JSON.')
    if len(queries) > MOST:
        raise UsageError(f"queries: at most {MOST:,} at once, these are {len(queries):,}.")
    return [read_conditions(query, f"queries[{n}]") for n, query in enumerate(queries)]


def read_conditions(query: Any, where: str) -> Asked:
    """One query of the draft: its conditions on the name and on properties."""
    conditions = query.get("conditions") if isinstance(query, dict) else None
    if not isinstance(conditions, list) or not conditions:
        raise UsageError(f"{where}: a query needs conditions in a list.")
    names: list[Any] = []
    others: list[Any] = []
    for one in conditions:
        kind = one.get("matchType") if isinstance(one, dict) else None
        if kind not in ("name", "property"):
            raise UsageError(f"{where}.conditions: matchType has to be name or property.")
        (names if kind == "name" else others).append(one)
    name = shown(names[0].get("propertyValue", names[0].get("v"))) if names else ""
    types = asked_types(query.get("type"), where)
    pairs = list(read_properties(others, where))
    return asked(name, types, pairs, read_limit(query.get("limit"), where))
