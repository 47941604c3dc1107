"""The tests inside a filter: comparisons of a variable with a value, and calls of functions."""

from collections.abc import Iterator
from dataclasses import dataclass

from loader.queries.syntax.tree import Node, walk
from query_ui.endpoint.diagnosis.query_parts import ExaminedQuery, Part
from query_ui.endpoint.diagnosis.query_terms import Span, Term, is_value, read_term

_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Comparison:
    """``?variable operator term``, or with one function around the variable.

    ``variable`` is its name, ``left`` what stands there with the function, ``span`` the whole.
    """

    variable: str
    function: str
    left: Span
    operator: str
    term: Term
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A call such as ``CONTAINS(?variable, "text")``: the place of each argument, and the text.

    ``is_wrapped`` tells whether a function stands around the variable; ``count`` is the number of
    arguments.
    """

    function: str
    variable: str
    is_wrapped: bool
    subject: Span
    term: Term
    count: int
    span: Span


def list_own_nodes(part: Part) -> Iterator[Node]:
    """Yield the nodes of a part that stand in none of its blocks, in document order."""
    return (node for node, _ in walk(part.node, "Group") if isinstance(node, Node))


def find_comparisons(query: ExaminedQuery, part: Part) -> Iterator[Comparison]:
    """Yield the comparisons in a filter, without those in its EXISTS blocks."""
    for node in list_own_nodes(part):
        if node.kind != "Comparison":
            continue
        left, *rest = node.nodes
        if node.token("IN"):
            if not node.token("NOT"):
                yield from _list_alternatives(query, left, rest[0])
        elif rest[0].kind == "Compare":
            yield from _compare(query, node, left, rest[1])


def _compare(query: ExaminedQuery, node: Node, left: Node, right: Node) -> Iterator[Comparison]:
    operator = node.nodes[1].first_token.text
    for subject, value, is_mirrored in ((left, right, False), (right, left, True)):
        side = _read_side(subject)
        if side and is_value(value):
            sign = _MIRRORED.get(operator, operator) if is_mirrored else operator
            term = read_term(value, query.prologue)
            yield Comparison(*side, sign, term, Span(node.start, node.end))


def _list_alternatives(query: ExaminedQuery, left: Node, values: Node) -> Iterator[Comparison]:
    """Yield ``?variable IN (…)`` as one comparison for each value."""
    side = _read_side(left)
    for value in values.nodes if side else ():
        if not is_value(value):
            return
        term = read_term(value, query.prologue)
        if side:
            yield Comparison(*side, "=", term, term)


def _read_side(node: Node) -> tuple[str, str, Span] | None:
    """Return the variable, the function around it or "", and the place; None for all else."""
    names = {token.text[1:] for token in node.tokens if token.kind == "var"}
    if node.kind not in ("Var", "BuiltInCall") or len(names) != 1:
        return None
    function = node.first_token.text.upper() if node.kind == "BuiltInCall" else ""
    return names.pop(), function, Span(node.start, node.end)


def find_calls(query: ExaminedQuery, part: Part, *functions: str) -> Iterator[Call]:
    """Yield the calls of some functions that take a variable and a text."""
    for node in list_own_nodes(part):
        if node.kind != "BuiltInCall" or node.first_token.text.upper() not in functions:
            continue
        # The name of a function of two arguments is a node of its own in the tree.
        subject, value, *rest = [one for one in node.nodes if one.kind != "TwoArguments"]
        names = [token.text[1:] for token in subject.tokens if token.kind == "var"]
        if is_value(value) and len(names) == 1:
            yield Call(
                node.first_token.text.upper(), names[0], subject.kind != "Var",
                Span(subject.start, subject.end), read_term(value, query.prologue),
                2 + len(rest), Span(node.start, node.end),
            )  # fmt: skip
