"""The types of things that can be reconciled, and the schemes that concepts are kept to."""

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
"""Their names by id. The address of a concept scheme is a type too: that of its concepts."""


def build_type_object(name: str) -> dict[str, str]:
    """A type as the specification has it."""
    return {"id": name, "name": TYPES[name]}


def parse_types(value: Any, json_path: str) -> frozenset[str]:
    """The types that a query asks for, one or several; UsageError for one that is not known."""
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
    """Whether a type is the address of a scheme."""
    return isinstance(name, str) and name.startswith(f"{BASE}scheme/")


def format_types(types: Iterable[str]) -> list[dict[str, str]]:
    """The types of a candidate, schemes left out."""
    return [build_type_object(name) for name in types if name in TYPES]
