"""The smallest failing part: a set of parts that matches nothing, though all but any one would."""

from collections.abc import Collection, Sequence

from query_ui.endpoint.diagnosis.probes import Trials
from query_ui.endpoint.diagnosis.query_edits import Edit, as_ask, edited, without
from query_ui.endpoint.diagnosis.query_parts import Part, Query

_BINDING = ("triple", "values", "bind", "optional", "union", "graph")
_TESTING = ("filter", "bind")
_INNOCENT_FIRST = (
    "having", "slice", "minus", "optional", "service", "dataset", "graph", "subselect", "filter",
    "values", "bind", "union", "triple",
)  # fmt: skip


def needed_parts(query: Query) -> list[Part]:
    """The parts without which there may be rows, in the order of the text.

    The modifiers of the whole query come after its patterns and are not among them.
    """
    found = [
        part
        for part in query.parts
        if part.needed and not (part.start >= query.tail.start and part.end <= query.tail.end)
    ]
    return sorted(found, key=lambda part: part.start)


def reduced(query: Query, parts: Sequence[Part], kept: Collection[Part]) -> list[Edit]:
    """The edits that leave only ``kept`` of ``parts``, and no test of what nothing binds."""
    gone = [part for part in parts if part not in kept]
    return without(query, [*gone, *_idle(parts, gone)])


def _idle(parts: Sequence[Part], gone: Sequence[Part]) -> list[Part]:
    """The tests that stay but have lost a variable: they would fail for the wrong reason."""
    if not gone:
        return []
    missing = set(gone)
    left = [
        part
        for part in parts
        if part not in missing and not any(out.kind != "graph" and out.holds(part) for out in gone)
    ]
    return [
        test
        for test in left
        if test.kind in _TESTING and _bound(parts, test) & test.variables - _bound(left, test)
    ]


def _bound(parts: Sequence[Part], test: Part) -> frozenset[str]:
    """The variables that parts bind in the group of a test."""
    names = [
        part.variables
        for part in parts
        if part.kind in _BINDING
        and part is not test
        and test.group.holds(part)
        and not test.holds(part)
    ]
    return frozenset[str]().union(*names)


def fails(
    trials: Trials,
    query: Query,
    parts: Sequence[Part],
    kept: Collection[Part],
    edits: Sequence[Edit] = (),
) -> bool | None:
    """Whether only ``kept`` of ``parts``, with more edits, match nothing; None where unknown."""
    text = edited(query.text, [*edits, *reduced(query, parts, kept), *as_ask(query)])
    found = trials.matches(text)
    return None if found is None else not found


def smallest(trials: Trials, query: Query, parts: Sequence[Part]) -> list[Part]:
    """A smallest failing part of ``parts``, which fail together; whole where time runs out."""
    kept = sorted(parts, key=lambda part: (_INNOCENT_FIRST.index(part.kind), -part.start))
    size = max(len(kept) // 2, 1)
    while True:
        place = 0
        while place < len(kept) and not trials.over:
            rest = kept[:place] + kept[place + size :]
            if rest and fails(trials, query, parts, rest):
                kept = rest
            else:
                place += size
        if size == 1 or trials.over:
            return sorted(kept, key=lambda part: part.start)
        size = max(min(size // 2, len(kept) // 2), 1)
