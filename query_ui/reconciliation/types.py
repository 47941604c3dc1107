"""Types of entities that can be reconciled, including concept schemes used as types."""

from collections.abc import Iterable
from typing import Any

from loader.errors import UsageError
from loader.settings import BASE

TYPES = {
    "case-study": "Case study",
    "initiative": "Initiative",
    "organisation": "Organisation",
    "keyword": "Keyword",
    "principle": "Principle",
    "obligation": "Obligation",
    "beneficiary": "Beneficiary",
    "stakeholder": "Stakeholder",
}
"""Name by type id. The IRI of a concept scheme is also a type: that of its concepts."""


def build_type_object(name: str) -> dict[str, str]:
    """Return a type as a JSON object with ``id`` and ``name``."""
    return {"id": name, "name": TYPES[name]}


def parse_types(value: Any, json_path: str) -> frozenset[str]:
    """Parse the type or list of types of a query; raise UsageError for an unknown one.

    Each is an id or an object with an ``id``; ``json_path`` locates it in messages.
    """
    names = [value] if value and isinstance(value, str | dict) else value or []
    found = frozenset(name.get("id", "") if isinstance(name, dict) else name for name in names)
    for name in found:
        if name not in TYPES and not is_scheme(name):
            known = ", ".join(TYPES)
            raise UsageError(
                f"{json_path}: there is no type “{name}”; "
                f"ask for {known}, or the address of a scheme."
            )
    return found


def is_scheme(name: object) -> bool:
    """Return whether a type is the IRI of a concept scheme."""
    return isinstance(name, str) and name.startswith(f"{BASE}scheme/")


def format_types(types: Iterable[str]) -> list[dict[str, str]]:
    """Return the types of a candidate as JSON objects, without concept schemes."""
    return [build_type_object(name) for name in types if name in TYPES]
