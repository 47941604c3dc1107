"""Causes in conditions that no value can meet, whatever the graph says."""

from collections.abc import Iterator
from itertools import combinations

from loader.queries.rewrite import Edit
from loader.queries.syntax.tree import Node
from query_ui.endpoint.diagnosis.comparisons import Comparison, find_comparisons
from query_ui.endpoint.diagnosis.failing_part import FailingPart, Suspicion
from query_ui.endpoint.diagnosis.query_parts import Group, Part, find_verb_list
from query_ui.endpoint.diagnosis.query_terms import Span


def find_contradictory_filters(failing: FailingPart) -> Iterator[Suspicion]:
    """Find two comparisons of one variable that exclude each other."""
    found = [
        (part, one)
        for part in failing.list_parts("filter")
        if not any(token.kind in ("||", "!", "IN") for token in part.tokens)
        for one in find_comparisons(failing.query, part)
    ]
    for (first_part, first), (second_part, second) in combinations(found, 2):
        if _have_same_subject(first, second) and _exclude_each_other(first, second):
            together = first_part is second_part
            span = Span(first.span.start, second.span.end) if together else second_part
            one, other = failing.source(first.span), failing.source(second.span)
            said = f"{one} and {other} exclude each other: nothing can meet both."
            edits = _join_alternatives(failing, first_part, first, second_part, second)
            yield Suspicion("contradiction", span, said, edits, is_certain=True)


def _have_same_subject(one: Comparison, other: Comparison) -> bool:
    return (one.variable, one.function) == (other.variable, other.function)


def _exclude_each_other(one: Comparison, other: Comparison) -> bool:
    """Whether no value can satisfy both."""
    left, right = _to_comparable(one), _to_comparable(other)
    if one.operator == other.operator == "=":
        return left != right if type(left) is type(right) else True
    if type(left) is not type(right) or one.term.kind == "iri":
        return False
    low, high = (one, other) if one.operator in (">", ">=", "=") else (other, one)
    if low.operator in (">", ">=", "=") and high.operator in ("<", "<=", "="):
        bottom, top = _to_comparable(low), _to_comparable(high)
        strict = low.operator == ">" or high.operator == "<"
        above = bottom > top if isinstance(bottom, float) and isinstance(top, float) else False
        if isinstance(bottom, str) and isinstance(top, str):
            above = bottom > top
        return above or (strict and bottom == top)
    if {one.operator, other.operator} == {"=", "!="}:
        return left == right
    equal, bound = (one, other) if one.operator == "=" else (other, one)
    return equal.operator == "=" and not _satisfies(_to_comparable(equal), bound)


def _satisfies(value: float | str, bound: Comparison) -> bool:
    limit = _to_comparable(bound)
    if isinstance(value, float) and isinstance(limit, float):
        return _compare_order(value < limit, value > limit, bound.operator)
    if isinstance(value, str) and isinstance(limit, str):
        return _compare_order(value < limit, value > limit, bound.operator)
    return True


def _compare_order(below: bool, above: bool, operator: str) -> bool:
    return {
        "<": below,
        "<=": not above,
        ">": above,
        ">=": not below,
        "!=": below or above,
    }.get(operator, True)


def _to_comparable(one: Comparison) -> float | str:
    """Return a number for a number, the text for anything else."""
    if one.term.datatype.endswith(("#integer", "#decimal", "#double")):
        return float(one.term.value)
    return one.term.value


def _join_alternatives(
    failing: FailingPart, first_part: Part, first: Comparison, second_part: Part, second: Comparison
) -> tuple[Edit, ...]:
    """Return the edits that join two equalities by or, where each stands for itself."""
    if not first.operator == second.operator == "=":
        return ()
    if first_part is second_part:
        between = failing.query.text[first.span.end : second.span.start]
        if between.strip() != "&&":
            return ()
        return (Edit(first.span.end, second.span.start, between.replace("&&", "||")),)
    other = f" || {failing.source(second.span)}"
    alone = failing.query.text[second_part.start : second_part.end].count("&&") == 0
    return (
        (Edit(first.span.end, first.span.end, other), Edit(second_part.start, second_part.end, " "))
        if alone
        else ()
    )


def find_excluding_blocks(failing: FailingPart) -> Iterator[Suspicion]:
    """Find a MINUS or NOT EXISTS that takes away what is asked for, or has no link to it."""
    for part in [*failing.list_parts("minus"), *failing.list_parts("filter")]:
        if not part.groups or not part.groups[0].is_negative:
            continue
        inner = part.groups[0]
        asked = _spell_patterns(failing, part.group)
        denied = _spell_patterns(failing, inner)
        word = "MINUS" if part.kind == "minus" else "NOT EXISTS"
        if denied and denied <= asked and _has_only_triples(inner):
            said = (
                f"{word} takes away everything that the query asks for: its patterns are the same."
            )
            yield Suspicion("contradiction", part, said, is_certain=True)
        elif part.kind == "filter" and not _shares_variable(failing, part, inner):
            said = f"{word} shares no variable with the rest, so it is the same for every row."
            yield Suspicion("not-linked", part, said, is_certain=True)


def _spell_patterns(failing: FailingPart, group: Group) -> frozenset[tuple[str, ...]]:
    """Return the triple patterns of one group, each as it is written."""
    query = failing.query
    lists = (find_verb_list(node) for node in group.node.nodes if _is_statement(node))
    parts = (part for verbs in lists if verbs for part in query.list_triples(verbs))
    return frozenset(
        tuple(query.source(piece) for piece in (part.subject, part.path, part.object) if piece)
        for part in parts
    )


def _has_only_triples(group: Group) -> bool:
    return all(map(_is_statement, group.node.nodes))


def _is_statement(node: Node) -> bool:
    return node.kind in ("PathTriples", "PlainTriples")


def _shares_variable(failing: FailingPart, test: Part, inner: Group) -> bool:
    outside = frozenset[str]().union(
        *(p.variables for p in failing.query.parts if not test.contains(p) and p.kind != "filter")
    )
    return bool(outside & test.variables) or not test.variables
