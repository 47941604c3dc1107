"""Findings about the concepts of one scheme, put together: a count and the first places.

A vocabulary of thousands of concepts that all lack the same would drown everything else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Store

from loader.namespaces import RDF, SKOS
from loader.validation.term_formatter import TermFormatter

MAX_LOCATIONS = 10
"""The most places that one finding names."""


@dataclass(frozen=True, slots=True)
class LocatedRow:
    """One row of a check, with the file and line of what it is about."""

    path: str
    line: int
    values: Mapping[str, object]


class SchemeFinder:
    """Finds the concept scheme that a finding belongs to."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, about: object) -> NamedNode | None:
        """Return the scheme of a concept, the first by address; None where it is in none.

        Only what the store types as a scheme counts, so that a finding has a page.
        """
        if not isinstance(about, NamedNode):
            return None
        quads = self._store.quads_for_pattern(about, SKOS.inScheme, None, None)
        schemes = {quad.object for quad in quads if isinstance(quad.object, NamedNode)}
        return min((one for one in schemes if self._is_scheme(one)), key=str, default=None)

    def _is_scheme(self, node: NamedNode) -> bool:
        found = self._store.quads_for_pattern(node, RDF.type, SKOS.ConceptScheme, None)
        return next(found, None) is not None


def describe_group(
    scheme: NamedNode, rows: Sequence[LocatedRow], wording: TermFormatter
) -> tuple[LocatedRow, str]:
    """Return the first row of a group by place, and a sentence about the others ("" for none)."""
    ordered = sorted(rows, key=lambda row: (row.path, row.line, str(row.values["about"])))
    first = ordered[0]
    if len(ordered) == 1:
        return first, ""
    places = dict.fromkeys(
        f"line {row.line}" if row.path == first.path else f"{row.path}:{row.line}"
        for row in ordered
    )
    shown = ", ".join([*places][:MAX_LOCATIONS]) + (", …" if len(places) > MAX_LOCATIONS else "")
    concepts = len({row.values["about"] for row in ordered})
    return first, (
        f" There are {len(ordered):,} such findings about {concepts:,} "
        f"concept{'' if concepts == 1 else 's'} of {wording(scheme)}: {shown}."
    )
