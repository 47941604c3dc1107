"""The values of an entity that came and went between two releases, by property."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox

MAX_PROPERTIES = 10
MAX_VALUES = 3
"""Values of one property that are kept of those that came, and of those that went."""
MAX_VALUE_LENGTH = 200
"""Characters of a value that are kept."""


def compare_properties(
    went: Iterable[bytes], came: Iterable[bytes], names: Mapping[str, str]
) -> dict[str, Any]:
    """Return under ``properties`` what changed, the properties in the order of their IRIs.

    ``names`` are the names of entities by IRI, which values are shown by. ``more_properties``
    counts the properties left out. Values that are blank nodes are left out, and so is a statement
    that another document makes now. {} where nothing is left.
    """
    old, new = (collect_values(lines, names) for lines in (went, came))
    pairs = [(iri, old[iri] - new[iri], new[iri] - old[iri]) for iri in sorted({*old, *new})]
    found = [
        {"property": iri, **cut_values("removed", before), **cut_values("added", after)}
        for iri, before, after in pairs
        if before or after
    ]
    if not found:
        return {}
    left_out = len(found) - MAX_PROPERTIES
    more = {"more_properties": left_out} if left_out > 0 else {}
    return {"properties": found[:MAX_PROPERTIES], **more}


def collect_values(lines: Iterable[bytes], names: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the values by property of statements in N-Quads: https://www.w3.org/TR/n-quads/"""
    found: dict[str, set[str]] = defaultdict(set)
    for quad in ox.parse(b"".join(lines), ox.RdfFormat.N_QUADS):
        if isinstance(quad.object, ox.NamedNode):
            iri = quad.object.value
            found[quad.predicate.value].add(names.get(iri) or iri)
        elif isinstance(quad.object, ox.Literal):
            found[quad.predicate.value].add(quad.object.value)
    return found


def cut_values(key: str, values: set[str]) -> dict[str, Any]:
    """Return the first values under a key, and under ``more_…`` the number of those left out."""
    if not values:
        return {}
    shown = [cut_text(value) for value in sorted(values)[:MAX_VALUES]]
    left_out = len(values) - len(shown)
    return {key: shown, **({f"more_{key}": left_out} if left_out else {})}


def cut_text(text: str) -> str:
    """Return a text, one that is too long with an ellipsis for what was cut."""
    return text if len(text) <= MAX_VALUE_LENGTH else f"{text[: MAX_VALUE_LENGTH - 1]}…"
