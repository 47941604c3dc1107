"""A minimal failing set: parts that match nothing together, though all but any one would.

It is found by delta debugging (Zeller, Hildebrandt 2002): larger pieces are left out first.
"""

from collections.abc import Collection, Sequence

from loader.queries.rewrite import Edit, apply_edits
from query_ui.endpoint.diagnosis.probes import Probes
from query_ui.endpoint.diagnosis.query_edits import convert_to_ask, remove_parts
from query_ui.endpoint.diagnosis.query_parts import ExaminedQuery, Part

_BINDING = ("triple", "values", "bind", "optional", "union", "graph")
_TESTING = ("filter", "bind")
_REMOVAL_ORDER = (
    "having", "slice", "minus", "optional", "service", "dataset", "graph", "subselect", "filter",
    "values", "bind", "union", "triple",
)  # fmt: skip


def list_needed_parts(query: ExaminedQuery) -> list[Part]:
    """Return the parts without which there may be rows, in the order of the text.

    The modifiers of the whole query come after its patterns and are not among them.
    """
    found = [
        part
        for part in query.parts
        if part.is_needed and not (part.start >= query.tail.start and part.end <= query.tail.end)
    ]
    return sorted(found, key=lambda part: part.start)


def reduce_query(query: ExaminedQuery, parts: Sequence[Part], kept: Collection[Part]) -> list[Edit]:
    """Return the edits that leave only ``kept`` of ``parts``, and no test of what nothing binds."""
    gone = [part for part in parts if part not in kept]
    return remove_parts(query, [*gone, *_find_unbound_tests(parts, gone)])


def _find_unbound_tests(parts: Sequence[Part], gone: Sequence[Part]) -> list[Part]:
    """Return the tests that stay but have lost a variable: they would fail for the wrong reason."""
    if not gone:
        return []
    missing = set(gone)
    left = [
        part
        for part in parts
        if part not in missing
        and not any(out.kind != "graph" and out.contains(part) for out in gone)
    ]
    return [
        test
        for test in left
        if test.kind in _TESTING
        and _list_bound(parts, test) & test.variables - _list_bound(left, test)
    ]


def _list_bound(parts: Sequence[Part], test: Part) -> frozenset[str]:
    """Return the variables that parts bind in the group of a test."""
    names = [
        part.variables
        for part in parts
        if part.kind in _BINDING
        and part is not test
        and test.group.contains(part)
        and not test.contains(part)
    ]
    return frozenset[str]().union(*names)


def has_no_match(
    probes: Probes,
    query: ExaminedQuery,
    parts: Sequence[Part],
    kept: Collection[Part],
    edits: Sequence[Edit] = (),
) -> bool | None:
    """Whether only ``kept`` of ``parts``, with more edits, match nothing; None where unknown."""
    text = apply_edits(
        query.text, [*edits, *reduce_query(query, parts, kept), *convert_to_ask(query)]
    )
    found = probes.has_match(text)
    return None if found is None else not found


def find_minimal_failing_set(
    probes: Probes, query: ExaminedQuery, parts: Sequence[Part]
) -> list[Part]:
    """Return a minimal failing set of ``parts``, which fail together; all where time runs out."""
    kept = sorted(parts, key=lambda part: (_REMOVAL_ORDER.index(part.kind), -part.start))
    size = max(len(kept) // 2, 1)
    while True:
        place = 0
        while place < len(kept) and not probes.is_exhausted:
            rest = kept[:place] + kept[place + size :]
            if rest and has_no_match(probes, query, parts, rest):
                kept = rest
            else:
                place += size
        if size == 1 or probes.is_exhausted:
            return sorted(kept, key=lambda part: part.start)
        size = max(min(size // 2, len(kept) // 2), 1)
