"""Reduced queries: the user's own text without some of its parts, or with a place written anew."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from query_ui.endpoint.diagnosis.query_parts import Element, Group, Part, Query, Span, Statement

ASK = "ASK "


@dataclass(frozen=True, slots=True)
class Edit:
    """What to write at a place of the query instead of what stands there."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Collection[Edit]) -> str:
    """The text with all edits made; of two at the same place the wider one counts."""
    pieces, place = [], 0
    for edit in sorted(edits, key=lambda one: (one.start, -one.end)):
        if edit.start >= place:
            pieces += [text[place : edit.start], edit.text]
            place = max(edit.end, place)
    return "".join([*pieces, text[place:]])


def as_ask(query: Query) -> list[Edit]:
    """The edits that make it ask only whether its patterns match anything."""
    tail = Edit(query.tail.start, query.tail.end, " ")
    return [Edit(query.form.start, query.form.end, ASK), tail]


def without(query: Query, removed: Collection[Part]) -> list[Edit]:
    """The edits that take parts out, and leave a query that can be parsed."""
    gone = frozenset(removed)
    edits = [edit for group in query.groups for edit in _in_group(group, gone)]
    for statement in query.statements:
        edits += _in_statement(statement, gone)
    # HAVING, OFFSET, FROM and a last VALUES are no elements of a group: they go as they stand.
    plain = ("having", "slice", "dataset", "values")
    edits += [Edit(part.start, part.end, " ") for part in gone if part.kind in plain]
    return edits


def _in_group(group: Group, gone: frozenset[Part]) -> Iterator[Edit]:
    """Take elements out; where a statement without a dot comes before, a dot takes their place."""
    open_statement = False
    for element in group.elements:
        if isinstance(element, Statement):
            if not _emptied(element, gone):
                open_statement = element.dot is None
        elif element.part is None or element.part not in gone:
            open_statement = False
        else:
            yield from _element(element, element.part, " . " if open_statement else " ")
            open_statement = False


def _element(element: Element, part: Part, instead: str) -> Iterator[Edit]:
    if part.kind == "graph":
        yield Edit(part.start, part.groups[0].start, " ")
        return
    yield Edit(part.start, part.end, instead)
    if element.dot:
        yield _cut(element.dot)


def _emptied(statement: Statement, gone: frozenset[Part]) -> bool:
    """Whether no pattern of a statement is left; one that had none is never taken out."""
    if statement.inner:
        return _emptied(statement.inner, gone)
    parts = [part for verb in statement.verbs for part in verb.parts]
    return bool(parts) and all(part in gone for part in parts)


def _in_statement(statement: Statement, gone: frozenset[Part]) -> Iterator[Edit]:
    if _emptied(statement, gone):
        yield Edit(statement.start, statement.end, " ")
        if statement.dot:
            yield _cut(statement.dot)
        return
    kept = [any(part not in gone for part in verb.parts) for verb in statement.verbs]
    for before, semicolon in statement.semicolons:
        if not any(kept[:before]):
            yield _cut(semicolon)
    for verb, stays in zip(statement.verbs, kept, strict=True):
        if not stays:
            yield Edit(verb.span.start, verb.parts[-1].end, " ")
            continue
        seen = False
        for number, part in enumerate(verb.parts):
            if part in gone and part.object:
                yield _cut(part.object)
            if number and (part in gone or not seen):
                yield _cut(verb.commas[number - 1])
            seen = seen or part not in gone


def _cut(span: Span) -> Edit:
    return Edit(span.start, span.end, " ")
