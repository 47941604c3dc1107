"""Causes in conditions that no value can meet, whatever the graph says."""

from collections.abc import Iterator
from itertools import combinations

from query_ui.endpoint.diagnosis.comparisons import Comparison, comparisons
from query_ui.endpoint.diagnosis.failing_part import Case, Suspicion
from query_ui.endpoint.diagnosis.query_edits import Edit
from query_ui.endpoint.diagnosis.query_parts import Group, Part, Span, Statement


def contradictory_filters(case: Case) -> Iterator[Suspicion]:
    """Two comparisons of one variable that exclude each other."""
    found = [
        (part, one)
        for part in case.of_kind("filter")
        if not any(token.says("||", "!", "IN") for token in part.tokens)
        for one in comparisons(case.query, part)
    ]
    for (first_part, first), (second_part, second) in combinations(found, 2):
        if _same_left(first, second) and _exclude(first, second):
            together = first_part is second_part
            span = Span(first.span.start, second.span.end) if together else second_part
            one, other = case.query.written(first.span), case.query.written(second.span)
            said = f"{one} and {other} exclude each other: nothing can meet both."
            edits = _either(case, first_part, first, second_part, second)
            yield Suspicion("contradiction", span, said, edits, certain=True)


def _same_left(one: Comparison, other: Comparison) -> bool:
    return (one.variable, one.function) == (other.variable, other.function)


def _exclude(one: Comparison, other: Comparison) -> bool:
    """Whether no value can meet both."""
    left, right = _key(one), _key(other)
    if one.operator == other.operator == "=":
        return left != right if type(left) is type(right) else True
    if type(left) is not type(right) or one.term.kind == "iri":
        return False
    low, high = (one, other) if one.operator in (">", ">=", "=") else (other, one)
    if low.operator in (">", ">=", "=") and high.operator in ("<", "<=", "="):
        bottom, top = _key(low), _key(high)
        strict = low.operator == ">" or high.operator == "<"
        above = bottom > top if isinstance(bottom, float) and isinstance(top, float) else False
        if isinstance(bottom, str) and isinstance(top, str):
            above = bottom > top
        return above or (strict and bottom == top)
    if {one.operator, other.operator} == {"=", "!="}:
        return left == right
    equal, bound = (one, other) if one.operator == "=" else (other, one)
    return equal.operator == "=" and not _meets(_key(equal), bound)


def _meets(value: float | str, bound: Comparison) -> bool:
    limit = _key(bound)
    if isinstance(value, float) and isinstance(limit, float):
        return _ordered(value < limit, value > limit, bound.operator)
    if isinstance(value, str) and isinstance(limit, str):
        return _ordered(value < limit, value > limit, bound.operator)
    return True


def _ordered(below: bool, above: bool, operator: str) -> bool:
    return {
        "<": below,
        "<=": not above,
        ">": above,
        ">=": not below,
        "!=": below or above,
    }.get(operator, True)


def _key(one: Comparison) -> float | str:
    """A number for a number, the text for anything else."""
    if one.term.datatype.endswith(("#integer", "#decimal", "#double")):
        return float(one.term.value)
    return one.term.value


def _either(
    case: Case, first_part: Part, first: Comparison, second_part: Part, second: Comparison
) -> tuple[Edit, ...]:
    """Two equalities joined by or, where each stands for itself."""
    if not first.operator == second.operator == "=":
        return ()
    if first_part is second_part:
        between = case.query.text[first.span.end : second.span.start]
        if between.strip() != "&&":
            return ()
        return (Edit(first.span.end, second.span.start, between.replace("&&", "||")),)
    other = f" || {case.query.written(second.span)}"
    alone = case.query.text[second_part.start : second_part.end].count("&&") == 0
    return (
        (Edit(first.span.end, first.span.end, other), Edit(second_part.start, second_part.end, " "))
        if alone
        else ()
    )


def forbidden(case: Case) -> Iterator[Suspicion]:
    """What MINUS or NOT EXISTS takes away is what the query asks for, or has no link to it."""
    for part in [*case.of_kind("minus"), *case.of_kind("filter")]:
        if not part.groups or not part.groups[0].negative:
            continue
        inner = part.groups[0]
        asked = _patterns(case, part.group)
        denied = _patterns(case, inner)
        word = "MINUS" if part.kind == "minus" else "NOT EXISTS"
        if denied and denied <= asked and _only_triples(inner):
            said = (
                f"{word} takes away everything that the query asks for: its patterns are the same."
            )
            yield Suspicion("contradiction", part, said, certain=True)
        elif part.kind == "filter" and not _linked(case, part, inner):
            said = f"{word} shares no variable with the rest, so it is the same for every row."
            yield Suspicion("not-linked", part, said, certain=True)


def _patterns(case: Case, group: Group) -> frozenset[tuple[str, ...]]:
    """The triple patterns of one group, each as its subject, verb and object are written."""
    parts = [
        part
        for element in group.elements
        if isinstance(element, Statement)
        for verb in element.verbs
        for part in verb.parts
    ]
    return frozenset(
        tuple(
            case.query.written(piece) for piece in (part.subject, part.path, part.object) if piece
        )
        for part in parts
    )


def _only_triples(group: Group) -> bool:
    return all(isinstance(element, Statement) for element in group.elements)


def _linked(case: Case, test: Part, inner: Group) -> bool:
    outside = frozenset[str]().union(
        *(p.variables for p in case.query.parts if not test.holds(p) and p.kind != "filter")
    )
    return bool(outside & test.variables) or not test.variables
