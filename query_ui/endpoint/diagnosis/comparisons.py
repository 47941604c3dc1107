"""The tests inside a filter: comparisons of a variable with a value, and calls of functions."""

from collections.abc import Iterator
from dataclasses import dataclass

from query_ui.endpoint.diagnosis.query_parts import Part, Query, Span, Term
from query_ui.engine.query_tokens import Unreadable

OPERATORS = ("=", "!=", "<", ">", "<=", ">=")
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_VALUES = ("iri", "name", "string", "number")


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

    ``wrapped`` tells whether a function stands around the variable; ``count`` is the number of
    arguments.
    """

    function: str
    variable: str
    wrapped: bool
    subject: Span
    term: Term
    count: int
    span: Span


def comparisons(query: Query, part: Part) -> Iterator[Comparison]:
    """The comparisons among the tokens of a filter, without those in its EXISTS blocks."""
    for index in indexes(query, part):
        token = query.terms.at(index)
        if token.says(*OPERATORS):
            yield from _comparison(query, index)
        elif token.says("IN"):
            yield from _listed(query, index)


def indexes(query: Query, part: Part) -> Iterator[int]:
    """The indexes of the tokens of a part that stand in none of its blocks."""
    blocks = {group.start for group in part.groups}
    for first, last in part.ranges:
        index = first
        while index < last:
            if query.terms.at(index).start in blocks:
                index = query.terms.closing[index]
            else:
                yield index
            index += 1


def _comparison(query: Query, index: int) -> Iterator[Comparison]:
    operator = query.terms.at(index).text
    for before, value in ((True, _value(query, index + 1)), (False, _value_before(query, index))):
        found = _before(query, index) if before else _after(query, index + 1)
        if value is None or found is None:
            continue
        variable, function, left = found
        ends = sorted((left.start, value.start)), sorted((left.end, value.end))
        yield Comparison(
            variable,
            function,
            left,
            operator if before else _TURNED.get(operator, operator),
            value,
            Span(ends[0][0], ends[1][1]),
        )


def _listed(query: Query, index: int) -> Iterator[Comparison]:
    """``?variable IN (…)`` as one comparison for each value."""
    found = _before(query, index)
    if found is None or not query.terms.at(index + 1).says("("):
        return
    place, last = index + 2, query.terms.closing[index + 1]
    while place < last:
        value = _value(query, place)
        if value is None:
            return
        variable, function, left = found
        yield Comparison(variable, function, left, "=", value, value)
        _, place = query.terms.term(place)
        place += 1


def _value(query: Query, index: int) -> Term | None:
    """The value that begins at ``index``; None for a variable or the start of a call."""
    token = query.terms.at(index)
    if token.kind not in _VALUES and not (token.says("-", "+", "TRUE", "FALSE")):
        return None
    try:
        term, after = query.terms.term(index)
    except Unreadable:
        return None
    return None if query.terms.at(after).says("(") else term


def _value_before(query: Query, index: int) -> Term | None:
    """The value that ends before ``index``, where it begins a condition."""
    for start in (index - 1, index - 2, index - 3):
        value = _value(query, start)
        if value is not None and query.terms.at(start - 1).says("(", "&&", "||", "!"):
            _, after = query.terms.term(start)
            if after == index:
                return value
    return None


def _before(query: Query, index: int) -> tuple[str, str, Span] | None:
    """The variable before ``index``, alone or in a function of one argument."""
    terms = query.terms
    token = terms.at(index - 1)
    if token.kind == "variable":
        return token.text[1:], "", Span(token.start, token.end)
    if not token.says(")"):
        return None
    opening = next(first for first, last in terms.closing.items() if last == index - 1)
    name = terms.at(opening - 1)
    found = {terms.at(i).text[1:] for i in range(opening, index) if terms.at(i).kind == "variable"}
    if name.kind != "word" or len(found) != 1:
        return None
    return found.pop(), name.text.upper(), Span(name.start, token.end)


def _after(query: Query, index: int) -> tuple[str, str, Span] | None:
    token = query.terms.at(index)
    if token.kind == "variable":
        return token.text[1:], "", Span(token.start, token.end)
    last = query.terms.closing.get(index + 1)
    return _before(query, last + 1) if token.kind == "word" and last else None


def calls(query: Query, part: Part, *functions: str) -> Iterator[Call]:
    """The calls of functions that take a variable and a text."""
    terms = query.terms
    for index in indexes(query, part):
        token = terms.at(index)
        if token.kind != "word" or token.text.upper() not in functions:
            continue
        opening = index + 1
        last = terms.closing.get(opening, opening)
        commas = [i for i in _within(query, opening) if terms.at(i).says(",")]
        names = [
            terms.at(i).text[1:]
            for i in range(opening, commas[0] if commas else opening)
            if terms.at(i).kind == "variable"
        ]
        value = _value(query, commas[0] + 1) if commas else None
        if value is None or len(names) != 1:
            continue
        subject = Span(terms.at(opening + 1).start, terms.at(commas[0] - 1).end)
        yield Call(
            token.text.upper(), names[0], commas[0] > opening + 2, subject, value,
            len(commas) + 1, Span(token.start, terms.at(last).end),
        )  # fmt: skip


def _within(query: Query, opening: int) -> Iterator[int]:
    """The indexes between a bracket and the one that closes it, without inner brackets."""
    index, last = opening + 1, query.terms.closing.get(opening, opening)
    while index < last:
        yield index
        index = query.terms.closing.get(index, index) + 1
